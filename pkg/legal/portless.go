package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// portless gives the rules of a table for all ports to each port that has no
// table of its own, for targets where rules for all ports also join those of
// single ports. It leaves tables whose rules the single ports hold anyway.
func portless(r *run) {
	if !r.t.Route.PortsMerge {
		return
	}
	var out []*intent.Routing
	ofHost := map[intent.Host][]*intent.Routing{}
	for _, t := range r.m.Routing {
		ofHost[t.Host] = append(ofHost[t.Host], t)
	}
	for _, t := range r.m.Routing {
		if t.Port != 0 || !t.Entry.IsZero() || !joins(t, ofHost[t.Host]) {
			out = append(out, t)
			continue
		}
		ports, known := r.portsLeft(t, ofHost[t.Host])
		if !known {
			c := r.refusal("portless", RoutePort, intent.Routed, append(slices.Clone(t.From), tableOrigin(t)...),
				"the routes of "+t.Host.String()+" for its other ports are not written: the input does not tell its ports")
			c.Code, c.Fix, c.Before, c.After = diag.NeedsInventory, "add the Service "+t.Host.String()+" to the input", r.tables(t), r.tables()
			r.record(c)
			continue
		}
		if len(ports) == 0 {
			r.eclipsedByPorts(t, ofHost[t.Host])
		}
		for _, p := range ports {
			c := t.Clone()
			c.Port = p
			out = append(out, c)
		}
	}
	r.m.Routing = out
}

// eclipsedByPorts tells of a table for all ports of a Service, each of which has one of its
// own, of all tables of its host: what only it says has no effect.
func (r *run) eclipsedByPorts(t *intent.Routing, all []*intent.Routing) {
	others := slices.DeleteFunc(slices.Clone(all), func(o *intent.Routing) bool { return o == t })
	var said intent.Origin
	for _, o := range others {
		said = append(said, tableOrigin(o)...)
	}
	only := slices.DeleteFunc(tableOrigin(t), func(ref place.Ref) bool { return slices.Contains(said, ref) })
	if len(only) == 0 {
		return
	}
	r.record(Change{
		Pass: "portless", Feature: RoutePort, Code: diag.Shadowed, Drift: intent.Same, Aspect: intent.Routed, Fate: FateInert, From: only,
		Summary: "the routes for all ports of " + t.Host.String() + " are not written: each of its ports has routes of its own", Fix: "nothing, or remove them",
		Before: r.tables(copies(append(slices.Clone(others), t))...), After: r.tables(copies(others)...),
	})
}

// joins reports whether the table's rules would join a port that does not hold
// them, of all the tables of its host.
func joins(t *intent.Routing, all []*intent.Routing) bool {
	for _, port := range portsNamed(t, all) {
		i := slices.IndexFunc(all, func(o *intent.Routing) bool {
			return o.Entry.IsZero() && o.Host == t.Host && o.Port == port && sameTraffic(o, t) && match.Equal(o.Scope.Client, t.Scope.Client)
		})
		if i < 0 || !holds(all[i], t) {
			return true
		}
	}
	return false
}

// portsNamed are the ports of a table's host that have tables, of the same kind of
// traffic and for any clients.
func portsNamed(of *intent.Routing, all []*intent.Routing) []int {
	var out []int
	for _, t := range all {
		if t.Entry.IsZero() && t.Host == of.Host && t.Port != 0 && sameTraffic(t, of) && !slices.Contains(out, t.Port) {
			out = append(out, t.Port)
		}
	}
	slices.Sort(out)
	return out
}

// sameTraffic reports whether two tables are about one kind of traffic, of which
// gRPC is HTTP.
func sameTraffic(a, b *intent.Routing) bool {
	connections := func(t *intent.Routing) bool { return t.Protocol == intent.TLS || t.Protocol == intent.TCP }
	return a.Protocol == b.Protocol || !connections(a) && !connections(b)
}

// holds reports whether a table has all rules of another, and its other rules
// stem from other objects, so that each object is the same for both.
func holds(t, part *intent.Routing) bool {
	home := func(t *intent.Routing, r intent.Rule) *intent.Home {
		if r.Home != nil {
			return r.Home
		}
		return t.Home
	}
	among := func(t *intent.Routing, r intent.Rule) bool {
		return slices.ContainsFunc(t.Rules, func(o intent.Rule) bool { return match.Equal(o.When, r.When) && o.Answer() == r.Answer() })
	}
	for _, r := range part.Rules {
		if !among(t, r) {
			return false
		}
	}
	for _, r := range t.Rules {
		if !among(part, r) && slices.ContainsFunc(part.Rules, func(o intent.Rule) bool { return home(part, o) == home(t, r) }) {
			return false
		}
	}
	return true
}

// portsLeft are the ports of the table's Service without a table of their own
// for the same clients; known is false where the input does not tell them.
func (r *run) portsLeft(t *intent.Routing, all []*intent.Routing) (ports []int, known bool) {
	s := r.m.Inventory.Service(t.Host.Service)
	if s == nil || len(s.Ports) == 0 {
		return nil, false
	}
	named := portsNamed(t, all)
	for _, p := range s.Ports {
		if !slices.Contains(named, p.Port) {
			ports = append(ports, p.Port)
		}
	}
	return ports, true
}
