package match

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"
)

// blocks are n addresses in a row, from one on, as an Or of atoms: every step-th.
func someBlocks(n, from, step int) Or {
	var out Or
	for i := range n {
		at := from + i*step
		out = append(out, Atom{Field: ClientIP, Op: CIDR, Value: fmt.Sprintf("10.%d.%d.%d/32", at>>16&255, at>>8&255, at&255)})
	}
	return out
}

// Lists of thousands of addresses are compared as sets, and not one by one: that they are
// the same, that one has one more, what is left of a block without them.
func TestManyAddresses(t *testing.T) {
	const n = 20_000
	began := time.Now()
	all, fewer := someBlocks(n, 0, 2), someBlocks(n-1, 0, 2)
	if _, answer := Implies(fewer, all); answer != Yes {
		t.Errorf("fewer are among all: %s", answer)
	}
	r, answer := Implies(all, fewer)
	if v, _ := r.Lookup(ClientIP, ""); answer != No || v != "10.0.156.62" {
		t.Errorf("all are among fewer: %s, %v", answer, r)
	}
	if _, answer := Overlap(all, someBlocks(n, 1, 2)); answer != No {
		t.Errorf("even and odd ones meet: %s", answer)
	}
	outside := And{Atom{Field: ClientIP, Op: CIDR, Value: "10.0.0.0/23"}}
	for _, a := range someBlocks(511, 0, 1) {
		outside = append(outside, Not{a})
	}
	r, answer = Overlap(outside, True)
	if v, _ := r.Lookup(ClientIP, ""); answer != Yes || v != "10.0.1.255" {
		t.Errorf("one is left: %s, %v", answer, r)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it takes %s", took)
	}
}

// Blocks in a row come to one interval, beside which there are other addresses.
func TestAdjoiningAddresses(t *testing.T) {
	row := someBlocks(4*manyBlocks, 0, 1)
	if r, answer := Overlap(Not{row}, Atom{Field: ClientIP, Op: CIDR, Value: "10.0.0.0/24"}); answer != Yes {
		t.Errorf("no address is left of the network: %s, %v", answer, r)
	}
	if r, answer := Overlap(row, True); answer != Yes {
		t.Errorf("no address is in the row: %s, %v", answer, r)
	}
}

// Sets of random blocks have what their blocks have, and so has what is made of them.
func TestRanges(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	random := func() (in []interval, blocks []netip.Prefix) {
		for range r.IntN(12) {
			a := netip.AddrFrom4([4]byte{10, 0, 0, byte(r.IntN(64))})
			p := netip.PrefixFrom(a, 26+r.IntN(7)).Masked()
			in, blocks = append(in, intervalOf(p)), append(blocks, p)
		}
		return in, blocks
	}
	for range 2000 {
		in, blocks := random()
		other, others := random()
		a, b := rangesOf(in), rangesOf(other)
		has := func(of []netip.Prefix, x netip.Addr) bool {
			for _, p := range of {
				if p.Contains(x) {
					return true
				}
			}
			return false
		}
		meet, left := a.meet(b), a.without(b)
		for n := range 80 {
			x := netip.AddrFrom4([4]byte{10, 0, 0, byte(n)})
			inA, inB := has(blocks, x), has(others, x)
			if a.has(x) != inA || meet.has(x) != (inA && inB) || left.has(x) != (inA && !inB) {
				t.Fatalf("%s of %v and %v: %v %v %v", x, blocks, others, a, meet, left)
			}
		}
	}
	if left := everywhere.without(everywhere); len(left) != 0 {
		t.Errorf("%v", left)
	}
}

// A block is inside another that takes all of it.
func TestInside(t *testing.T) {
	at := func(op Op, v string) Atom { return Atom{Field: ClientIP, Op: op, Value: v} }
	for _, c := range []struct {
		a, b       Atom
		yes, known bool
	}{
		{at(CIDR, "10.0.1.0/24"), at(CIDR, "10.0.0.0/16"), true, true},
		{at(CIDR, "10.0.0.0/16"), at(CIDR, "10.0.1.0/24"), false, true},
		{at(Exact, "10.0.1.7"), at(CIDR, "10.0.1.0/24"), true, true},
		{at(CIDR, "2001:db8::/32"), at(CIDR, "0.0.0.0/0"), false, true},
		{at(CIDR, "10.0.1.0/24"), at(Present, ""), false, false},
		{at(CIDR, "10.0.1.0/24"), Atom{Field: RemoteIP, Op: CIDR, Value: "10.0.0.0/16"}, true, false},
	} {
		if yes, known := Inside(c.a, c.b); known != c.known || known && yes != c.yes {
			t.Errorf("%v inside %v: %v %v", c.a, c.b, yes, known)
		}
	}
}
