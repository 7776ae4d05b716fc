package decide

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

func itoa(n int) string { return strconv.Itoa(n) }

// routing compares what happens to requests on their way, for every host, port
// and entry that either model has a table for.
func (c *comparison) routing() {
	ta, tb := tablesOf(c.a), tablesOf(c.b)
	ra, rb := answerer{servicesOf(c.a), c.a.Baseline}, answerer{servicesOf(c.b), c.b.Baseline}
	for _, k := range c.allKeys(ta, tb) {
		dns := c.a.Env.DNS(k.host)
		c.table(k, ra.flatten(ta.find(k, dns), k), rb.flatten(tb.find(k, dns), k))
	}
}

// allKeys lists what either model has a table for. Where the ports of a Service
// or entry are known, a table for every port is asked about each of them.
func (c *comparison) allKeys(ts ...tables) []tableKey {
	seen := map[tableKey]bool{}
	var out []tableKey
	add := func(k tableKey) {
		if !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	for _, t := range ts {
		for k := range t.exact {
			if k.port != 0 {
				add(k)
				continue
			}
			known := c.knownPorts(k)
			if len(known) == 0 {
				add(k)
				known = c.askedPorts(k)
			}
			for _, p := range known {
				k.port = p
				add(k)
			}
		}
	}
	slices.SortFunc(out, compareKeys)
	return out
}

// askedPorts lists the ports that the rules of either model ask for.
func (c *comparison) askedPorts(k tableKey) []int {
	var out []int
	for _, m := range []*intent.Model{c.a, c.b} {
		for _, t := range m.Routing {
			if t.Entry != k.entry || t.Host != k.host {
				continue
			}
			for i := range t.Rules {
				match.Atoms(t.Rules[i].When, func(a match.Atom, _ bool) {
					if p, err := strconv.Atoi(a.Value); err == nil && a.Field == match.ServicePort {
						out = append(out, p)
					}
				})
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// knownPorts lists the ports that the entry of a key, or its Service in the mesh,
// has in either model.
func (c *comparison) knownPorts(k tableKey) []int {
	var out []int
	for _, m := range []*intent.Model{c.a, c.b} {
		if k.entry.IsZero() {
			if s := m.Inventory.Service(k.host.Service); s != nil {
				for _, p := range s.Ports {
					out = append(out, p.Port)
				}
			}
			continue
		}
		for _, e := range m.Entries {
			for _, l := range e.Listeners {
				if e.Name == k.entry {
					out = append(out, l.Port)
				}
			}
		}
	}
	return out
}

// table compares two lists of lines.
func (c *comparison) table(k tableKey, a, b []line) {
	scope := k.String()
	if c.sameLines(a, b) {
		c.same(scope, intent.Routed)
		return
	}
	found := map[int]bool{}
	exprs := append(firstMatch(a), firstMatch(b)...)
	result := match.Split(exprs, match.DefaultBudget, func(q *match.Request, holds []bool) bool {
		x, y := &a[slices.Index(holds[:len(a)], true)].answer, &b[slices.Index(holds[len(a):], true)].answer
		for _, i := range x.differs(y, c.o.Defaults) {
			if !found[i] {
				found[i] = true
				c.differRouting(k, scope, q, i, x, y)
			}
		}
		return true
	})
	switch {
	case result == match.Unsure:
		c.add(Difference{Aspect: intent.Routed, Verdict: Unsure, Scope: scope, A: "too many cases to compare", B: "too many cases to compare"})
	case len(found) == 0:
		c.same(scope, intent.Routed)
	}
}

// firstMatch makes conditions of which exactly one holds: each without those
// before it.
func firstMatch(lines []line) []match.Expr {
	out := make([]match.Expr, len(lines))
	var before []match.Expr
	for i, l := range lines {
		out[i] = match.Conj(append([]match.Expr{l.when}, before...)...)
		before = append(before, match.Negate(l.when))
	}
	return out
}

// sameLines reports whether two lists are written alike.
func (c *comparison) sameLines(a, b []line) bool {
	return slices.EqualFunc(a, b, func(x, y line) bool {
		return len(x.answer.differs(&y.answer, c.o.Defaults)) == 0 && match.Equal(x.when, y.when)
	})
}

func (c *comparison) differRouting(k tableKey, scope string, q *match.Request, i int, x, y *answer) {
	w := q.Clone()
	w.Set(match.Host, "", c.a.Env.DNS(k.host))
	if k.port != 0 {
		w.Set(match.ServicePort, "", itoa(k.port))
	}
	c.add(Difference{
		Aspect: routedAspects[i], Verdict: Different, Scope: scope, Witness: w.String(),
		Request: &Request{Entry: k.entry, Host: k.host, Port: k.port, At: *w},
		A:       orNothing(x.parts[i].text), B: orNothing(y.parts[i].text), FromA: x.from, FromB: y.from,
	})
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}
