package match

import "net/netip"

// addressSamples are the first and last addresses of every block, their
// neighbours, and addresses that few blocks hold.
func addressSamples(atoms []Atom) []string {
	var out []string
	for _, a := range atoms {
		p, ok := block(a.Value)
		if !ok {
			continue
		}
		first, last := p.Addr(), lastOf(p)
		for _, x := range []netip.Addr{first, last, first.Prev(), last.Next()} {
			if x.IsValid() {
				out = append(out, x.String())
			}
		}
	}
	return append(out, "203.0.113.7", "10.1.2.3", "2001:db8::7")
}

func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}
