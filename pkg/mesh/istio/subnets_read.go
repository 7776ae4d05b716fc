package istio

import (
	"net/netip"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// addressed is a match for connections with the blocks of addresses that it names; none is all.
type addressed struct {
	static match.Expr // who asks, and at which port
	blocks []netip.Prefix
	rule   int
}

// outOfLine says why proxies take the rules of several objects for connections in another
// order than that in which they stand, or "". Of the blocks that have an address the smallest
// counts, whichever stands first, and proxies do not go back to a larger one. Of TLS, blocks
// hold for matches behind that name none, too.
// envoy source/common/listener_manager/filter_chain_manager_impl.cc findFilterChainForDestinationIP
// istio pilot/pkg/networking/core/tls.go buildSidecarOutboundTLSFilterChainOpts
func outOfLine(p intent.Protocol, over []*contender) string {
	all := addressedIn(over)
	for j := range all {
		for i := range all[:j] {
			a, b := &all[i], &all[j]
			if len(a.blocks)+len(b.blocks) == 0 || !match.Meet(a.static, b.static) {
				continue
			}
			if why := a.before(b, p); why != "" {
				return why
			}
		}
	}
	return ""
}

func addressedIn(over []*contender) []addressed {
	var out []addressed
	rule := 0
	for _, x := range over {
		for _, s := range x.said {
			rule++
			for _, m := range s.matches {
				when := m.when
				if m.server != nil {
					when = m.server.rest
				}
				out = append(out, addressed{match.Conj(orAnyone(x.client), staticOf(when)), blocksOf(when), rule})
			}
		}
	}
	return out
}

// staticOf is a condition without what it says of addresses.
func staticOf(e match.Expr) match.Expr {
	return match.Simplify(match.Weaken(e, func(l match.Literal) bool { return l.Atom.Field != match.DestIP }))
}

// blocksOf are the blocks of addresses that a condition names; addresses are blocks of one.
func blocksOf(e match.Expr) []netip.Prefix {
	var out []netip.Prefix
	match.Atoms(e, func(a match.Atom, _ bool) {
		if a.Field != match.DestIP {
			return
		}
		block, err := netip.ParsePrefix(a.Value)
		if err != nil {
			at, _ := netip.ParseAddr(a.Value)
			block = netip.PrefixFrom(at, at.BitLen())
		}
		out = append(out, block.Masked())
	})
	return out
}

// before says why a match does not stand before another as if the first counted.
func (a *addressed) before(b *addressed, p intent.Protocol) string {
	nested := func(x, y netip.Prefix) bool { return x.Overlaps(y) && x.Bits() < y.Bits() }
	within := func(outer, inner []netip.Prefix) bool {
		return slices.ContainsFunc(outer, func(x netip.Prefix) bool {
			return slices.ContainsFunc(inner, func(y netip.Prefix) bool { return nested(x, y) })
		})
	}
	shared := slices.ContainsFunc(a.blocks, func(x netip.Prefix) bool { return slices.Contains(b.blocks, x) })
	switch {
	case p == intent.TLS && (len(a.blocks) == 0 || len(b.blocks) == 0):
		return "matches for TLS with destinationSubnets stand beside others without, which Istio takes for theirs"
	case p == intent.TLS && (within(a.blocks, b.blocks) || within(b.blocks, a.blocks)):
		return "of destinationSubnets in each other proxies take the smallest, and go back to no other"
	case p == intent.TCP && a.rule != b.rule && within(a.blocks, b.blocks):
		return "of destinationSubnets in each other proxies take the smallest, whichever rule stands first"
	case p == intent.TCP && shared:
		return "two parts of what listens are for the same destinationSubnets, so that proxies reject it"
	}
	return ""
}

// notInLine withholds what objects route of a host, whose order says nothing.
func (k *contest) notInLine(lead *meshClaim, over []*contender, why string) {
	d := diag.OrderUnknown
	lead.diags.Tell(d, "the rules of "+lead.host.String()+" for connections are not those that proxies go by, of which the first counts", why,
		"name addresses in all matches or in none, and in blocks that are apart", lead.at.Ref())
	for _, x := range over {
		k.claims.withheld[x.object] = true
		lostTo(x.object, x.at).Withhold("proxies take the rules by destinationSubnets, not in their order")
	}
}
