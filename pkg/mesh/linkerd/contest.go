package linkerd

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/match"
)

// site is a port of some pods at which the same Servers are in the running.
type site struct {
	port int
	pods match.Expr
	// servers is the one that Linkerd chooses, or those of which it chooses one
	// by an age that the input does not tell.
	servers []*server
}

// manyRivals bounds the Servers of one port that are told apart; past it, each
// is taken to compete with all that overlap it.
const manyRivals = 8

// sites cuts what the Servers of one namespace and port claim. For each pod port
// Linkerd takes the oldest Server, and of those of one age that with the lowest
// name.
// linkerd2 policy-controller/k8s/index/src/inbound/index.rs
func sites(claims []claim) []site {
	var out []site
	for i, c := range claims {
		earlier, later := rivals(c, claims[:i]), rivals(c, claims[i+1:])
		if len(earlier)+len(later) > manyRivals {
			out = append(out, site{c.port, c.pods, serversOf(append(slices.Concat(earlier, later), c))})
			continue
		}
		pods := match.Expr(c.pods)
		for _, e := range earlier {
			pods = match.Conj(pods, match.Negate(e.pods))
		}
		out = split(out, []claim{c}, pods, later)
	}
	return out
}

// rivals are the claims that share pods with c.
func rivals(c claim, others []claim) []claim {
	var out []claim
	for _, o := range others {
		if match.Meet(c.pods, o.pods) {
			out = append(out, o)
		}
	}
	return out
}

// split parts pods, which the chosen claim, by the claims that are left.
func split(out []site, chosen []claim, pods match.Expr, left []claim) []site {
	if !match.Meet(pods, nil) {
		return out
	}
	if len(left) == 0 {
		return append(out, site{chosen[0].port, pods, oldest(chosen)})
	}
	next := left[0]
	if !match.Meet(pods, next.pods) {
		return split(out, chosen, pods, left[1:])
	}
	out = split(out, append(slices.Clone(chosen), next), match.Conj(pods, next.pods), left[1:])
	return split(out, chosen, match.Conj(pods, match.Negate(next.pods)), left[1:])
}

// oldest is the claim that Linkerd prefers, or all if that is not known.
func oldest(claims []claim) []*server {
	all := serversOf(claims)
	if slices.ContainsFunc(all, func(s *server) bool { return s.created == "" }) {
		return all
	}
	return all[:1]
}

// serversOf lists Servers, the preferred one first.
func serversOf(claims []claim) []*server {
	var out []*server
	for _, c := range claims {
		out = append(out, c.server)
	}
	slices.SortFunc(out, func(a, b *server) int {
		return cmp.Or(cmp.Compare(a.created, b.created), cmp.Compare(a.object.Name, b.object.Name))
	})
	return slices.Compact(out)
}
