package istio

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/match"
)

// namedBy is a name of a server with those who ask for it and what they ask.
type namedBy struct {
	*contender
	match scopedMatch
	when  match.Expr // beside the name
	list  string     // of all names of the match
}

// clashing are two that make proxies reject what listens at a port: matches of TLS that
// share a name, of which no proxy has two chains. Of matches with the same list of names
// Istio sends the first only. nil is none.
// pilot/pkg/networking/core/tls.go hashRuntimeTLSMatchPredicates
// envoy source/common/listener_manager/filter_chain_manager_impl.cc addFilterChains
func clashing(over []*contender, hosts []connectedHost) (a, b *namedBy) {
	seen := map[string][]*namedBy{}
	for _, x := range over {
		for _, s := range x.said {
			for _, m := range s.matches {
				if m.server == nil {
					continue
				}
				n := &namedBy{x, m, match.Conj(orAnyone(x.client), m.server.rest), listed(m)}
				for _, key := range chainsOf(m) {
					for _, before := range seen[key] {
						if before.list != n.list && before.meets(n, hosts) {
							return before, n
						}
					}
					seen[key] = append(seen[key], n)
				}
			}
		}
	}
	return nil, nil
}

// chainsOf are the parts of what listens that a match makes of a name: one for each block of
// addresses.
func chainsOf(m scopedMatch) []string {
	blocks := blocksOf(m.server.rest)
	if len(blocks) == 0 {
		return []string{m.server.text}
	}
	var out []string
	for _, b := range blocks {
		out = append(out, m.server.text+" "+b.String())
	}
	return out
}

// listed are the names and blocks of addresses of a match as one text.
func listed(m scopedMatch) string {
	texts := func(key string) string {
		var out []string
		for _, n := range m.server.of.Get(key).Items() {
			out = append(out, n.Str())
		}
		return strings.Join(out, ",")
	}
	return texts("sniHosts") + "|" + texts("destinationSubnets")
}

// meets reports whether one proxy may have both at a port of some host.
func (n *namedBy) meets(other *namedBy, hosts []connectedHost) bool {
	both := match.Conj(n.when, other.when)
	if _, answer := match.Overlap(both, match.True); answer == match.No {
		return false
	}
	return slices.ContainsFunc(hosts, func(h connectedHost) bool {
		if len(h.others) == 0 {
			return true
		}
		return slices.ContainsFunc(h.ports, func(p int) bool {
			at := match.Restrict(both, match.ServicePort, "", strconv.Itoa(p), true)
			_, answer := match.Overlap(at, match.True)
			return answer != match.No
		})
	})
}

// rejected withholds what is routed of a host by two matches that clash: proxies keep what
// they had before.
func (k *contest) rejected(lead *meshClaim, a, b *namedBy) {
	lead.diags.Tell(diag.OrderUnknown, "which rules proxies have for "+lead.host.String()+" depends on what they had before: two matches name "+b.match.server.text,
		"they reject what listens at the port, since two parts of it are for the same connections; neither is translated for this host",
		"name each server in one match, or the same servers in all of them", b.match.server.ref, a.match.server.ref)
	for _, x := range []*namedBy{a, b} {
		k.claims.withheld[x.object] = true
		lostTo(x.object, x.at).Withhold("proxies reject what two matches for one server come to")
	}
}
