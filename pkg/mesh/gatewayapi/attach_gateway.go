package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// gateway attaches a route to the listeners of a Gateway or ListenerSet that admit
// it.
func (a *attacher) gateway(r *Route, p Parent) []*intent.Opaque {
	g := a.gatewayOf(p.Kind, p.Name)
	if g == nil {
		return a.elsewhere(r, p)
	}
	of := "the " + p.Kind + " " + p.Name.String()
	if g.entry == nil {
		if len(g.opaque) > 0 {
			return []*intent.Opaque{a.unknownParent(r, p, of+" is not translated, and so this route on it")}
		}
		a.inert(p.Node, r.Object.Ref().Object+" does not attach to "+of+", which has no effect")
		return nil
	}
	why := of + " has no such listener"
	done, near := false, unlike(-1)
	for _, l := range g.listeners {
		if p.Section != "" && p.Section != l.Name || p.Port != 0 && p.Port != l.Port {
			continue
		}
		refusal, by := a.refuses(g, l, r)
		if refusal == "" {
			done = a.listen(r, p, l) || done
			refusal, by = "none of its hostnames is one of those of the listener "+l.Name, byHostname
		}
		if by > near {
			why, near = refusal, by
		}
	}
	if !done {
		a.inert(p.Node, r.Object.Ref().Object+" does not attach to "+of+": "+why)
	}
	return nil
}

// elsewhere attaches a route to a Gateway that is not in the input: to the port
// that it names, or to all. A listener's name alone does not tell the port.
func (a *attacher) elsewhere(r *Route, p Parent) []*intent.Opaque {
	const fix = "add the Gateway to the input"
	if p.IsListenerSet() {
		return []*intent.Opaque{a.unknownParent(r, p, "the ListenerSet "+p.Name.String()+" is not in the input, and so what it listens on is not known")}
	}
	if p.Section != "" && p.Port == 0 {
		o := a.unknownParent(r, p, "the Gateway "+p.Name.String()+" is not in the input, and so the port of its listener "+p.Section+" is not known")
		return []*intent.Opaque{o}
	}
	a.diags.Add(diag.UnknownReference, "the Gateway "+p.Name.String()+" is not in the input", fix, p.Node.Ref())
	a.listen(r, p, listener{hostname: anyHostname, Listener: intent.Listener{Port: p.Port}})
	return nil
}

// unlike is what of a route a listener does not admit: of several listeners that do not,
// the one is told that comes nearest.
type unlike int

const (
	byProtocol unlike = iota
	byKind
	byNamespace
	byHostname
)

// refuses says why a listener does not admit a route, or "", and what of it.
func (a *attacher) refuses(g *gateway, l listener, r *Route) (string, unlike) {
	switch {
	case !admits(&l.Listener, r.Object.Kind):
		return "the listener " + l.Name + " is not for routes of kind " + r.Object.Kind, byProtocol
	case a.d.PassedOnly && layer4(routeKinds[r.Object.Kind]) && l.TLS != nil && l.Serves(intent.TCP):
		return noTermination, byProtocol
	case len(l.kinds) > 0 && !slices.Contains(l.kinds, r.Object.Kind):
		return "the listener " + l.Name + " does not admit routes of kind " + r.Object.Kind, byKind
	case l.Routes == "Same" && r.Object.Namespace != g.object.Namespace:
		return "the listener " + l.Name + " admits routes of its own namespace only", byNamespace
	case l.Routes != "Selector":
		return "", 0
	}
	labels, known := a.namespaceLabels(r.Object.Namespace)
	if match.Eval(l.RoutesFrom, &labels) {
		return "", 0
	}
	if !known {
		a.diags.Add(diag.UnknownReference, "the namespace "+r.Object.Namespace+" is not in the input: whether the listener "+l.Name+
			" of "+g.entry.Name.String()+" admits its routes is not known; taken as admitted", "add the Namespace to the input", r.Object.Ref())
		return "", 0
	}
	return "the listener " + l.Name + " does not admit routes of this namespace", byNamespace
}

// listen attaches a route to the hostnames that it shares with a listener, and
// reports whether there are any.
func (a *attacher) listen(r *Route, p Parent, l listener) bool {
	any := false
	add := func(name string, refs ...place.Ref) {
		any = true
		host := intent.Host{DNS: name}
		if layer4(r.Protocol) && !named(host) {
			host = intent.Host{}
		}
		a.attached = append(a.attached, attachment{
			route: r, protocol: l.sees(r.Protocol), entry: p.Name, host: host, port: l.Port, parent: p.Node, refs: append([]place.Ref{p.Node.Ref()}, refs...),
		})
	}
	if len(r.Hostnames) == 0 {
		add(l.hostname)
	}
	var all []place.Ref
	for _, h := range r.Hostnames {
		switch name, ok := intersect(h.Name, l.hostname); {
		case !ok:
		case a.d.EndedAlike && r.Protocol == intent.TLS && l.sees(r.Protocol) == intent.TCP:
			all = append(all, h.From...)
		default:
			add(name, h.From...)
		}
	}
	if len(all) > 0 {
		add(l.hostname, all...)
	}
	return any
}

// sees is the protocol of what routes of a protocol find at a listener: where TLS
// ends, they find bytes.
func (l listener) sees(p intent.Protocol) intent.Protocol {
	if p == intent.TLS && l.TLS != nil && l.Serves(intent.TCP) {
		return intent.TCP
	}
	return family(p)
}
