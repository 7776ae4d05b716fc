package match

import (
	"net/netip"
	"slices"
)

// parseAddress reads an address; IPv4 in IPv6 form is IPv4.
func parseAddress(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a.Unmap(), err == nil && a.Zone() == ""
}

func sameAddress(a, b string) bool {
	x, okX := parseAddress(a)
	y, okY := parseAddress(b)
	return okX && okY && x == y
}

// block reads a CIDR block or a lone address.
func block(s string) (netip.Prefix, bool) {
	if a, ok := parseAddress(s); ok {
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return p, false
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), true
}

func inBlock(v, want string) bool {
	a, okA := parseAddress(v)
	p, okP := block(want)
	return okA && okP && p.Contains(a)
}

// addresses lists one address, plausible ones first, of every interval that the
// blocks cut the two address spaces into. An interval begins at a block's first
// address, after its last, or with its space.
func addresses(f Field, tests []*test) []string {
	out := slices.Clone(universes[f].familiar)
	var edges []netip.Addr
	for _, t := range tests {
		in := t.in
		if p, ok := block(t.Value); ok && in == nil {
			in = ranges{intervalOf(p)}
		}
		for _, i := range in {
			if second := i.first.Next(); second.Less(i.last) {
				out = append(out, second.String())
			}
			edges = append(edges, i.first, i.last.Next())
		}
	}
	edges = append(edges, netip.IPv4Unspecified(), netip.IPv6Unspecified())
	for _, a := range edges {
		if a.IsValid() {
			out = append(out, a.String())
		}
	}
	return out
}

func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}

// Inside reports whether all addresses that an atom takes are among those of another on
// the same attribute; known is false where one of them is about no block.
func Inside(a, b Atom) (yes, known bool) {
	_, p, okA := blockOf(opOr, a)
	_, q, okB := blockOf(opOr, b)
	return okA && okB && q.Bits() <= p.Bits() && q.Contains(p.Addr()), okA && okB && a.Field == b.Field && a.Key == b.Key
}
