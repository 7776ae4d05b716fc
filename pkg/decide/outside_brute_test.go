package decide

import (
	"math/rand/v2"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// driftOut compares what becomes of one connection that leaves.
func driftOut(a, b *intent.Model, r Request) Verdict {
	x, y := outsideOf(a), outsideOf(b)
	to, was := x.leaves(&r.At, r.Host, r.Port)
	other, is := y.leaves(&r.At, r.Host, r.Port)
	switch {
	case !was.Allowed && is.Allowed:
		return Wider
	case was.Allowed && !is.Allowed:
		return Narrower
	case to != other:
		return Different
	}
	return Same
}

// dest is a condition on what is dialled.
func (c chance) dest(depth int) match.Expr {
	switch n := c.IntN(9); {
	case depth > 0 && n < 2:
		return match.And{c.dest(depth - 1), c.dest(depth - 1)}
	case depth > 0 && n < 4:
		return match.Or{c.dest(depth - 1), c.dest(depth - 1)}
	case depth > 0 && n == 4:
		return match.Not{X: c.dest(depth - 1)}
	}
	return pick[match.Expr](c,
		atom(match.DestHost, match.Exact, "api.example.com"), atom(match.DestHost, match.Suffix, ".example.com"), match.Atom{Field: match.DestHost, Op: match.Present},
		atom(match.DestIP, match.CIDR, "203.0.113.0/24"), atom(match.DestIP, match.CIDR, "0.0.0.0/0"), atom(match.Port, match.Exact, "443"),
		atom(match.Port, match.Exact, "80"), atom(match.Namespace, match.Exact, "shop"), atom(match.SNI, match.Exact, "api.example.com"), atom(match.Path, match.Prefix, "/a"))
}

// leaving is a model of what callers may dial, and of what is made known to them.
func (c chance) leaving() *intent.Model {
	who := func() intent.Scope {
		return intent.Scope{Client: pick[match.Expr](c, match.True, atom(match.ClientNamespace, match.Exact, "web"), atom(match.ClientNamespace, match.Exact, "shop"))}
	}
	m := &intent.Model{}
	for range c.IntN(4) {
		m.Access = append(m.Access, &intent.Access{Side: intent.Dialled, Effect: pick(c, intent.Allow, intent.Allow, intent.Deny), Scope: who(), When: c.dest(2)})
	}
	if len(m.Access) > 0 && c.IntN(2) == 0 {
		m.Default = append(m.Default, &intent.Default{Side: intent.Dialled, Effect: intent.Deny, Scope: who()})
	}
	for range c.IntN(3) {
		e := &intent.External{Scope: who(), Hosts: []intent.Host{{DNS: pick(c, "api.example.com", "*.example.com", "*")}}}
		if c.IntN(2) == 0 {
			e.Addresses = []string{"203.0.113.0/25"}
		}
		e.Ports = []intent.ExternalPort{{Port: pick(c, 80, 443), Protocol: pick(c, "HTTP", "TLS", "TCP")}}
		m.External = append(m.External, e)
	}
	if c.IntN(2) == 0 {
		m.Egress = append(m.Egress, &intent.Egress{Effect: intent.Deny, Scope: who()})
	}
	return m
}

// connections are those of a small universe that leave.
func connections() []Request {
	var out []Request
	for _, host := range []string{"api.example.com", "www.example.com", "other.example"} {
		for _, port := range []int{80, 443, 25} {
			for _, address := range []string{"203.0.113.7", "203.0.113.200", "198.51.100.1"} {
				for _, ns := range []string{"web", "shop", "depot"} {
					q := new(match.Request).Set(match.DestIP, "", address).Set(match.ClientNamespace, "", ns).Set(match.ClientAccount, "", "x")
					for _, f := range []intent.Protocol{intent.HTTP, intent.TLS, intent.TCP} {
						at := outsideKey{host, port, f}.request(q)
						out = append(out, Request{Host: intent.Host{DNS: host}, Port: port, At: *at})
						if f == intent.HTTP {
							other := outsideKey{host, port, f}.request(q.Clone().Set(match.Path, "", "/a"))
							out = append(out, Request{Host: intent.Host{DNS: host}, Port: port, At: *other})
						}
					}
				}
			}
		}
	}
	return out
}

// What Compare says of what leaves is what trying all connections of a small universe
// shows, and its witnesses show what they say. Fails with: the cells of hosts left out
// of outsideCells in compare_outside.go.
func TestLeavingAgreesWithBruteForce(t *testing.T) {
	all := connections()
	met := map[Verdict]int{}
	for seed := range uint64(300) {
		c := chance{rand.New(rand.NewPCG(seed, 2))}
		a, b := c.leaving(), c.leaving()
		if c.IntN(2) == 0 && len(a.Access) > 0 { // near to a
			b = a.Clone()
			b.Access[c.IntN(len(b.Access))].When = c.dest(1)
		}
		found := map[Verdict]bool{}
		for _, d := range Compare(a, b, Options{Aspects: []intent.Aspect{intent.Admission, intent.Routed}}).Differences {
			if d.Request == nil || d.Request.Subject != nil {
				continue
			}
			if found[d.Verdict] = true; d.Verdict == Unsure {
				t.Fatalf("seed %d: %+v", seed, d)
			}
			if got := driftOut(a, b, *d.Request); got != d.Verdict {
				t.Fatalf("seed %d: %s is %s, not %s\n%s\n%s", seed, d.Witness, got, d.Verdict, intent.Print(a), intent.Print(b))
			}
		}
		for _, r := range all {
			if v := driftOut(a, b, r); v != Same && !found[v] {
				t.Fatalf("seed %d: %s is %s, which is not found\n%s\n%s", seed, r, v, intent.Print(a), intent.Print(b))
			}
		}
		met[Sum(toDifferences(found))]++
	}
	if met[Same] < 10 || met[Narrower] < 10 || met[Wider] < 10 {
		t.Errorf("the models are not worth much: %v", met)
	}
}
