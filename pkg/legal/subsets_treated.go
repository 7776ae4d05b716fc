package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// upstreams moves policies of subsets to their Services; those of subsets that
// nothing is routed to have no effect and go.
func (s *subsetter) upstreams() {
	var moved, rest []*intent.Upstream
	for i, u := range s.m.Upstream {
		if u.SubsetName == "" && u.Subset == nil {
			rest = append(rest, u)
			continue
		}
		leaf, why := s.leafOf(u)
		plain := u.Balance == nil && u.Limits == nil && u.Outlier == nil && u.RetryBudget == nil
		if why == "" && !plain {
			why = s.t.Caps.Says(UpstreamSubset, u)
		}
		if why == unrouted {
			s.said(u, "gets no Service: "+why)
			continue
		}
		if why != "" && s.likeAll(u, s.m.Upstream[i+1:]) {
			continue
		}
		if why != "" {
			s.dropped("subsets", UpstreamSubset, intent.Limiting, u.From, "the policy for the subset "+u.SubsetName+" of "+u.Host.String(), why, nil, nil)
			continue
		}
		if plain && s.leaves[leaf] == nil {
			s.said(u, "is the Service "+leaf.String())
		}
		if plain && decided(u, rest) {
			continue
		}
		moved = append(moved, u)
		var before *intent.Model
		if !plain {
			before = s.run.upstreams(clonePart(u))
		}
		u.Host, u.Subset, u.SubsetName = intent.Host{Service: leaf}, nil, ""
		if plain {
			continue
		}
		s.record(Change{
			Pass: "subsets", Feature: UpstreamSubset, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Limiting, Fate: FateRewritten, From: u.From,
			Summary: "the policy of a subset moves to the Service " + leaf.String(), Fix: "nothing", Before: before, After: s.run.upstreams(u),
		})
	}
	s.m.Upstream = append(append(moved, s.inherited(moved, rest)...), rest...)
}

// inherited says of the Services that stand for subsets what is said of all of the
// Service, as far as nothing is said of the subset alone, for targets that treat each
// Service by itself.
func (s *subsetter) inherited(moved, rest []*intent.Upstream) (out []*intent.Upstream) {
	if s.t.Caps.Says(UpstreamSubset, nil) != "" {
		return nil
	}
	for _, u := range rest {
		for _, leaf := range s.parts[u.Host.Service] {
			own := func(x *intent.Upstream) bool { return x.Host.Service == leaf }
			if slices.ContainsFunc(moved, own) || slices.ContainsFunc(rest, own) || emptyUpstream(u) || u.At == intent.AtParent {
				continue
			}
			c := clonePart(u)
			c.Host = intent.Host{Service: leaf}
			out = append(out, c)
		}
	}
	return out
}

// said notes what becomes of a subset.
func (s *subsetter) said(u *intent.Upstream, what string) {
	s.record(Change{
		Pass: "subsets", Feature: UpstreamSubset, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Limiting, Fate: FateRewritten, From: u.From,
		Summary: "the subset " + u.SubsetName + " of " + u.Host.String() + " " + what, Fix: "nothing",
	})
}

// unrouted is why a subset needs no Service.
const unrouted = "nothing is routed to it"

func (s *subsetter) leafOf(u *intent.Upstream) (intent.Name, string) {
	before := len(s.leaves)
	leaf, why := s.leaf(u.Host, u.Subset, u.SubsetName, u.From)
	if why == "" && len(s.leaves) > before {
		delete(s.leaves, leaf)
		return leaf, unrouted
	}
	return leaf, why
}

// decided reports whether an earlier fact is about all of the Service whose subset one is
// about, for all clients and ports: then that one only names the subset.
func decided(u *intent.Upstream, earlier []*intent.Upstream) bool {
	return slices.ContainsFunc(earlier, func(e *intent.Upstream) bool {
		return e.Host == u.Host && e.Port == 0 && isTrue(e.Scope.Client)
	})
}

// likeAll reports whether a subset is treated as all of its Service is, or would be if
// nothing was said of it, and notes that. later are the facts that come after it.
func (r *run) likeAll(u *intent.Upstream, later []*intent.Upstream) bool {
	for _, l := range later {
		own := l.SubsetName == u.SubsetName && match.Equal(l.Subset, u.Subset)
		all := l.SubsetName == "" && l.Subset == nil
		if !r.m.Env.Covers(l.Host, u.Host) || !own && !all || u.Port != 0 && l.Port != 0 && u.Port != l.Port {
			continue
		}
		if blocksText(u) != blocksText(l) {
			return false
		}
		if all && (l.Port == 0 || l.Port == u.Port) && (isTrue(l.Scope.Client) || match.Equal(l.Scope.Client, u.Scope.Client)) {
			r.record(Change{
				Pass: "subsets", Feature: UpstreamSubset, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Limiting, Fate: FateRewritten, From: u.From,
				Summary: "the subset " + u.SubsetName + " of " + u.Host.String() + " is treated as all of it is", Fix: "nothing",
				Before: r.upstreams(deepUpstream(u), deepUpstream(l)), After: r.upstreams(deepUpstream(l)),
			})
			return true
		}
	}
	return false
}
