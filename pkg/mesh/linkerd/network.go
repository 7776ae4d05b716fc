package linkerd

import (
	"net/netip"
	"slices"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// network is a block of addresses without some.
type network struct {
	block  netip.Prefix
	except []netip.Prefix
	at     []place.Ref
}

// everyBlock are all addresses.
var everyBlock = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}

// key tells networks apart.
func (n network) key() string {
	s := n.block.String()
	for _, e := range n.except {
		s += "-" + e.String()
	}
	return s
}

// readNetworks reads a list of blocks with exceptions, as the peer's address
// that the server's proxy sees.
func readNetworks(list *source.Node) match.Expr {
	var or match.Or
	var without match.And
	whole := map[netip.Prefix]bool{}
	for _, item := range list.Items() {
		cidr := item.Get("cidr")
		p, ok := readBlock(cidr)
		if cidr == nil {
			item.Reject("has no cidr")
		}
		if !ok {
			continue
		}
		out := readExcept(item.Get("except"), p)
		if slices.Contains(everyBlock, p) {
			whole[p] = true
			without = append(without, out...)
		}
		or = append(or, append(match.And{inBlock(p, cidr.Ref())}, out...))
	}
	if len(whole) == len(everyBlock) && len(or) == len(everyBlock) {
		return match.Simplify(without)
	}
	return match.Simplify(or)
}

// readExcept reads the blocks left out of p. The webhook wants each to lie
// within it and not to cover it.
func readExcept(list *source.Node, p netip.Prefix) match.And {
	var out match.And
	for _, item := range list.Items() {
		e, ok := readBlock(item)
		switch {
		case !ok:
		case !p.Contains(e.Addr()) || e.Bits() < p.Bits():
			item.Reject("is not within " + p.String())
		case e == p:
			item.Reject("leaves nothing of " + p.String())
		default:
			out = append(out, match.Not{X: inBlock(e, item.Ref())})
		}
	}
	return out
}

// readBlock reads an address or a block.
func readBlock(n *source.Node) (netip.Prefix, bool) {
	text := n.Str()
	if n == nil || n.Kind() != source.Scalar {
		return netip.Prefix{}, false
	}
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		n.Reject("is neither an address nor a block of addresses")
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

func inBlock(p netip.Prefix, at place.Ref) match.Atom {
	return match.Atom{Field: match.ClientIP, Op: match.CIDR, Value: p.String(), Ref: new(at)}
}

// blocks is the predicate of addresses in any of some blocks, as the
// environment lists them.
func blocks(cidrs []string, at place.Ref) match.Expr {
	var or match.Or
	for _, c := range cidrs {
		if p, err := netip.ParsePrefix(c); err == nil {
			or = append(or, inBlock(p.Masked(), at))
		}
	}
	if all := []string{"0.0.0.0/0", "::/0"}; slices.Equal(cidrs, all) {
		return match.True
	}
	return match.Simplify(or)
}

// networksOf writes a conjunction of conditions on the address: the smallest of
// the blocks that it names, or all addresses, without the others. ok is false
// where no list of networks means that.
func networksOf(ls []match.Literal) (out []network, ok bool) {
	var within, except []netip.Prefix
	var at []place.Ref
	for _, l := range ls {
		p, ok := parseBlock(l.Atom.Value)
		if !ok || l.Atom.Op != match.CIDR {
			return nil, false
		}
		at = append(at, l.Atom.Place())
		if l.Not {
			except = append(except, p)
		} else {
			within = append(within, p)
		}
	}
	if len(within) == 0 {
		within = everyBlock
	} else {
		slices.SortFunc(within, func(a, b netip.Prefix) int { return b.Bits() - a.Bits() })
		for _, p := range within[1:] {
			if !p.Contains(within[0].Addr()) {
				return nil, false
			}
		}
		within = within[:1]
	}
	for _, p := range within {
		if n, ok := (network{block: p, at: at}).without(except); ok {
			out = append(out, n)
		}
	}
	return out, len(out) > 0
}

// without leaves blocks out, as far as they matter; ok is false where nothing is
// left.
func (n network) without(except []netip.Prefix) (network, bool) {
	for _, e := range except {
		switch {
		case e.Bits() <= n.block.Bits() && e.Contains(n.block.Addr()):
			return n, false
		case n.block.Contains(e.Addr()):
			n.except = append(n.except, e)
		}
	}
	return n, true
}

func parseBlock(text string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(text)
	return netip.PrefixFrom(a, a.BitLen()), err == nil
}
