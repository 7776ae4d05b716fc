package consul

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// A resolver sends all that goes to its service to another one, or out of the
// datacenter. Routes and splits lead to services of the datacenter only, so that a leg
// out of it goes by a service whose resolver sends on to it. Connections know neither:
// what becomes of them is said by a resolver alone.

// consulKnows holds for backends that are services of Consul, perhaps of another
// datacenter or peer.
func consulKnows(p intent.Part) string {
	if b, ok := p.(*intent.Backend); ok && b.Host.DNS != "" {
		if _, known := foreign(b.Host.DNS); known {
			return ""
		}
	} else if ok {
		return ""
	}
	return "a route sends to services that Consul knows"
}

// oneWay holds for tables of connections that all go to one place.
func oneWay(p intent.Part) string {
	t, ok := p.(*intent.Routing)
	if !ok || t.Protocol != intent.TCP {
		return ""
	}
	rules, rest := live(t)
	if n := len(rules); n == 0 && passes(t.Else) || n == 1 && rest && len(rules[0].Steps) == 0 && len(legs(rules[0].Then)) <= 1 {
		return ""
	}
	return "a resolver sends all connections to one place"
}

// noteSent notes where the resolver of a table's service sends on to.
func (p *planner) noteSent(s service, t *intent.Routing) {
	rules, rest := live(t)
	if !rest {
		return
	}
	to := legs(rules[len(rules)-1].Then)
	switch {
	case len(to) != 1:
		return
	case to[0].Host.DNS != "":
		if _, known := p.gates[outside(&to[0])]; !known {
			p.gates[outside(&to[0])] = s
		}
	case t.Protocol != intent.TCP || p.service(to[0].Host.Service) == s:
		return
	}
	p.sentOn[s] = &to[0]
}

// gate is the service by which a leg of a service's table leaves the datacenter: the
// service itself, or another one.
func (p *planner) gate(own service, b *intent.Backend) (service, bool) {
	if to := p.sentOn[own]; to != nil && outside(to) == outside(b) {
		return own, true
	}
	s, ok := p.gates[outside(b)]
	return s, ok
}

// outside tells where a leg out of the datacenter goes from where others do.
func outside(b *intent.Backend) string { return b.Host.DNS + "/" + b.SubsetName }

// narrowed reports whether all connections to a service go to a subset of it.
func (p *planner) narrowed(s service) bool {
	t := p.tables[s]
	if t == nil || t.Protocol != intent.TCP || len(t.Rules) == 0 {
		return false
	}
	to := legs(t.Rules[0].Then)
	return len(to) == 1 && p.service(to[0].Host.Service) == s && (to[0].Subset != nil || to[0].SubsetName != "")
}

// sends notes what the resolver of a service does with all that goes there: for
// connections, where they go; and where a leg leaves the datacenter.
func (w *writer) sends(t *intent.Routing, s service) {
	rules, rest := live(t)
	if !rest {
		return
	}
	to := legs(rules[len(rules)-1].Then)
	x := w.words(s, t.Host.Service.Namespace)
	switch sent := w.sentOn[s]; {
	case sent != nil:
		x.redirect, x.home = sent, homeFor(t, kindResolver)
		x.from = append(x.from, t.From...)
		x.http = x.http || t.Protocol != intent.TCP
		if l, abroad := foreign(sent.Host.DNS); abroad {
			w.speaksAlike(x, l)
		} else {
			w.defines(w.hop(s, sent), sent)
		}
	case len(to) == 1 && w.narrowed(s):
		h := w.hop(s, &to[0])
		x.defaultSubset, x.subsetAt, x.home = h.subset, to[0].From, homeFor(t, kindResolver)
		w.defines(h, &to[0])
	}
}

// stands notes what stands in for where the legs of a table lead.
func (w *writer) stands(t *intent.Routing, s service) {
	rules, _ := live(t)
	for i := range rules {
		to := legs(rules[i].Then)
		for j := range to {
			if to[j].Host.DNS == "" {
				w.standsIn(w.hop(s, &to[j]), &to[j])
			}
		}
	}
}

// writeRedirect prints where all that goes to a service is sent on; nil for nowhere.
func (w *writer) writeRedirect(x *serviceWords) *manifest.Node {
	to := x.redirect
	if to == nil {
		return nil
	}
	n := manifest.Map().Because(to.From...)
	l, abroad := foreign(to.Host.DNS)
	if !abroad {
		w.writeHop(n, x.service, w.hop(x.service, to), to)
		return n
	}
	apart := w.names.enterprise && l.service.ns != "" && l.service.ns != x.service.ns
	if l.service.name != x.service.name || apart || l.peer != "" || l.partition != "" || to.SubsetName != "" {
		n.Set("service", manifest.Str(l.service.name).Because(to.From...))
	}
	if apart {
		n.Set("namespace", manifest.Str(l.service.ns).Because(to.From...))
	}
	writeAbroad(n, l, to)
	return n
}

// resolverTurns puts resolvers after those that they lead to: Consul's servers take
// none that leads to a subset which is not there yet.
func (w *writer) resolverTurns() {
	turns := map[service]int{}
	for _, o := range w.objs {
		if kindNamed(groupOf(o), o.Kind) == kindResolver {
			o.Turn = w.turnOf(service{w.consulNamespace(o.Namespace), o.Name}, turns)
		}
	}
}

func (w *writer) turnOf(s service, turns map[service]int) int {
	x, turn := w.services[s], 0
	if known, ok := turns[s]; ok || x == nil {
		return known
	}
	turns[s] = 0
	after := func(h hop) {
		if h.service != s {
			turn = max(turn, 1+w.turnOf(h.service, turns))
		}
	}
	if to := x.redirect; to != nil && to.Host.DNS == "" {
		after(w.hop(s, to))
	} else if to != nil && to.SubsetName != "" {
		after(w.standInHop(hop{service: s}, to)) // its subsets are those of its name here
	}
	for _, subset := range sortedKeys(x.standIns) {
		for i := range x.standIns[subset] {
			after(w.standInHop(hop{s, subset}, &x.standIns[subset][i]))
		}
	}
	turns[s] = turn
	return turn
}

// importedName holds for services of other datacenters and peers, by the names that Consul has for
// them.
func importedName(p intent.Part) string {
	if x, ok := p.(*intent.Import); ok {
		if _, known := foreign(x.DNS); known {
			return ""
		}
	}
	return "a service of a peer has a name of its own and that of the peer, and nothing makes another of it"
}
