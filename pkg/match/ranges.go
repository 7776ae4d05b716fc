package match

import (
	"net/netip"
	"slices"
	"sort"
	"strings"
)

// interval is the addresses of one family from one to another, both among them.
type interval struct{ first, last netip.Addr }

// ranges are addresses as intervals, in order, of which no two meet or adjoin.
type ranges []interval

// everywhere is all addresses there are. Those of IPv4 in the form of IPv6 are among those
// of IPv4.
var everywhere = ranges{
	{netip.IPv4Unspecified(), lastOf(netip.PrefixFrom(netip.IPv4Unspecified(), 0))},
	{netip.IPv6Unspecified(), netip.MustParseAddr("::fffe:ffff:ffff")},
	{netip.MustParseAddr("::1:0:0:0"), lastOf(netip.PrefixFrom(netip.IPv6Unspecified(), 0))},
}

// rangesOf puts intervals in order, and those together that meet or adjoin.
func rangesOf(in []interval) ranges {
	slices.SortFunc(in, func(a, b interval) int { return a.first.Compare(b.first) })
	var out ranges
	for _, i := range in {
		n := len(out) - 1
		switch {
		case n < 0 || out[n].last.Less(i.first) && out[n].last.Next() != i.first:
			out = append(out, i)
		case out[n].last.Less(i.last):
			out[n].last = i.last
		}
	}
	return out
}

func intervalOf(p netip.Prefix) interval { return interval{p.Addr(), lastOf(p)} }

// has reports whether an address is among those of the ranges.
func (r ranges) has(a netip.Addr) bool {
	i := sort.Search(len(r), func(i int) bool { return !r[i].last.Less(a) })
	return i < len(r) && !a.Less(r[i].first)
}

// meet is the addresses of both.
func (r ranges) meet(o ranges) ranges {
	var out ranges
	for i, j := 0, 0; i < len(r) && j < len(o); {
		first, last := r[i].first, r[i].last
		if first.Less(o[j].first) {
			first = o[j].first
		}
		if o[j].last.Less(last) {
			last = o[j].last
			j++
		} else {
			i++
		}
		if !last.Less(first) {
			out = append(out, interval{first, last})
		}
	}
	return out
}

// without is the addresses of r that are not of o.
func (r ranges) without(o ranges) ranges {
	var out ranges
	j := 0
	for _, i := range r {
		first, over := i.first, false
		for ; j < len(o) && !i.last.Less(o[j].first); j++ {
			if o[j].last.Less(first) {
				continue
			}
			if first.Less(o[j].first) {
				out = append(out, interval{first, o[j].first.Prev()})
			}
			if !o[j].last.Less(i.last) {
				over = true
				break
			}
			first = o[j].last.Next()
		}
		if !over {
			out = append(out, interval{first, i.last})
		}
	}
	return out
}

// sample is one of the addresses, a plausible one if there is any; there are some.
func (r ranges) sample(f Field) string {
	for _, v := range universes[f].familiar {
		if a, ok := parseAddress(v); ok && r.has(a) {
			return v
		}
	}
	for _, i := range r {
		if !i.first.IsUnspecified() {
			return i.inside()
		}
	}
	return r[0].inside()
}

// inside is the second address of an interval, or its only one: the first is a network's.
func (i interval) inside() string {
	if i.first.Less(i.last) {
		return i.first.Next().String()
	}
	return i.first.String()
}

// String tells ranges apart.
func (r ranges) String() string {
	var b strings.Builder
	for _, i := range r {
		b.WriteString(i.first.String())
		b.WriteByte('-')
		b.WriteString(i.last.String())
		b.WriteByte(' ')
	}
	return b.String()
}

// sampleAddresses looks for an address that meets constraints of which there are many, or
// that are about many intervals.
func (s *Space) sampleAddresses(f Field, cs []constraint) (string, Answer) {
	left := everywhere
	var not []interval
	for _, c := range cs {
		in := c.test.in
		if c.test.Op == Present {
			in = everywhere
		}
		if s.fuel -= len(in); c.want {
			left = left.meet(in)
		} else {
			not = append(not, in...)
		}
	}
	if s.fuel < 0 {
		return "", Unsure
	}
	if left = left.without(rangesOf(not)); len(left) == 0 {
		return "", No
	}
	return left.sample(f), Yes
}

// manyBlocks are taken together: a list of so many, or so many constraints.
const manyBlocks = 24

// manyIn reports whether constraints on addresses are about many intervals.
func manyIn(cs []constraint) bool {
	n := 0
	for _, c := range cs {
		n += max(1, len(c.test.in))
	}
	return n > manyBlocks
}

// blockOf is the block that a member of an Or takes, or that one of an And refuses.
func blockOf(o op, e Expr) (a Atom, p netip.Prefix, ok bool) {
	if o == opAnd {
		not, is := e.(Not)
		if !is {
			return a, p, false
		}
		e = not.X
	}
	a, ok = e.(Atom)
	if !ok || !a.Field.address() || a.Op != CIDR && a.Op != Exact {
		return a, p, false
	}
	p, ok = block(a.Value)
	return a, p, ok && (a.Op == CIDR || address(a.Value))
}

// sets puts the blocks of one attribute together to one test, where there are many among
// the members of an And or Or: lists of addresses have thousands. The tests go onto the
// stack; the other members are returned.
func (g *graph) sets(o op, es []Expr) []Expr {
	blocks := map[attribute][]interval{}
	for _, e := range es {
		if a, p, ok := blockOf(o, e); ok {
			at := attribute{a.Field, a.Key}
			blocks[at] = append(blocks[at], intervalOf(p))
		}
	}
	var rest []Expr
	done := map[attribute]bool{}
	for _, e := range es {
		a, _, ok := blockOf(o, e)
		at := attribute{a.Field, a.Key}
		switch {
		case !ok || len(blocks[at]) < manyBlocks:
			rest = append(rest, e)
		case !done[at]:
			done[at] = true
			set := g.set(at, rangesOf(blocks[at]))
			if o == opAnd {
				set = g.not(set)
			}
			g.stack = append(g.stack, set)
		}
	}
	return rest
}

// set is the node of a test for ranges.
func (g *graph) set(at attribute, in ranges) int32 {
	a := Atom{Field: at.Field, Key: at.Key, Op: within, Value: in.String()}
	return g.testNode(atomID{a.Field, a.Op, false, a.Key, a.Value}, func() test { return test{Atom: a, in: in} })
}
