package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// onlyPort writes tables for the only port of a Service as tables for all its
// ports, which is the same, for targets that have no tables for single ports.
func onlyPort(r *run) {
	for i, t := range r.m.Routing {
		if r.t.Caps.Says(RoutePort, t) == "" || !t.Entry.IsZero() {
			continue
		}
		s := r.m.Inventory.Service(t.Host.Service)
		if s == nil || len(s.Ports) != 1 || t.Port != 0 && t.Port != s.Ports[0].Port {
			continue
		}
		all := t.Clone()
		all.Port = 0
		EachBackend(all, func(b *intent.Backend) {
			if b.Port == s.Ports[0].Port {
				b.Port = 0
			}
		})
		r.m.Routing[i] = all
		if t.Port == 0 {
			continue
		}
		r.record(Change{
			Pass: "only-port", Feature: RoutePort, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Routed, Fate: FateRewritten, From: t.From,
			Summary: "the routes of " + t.Host.String() + " for its only port are written for all its ports", Fix: "nothing", Before: r.tables(t), After: r.tables(all.Clone()),
		})
	}
}

// ofOnlyPort says of all ports of a Service what is said of its only one, which is the
// same, for targets that treat all ports alike.
func (r *run) ofOnlyPort(u *intent.Upstream) {
	if u.Port == 0 || r.t.Caps.Says(UpstreamPort, u) == "" {
		return
	}
	s := r.m.Inventory.Service(u.Host.Service)
	if s == nil || len(s.Ports) != 1 || u.Port != s.Ports[0].Port {
		return
	}
	before := r.upstreams(deepUpstream(u))
	u.Port = 0
	r.record(Change{
		Pass: "upstream", Feature: UpstreamPort, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Limiting, Fate: FateRewritten, From: u.From,
		Summary: "the policy for the only port of " + u.Host.String() + " is written for all its ports", Fix: "nothing", Before: before, After: r.upstreams(deepUpstream(u)),
	})
}
