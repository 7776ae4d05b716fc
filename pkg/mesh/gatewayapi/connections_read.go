package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// connections attaches a route for connections to a Service: to those of its ports at which
// such routes have an effect.
func (a *attacher) connections(at attachment, p Parent) {
	a.foreign(at)
	s := a.in.Inventory.Service(p.Name)
	if a.d.Connections.Ignores == nil || s == nil {
		a.attached = append(a.attached, at)
		return
	}
	var ports []int
	all, why := true, ""
	for _, sp := range s.Ports {
		switch no := a.d.Connections.Ignores(at.protocol, sp); {
		case p.Port != 0 && p.Port != sp.Port:
		case no != "":
			all, why = false, no
		default:
			ports = append(ports, sp.Port)
		}
	}
	switch {
	case all:
		a.attached = append(a.attached, at)
	case len(ports) == 0:
		a.inert(p.Node, "the route has no effect on "+at.host.String()+": "+why)
	default:
		for _, at.port = range ports {
			a.attached = append(a.attached, at)
		}
	}
}

// unrouted is what becomes of what no rule of a table takes.
func (a *attacher) unrouted(key tableKey) intent.Action {
	if layer4(key.protocol) && key.entry.IsZero() && a.d.Connections.GoesOn {
		return intent.Passthrough{AsUnknown: key.protocol == intent.TLS}
	}
	return unroutedOf(key.protocol)
}

// shared reports whether routes of all namespaces are in a table.
func (a *attacher) shared(key tableKey) bool {
	return layer4(key.protocol) && key.entry.IsZero() && a.d.Connections.Shared
}

// clientsOf are the classes of clients that a route makes tables for: that of its own, or,
// where several namespaces share tables and contend for connections, one for each, in which
// its routes are first.
func (a *attacher) clientsOf(at attachment, all []attachment) []string {
	if !a.shared(at.place()) {
		return []string{at.consumer}
	}
	out := []string{""}
	for _, x := range all {
		contends := func(y attachment) bool { return x.namespace() != y.namespace() && a.meet(x, y) }
		if slices.ContainsFunc(all, contends) && !slices.Contains(out, x.namespace()) {
			out = append(out, x.namespace())
		}
	}
	return out
}

// meet reports whether two routes are for the same connections, of those that rank alike.
func (a *attacher) meet(x, y attachment) bool {
	if x.port != 0 && y.port != 0 && x.port != y.port {
		return false
	}
	if x.protocol != intent.TLS {
		return true
	}
	named, also := a.servers(x), a.servers(y)
	return len(named)+len(also) == 0 || slices.ContainsFunc(named, func(h Hostname) bool {
		return slices.ContainsFunc(also, func(o Hostname) bool { return o.Name == h.Name })
	})
}

func (at attachment) namespace() string { return at.route.Object.Namespace }

// isOf is 1 for a route of a namespace.
func isOf(at attachment, namespace string) int {
	if at.namespace() == namespace {
		return 1
	}
	return 0
}

// servers are the names that clients of TLS ask for at a Service; none is any.
// istio pilot/pkg/config/kube/gateway/conversion.go compatibleRoutesForHost, augmentTLSPortMatch
func (a *attacher) servers(at attachment) []Hostname {
	names := at.route.Hostnames
	switch {
	case !a.d.Connections.OwnNames || len(names) == 1:
		return names
	case len(names) == 0:
		return []Hostname{{Name: a.in.Env.DNS(at.host)}}
	}
	return slices.DeleteFunc(slices.Clone(names), func(h Hostname) bool { return !a.has(at.host, h) })
}

// has reports whether a hostname of a route is one that a Service has.
func (a *attacher) has(service intent.Host, h Hostname) bool {
	_, is := intersect(a.in.Env.DNS(service), h.Name)
	return is
}

// foreign tells of hostnames that have no effect on a Service.
func (a *attacher) foreign(at attachment) {
	if at.protocol != intent.TLS || !a.d.Connections.OwnNames || len(at.route.Hostnames) < 2 {
		return
	}
	why := "of several hostnames those count that the Service has"
	if len(a.servers(at)) == 0 {
		why = "the Service has none of several hostnames, so that the route takes all connections"
	}
	nodes := at.route.Object.Root.Get("spec").Get("hostnames").Items()
	for i, h := range at.route.Hostnames {
		if a.has(at.host, h) {
			continue
		}
		if len(at.route.Parents) == 1 {
			nodes[i].Inert(why)
		}
		a.diags.Tell(diag.Inert, "the hostname "+h.Name+" has no effect on "+at.host.String(), why, "write a route for it alone", nodes[i].Ref())
	}
}
