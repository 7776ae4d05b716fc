package decide

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// rates compares how many requests workloads take, at every kind of workload that
// some limit covers: each side must have the same buckets, from which the same
// requests draw, in the same order.
func (c *comparison) rates() {
	if len(c.a.Rates)+len(c.b.Rates) == 0 {
		return
	}
	s := c.newScopes()
	sides := [2]metered{s.metered(c.a), s.metered(c.b)}
	held, done := make([]bool, len(s.exprs)), map[string]bool{}
	for _, ns := range s.namespaces() {
		na, nb := sides[0].near(ns), sides[1].near(ns)
		if len(na.rates)+len(nb.rates) == 0 {
			continue
		}
		if !c.eachKind(s, ns, held, func(at *spot) bool { c.ratesAt(na, nb, at, held, done); return true }) {
			c.add(unsure(intent.Rating, "rates in "+ns.String(), tooMuch))
		}
	}
}

// metered are the facts of one model that decide how many requests are let pass.
type metered struct {
	*scoped
	limits placed[*intent.RateLimit]
}

func (s *scopes) metered(m *intent.Model) metered {
	out := metered{s.of(m), placed[*intent.RateLimit]{}}
	for i, l := range m.Rates {
		out.limits.add(s, s.add(l.Scope.Subject), l, i)
	}
	return out
}

// meteredNear are those that may hold in one namespace.
type meteredNear struct {
	nearby
	rates []scopedFact[*intent.RateLimit]
}

func (m metered) near(ns namespace) meteredNear {
	return meteredNear{m.scoped.near(ns), m.limits.at(ns)}
}

// covering are the limits of a subject for which these scopes hold.
func (n meteredNear) limits(holds []bool) []*intent.RateLimit {
	var out []*intent.RateLimit
	for _, l := range n.rates {
		if holds[l.scope] {
			out = append(out, l.fact)
		}
	}
	return out
}

// ratesAt compares the limits of one kind of workload.
func (c *comparison) ratesAt(a, b meteredNear, at *spot, held []bool, done map[string]bool) {
	la, lb := a.limits(held), b.limits(held)
	if len(la)+len(lb) == 0 {
		return
	}
	pa, pb := profileOf(a.covering(held), at.settle), profileOf(b.covering(held), at.settle)
	world := c.certified()
	ma, mb := meter{c.space, &pa, at.settle, world, false}, meter{c.space, &pb, at.settle, world, false}
	x, y := ma.buckets(la), mb.buckets(lb)
	key := bucketsKey(x) + "\n" + bucketsKey(y)
	if c.o.Causes {
		key = string(appendObjects([]byte(key), ratesFrom(la), ratesFrom(lb)))
	}
	if done[key] {
		return
	}
	done[key] = true
	scope := "rates at " + at.kind().describe()
	to, paired := ma.pair(x, y)
	switch {
	case paired && ma.inOrder(x, to):
		c.same(text(scope), intent.Rating)
	case ma.unsure || mb.unsure:
		c.add(unsure(intent.Rating, scope, tooHard))
	default:
		c.ratesDiffer(scope, at.kind(), x, y, ma.shown(x, y, to))
	}
}

// ratesFrom is what limits come from.
func ratesFrom(ls []*intent.RateLimit) intent.Origin {
	var out intent.Origin
	for _, l := range ls {
		out = append(out, l.From...)
	}
	return out
}

func bucketsKey(bs []bucket) string {
	var out strings.Builder
	for _, b := range bs {
		out.WriteString(b.key + " " + match.Key(b.draws) + ";")
	}
	return out.String()
}

// pair finds for each bucket of one side that of the other, -1 where it has none;
// paired says that all of both sides have one.
func (m *meter) pair(a, b []bucket) (to []int, paired bool) {
	to, paired = make([]int, len(a)), len(a) == len(b)
	for i, x := range a {
		to[i] = slices.IndexFunc(b, func(y bucket) bool { return x.key == y.key && m.equal(x.draws, y.draws) })
		if to[i] < 0 || slices.Contains(to[:i], to[i]) {
			to[i], paired = -1, false
		}
	}
	return to, paired
}

func (m *meter) equal(a, b match.Expr) bool {
	return match.Equal(a, b) || m.answer(m.space.Implies(a, b)) == match.Yes && m.answer(m.space.Implies(b, a)) == match.Yes
}

// inOrder reports whether both sides ask the buckets of any request in one order.
func (m *meter) inOrder(a []bucket, to []int) bool {
	for i := range a {
		for j := range i {
			if to[j] > to[i] && m.answer(m.space.Overlap(a[i].draws, a[j].draws)) != match.No {
				return false
			}
		}
	}
	return true
}

// shown is a request that draws from other buckets on either side, or from the same
// in another order or company.
func (m *meter) shown(a, b []bucket, to []int) *match.Request {
	rest := func(of, others []bucket, paired func(int) bool) (q *match.Request) {
		for i, x := range of {
			if paired(i) {
				continue
			}
			var same match.Or
			for _, y := range others {
				if y.key == x.key {
					same = append(same, y.draws)
				}
			}
			if q, _ := m.space.Overlap(x.draws, match.Negate(match.Simplify(same))); q != nil {
				return q
			}
			if found, _ := m.space.Overlap(x.draws, match.True); found != nil && q == nil {
				q = found
			}
		}
		return q
	}
	if q := rest(a, b, func(i int) bool { return to[i] >= 0 }); q != nil {
		return q
	}
	if q := rest(b, a, func(i int) bool { return slices.Contains(to, i) }); q != nil {
		return q
	}
	return rest(a, nil, func(int) bool { return false })
}

// ratesDiffer reports a request that draws from other buckets.
func (c *comparison) ratesDiffer(scope string, k kind, a, b []bucket, q *match.Request) {
	d := Difference{Aspect: intent.Rating, Verdict: Different, Scope: scope, FromA: bucketsFrom(a), FromB: bucketsFrom(b)}
	if c.o.Brief || q == nil {
		d.A, d.B = bucketsText(c.space, a, nil), bucketsText(c.space, b, nil)
		c.add(d)
		return
	}
	to := c.server(k)
	shows := func(q *match.Request) bool { return bucketsText(c.space, a, q) != bucketsText(c.space, b, q) }
	account, _ := to.subject.Lookup(match.Account, "")
	w, all := c.cast(q, scene{caller{namespace: k.namespace.name, account: account}, shows, true})
	r := Request{
		Host: intent.Host{Service: to.service}, Port: to.port, At: *w, Subject: to.subject, Client: c.senderText(w, all, shows), Server: to.name, trust: c.a.Env.TrustDomain,
	}
	r.At.Copy(to.subject, match.Port)
	d.Witness, d.Request, d.Clients = r.String(), &r, c.names(all)
	d.A, d.B = bucketsText(c.space, a, w), bucketsText(c.space, b, w)
	if d.A == d.B {
		d.A, d.B = d.A+", shared or asked for with others", d.B+", shared or asked for otherwise"
	}
	c.add(d)
}

func bucketsFrom(bs []bucket) (out intent.Origin) {
	for _, b := range bs {
		out = append(out, b.fact.From...)
	}
	return out
}

// bucketsText says from what a request draws; nil is any.
func bucketsText(s *match.Space, bs []bucket, q *match.Request) string {
	var parts []string
	for _, b := range bs {
		if q == nil || s.Eval(b.draws, q) {
			parts = append(parts, b.text)
		}
	}
	if len(parts) == 0 {
		return "no limit of the rate"
	}
	return "at most " + strings.Join(parts, "; and ")
}
