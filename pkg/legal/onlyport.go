package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
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

// onlyPorts says of all ports what is said of only ones, and leaves out what stands behind
// that.
func (r *run) onlyPorts(kept KeptObjects) {
	var out, whole []*intent.Upstream
	for _, u := range r.m.Upstream {
		if kept.Upstream(u) {
			out = append(out, u)
			continue
		}
		if r.behindOnlyPort(u, whole) {
			continue
		}
		if r.ofOnlyPort(u) {
			whole = append(whole, deepUpstream(u))
		}
		out = append(out, u)
	}
	r.m.Upstream = out
}

// ofOnlyPort says of all ports of a Service what is said of its only one, which is the
// same, for targets that treat all ports alike. It reports whether it did.
func (r *run) ofOnlyPort(u *intent.Upstream) bool {
	if u.Port == 0 || r.t.Caps.Says(UpstreamPort, u) == "" {
		return false
	}
	s := r.m.Inventory.Service(u.Host.Service)
	if s == nil || len(s.Ports) != 1 || u.Port != s.Ports[0].Port {
		return false
	}
	before := r.upstreams(deepUpstream(u))
	u.Port = 0
	r.record(Change{
		Pass: "upstream", Feature: UpstreamPort, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Limiting, Fate: FateRewritten, From: u.From,
		Summary: "the policy for the only port of " + u.Host.String() + " is written for all its ports", Fix: "nothing", Before: before, After: r.upstreams(deepUpstream(u)),
	})
	return true
}

// behindOnlyPort reports whether what is said of all ports of a Service never counts, since
// all is said of its only port before: facts by which that was. Its port has nothing of it,
// whatever it says.
func (r *run) behindOnlyPort(u *intent.Upstream, facts []*intent.Upstream) bool {
	i := slices.IndexFunc(facts, func(f *intent.Upstream) bool {
		subset := f.SubsetName == "" && f.Subset == nil || f.SubsetName == u.SubsetName && match.Equal(f.Subset, u.Subset)
		return subset && f.Host == u.Host && f.At == u.At && (isTrue(f.Scope.Client) || match.Equal(f.Scope.Client, u.Scope.Client))
	})
	if i < 0 {
		return false
	}
	if !emptyUpstream(u) {
		r.record(Change{
			Pass: "upstream", Feature: UpstreamPort, Code: diag.Shadowed, Drift: intent.Same, Aspect: intent.Limiting, Fate: FateInert, From: u.From,
			Summary: "the policy for all ports of " + u.Host.String() + " is not written: the one for its only port stands before it", Fix: "nothing",
			Before: r.upstreams(deepUpstream(facts[i]), deepUpstream(u)), After: r.upstreams(deepUpstream(facts[i])),
		})
	}
	return true
}
