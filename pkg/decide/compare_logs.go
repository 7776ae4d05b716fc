package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// logs compares what proxies record, at every kind of workload that some fact covers.
func (c *comparison) logs() {
	if len(c.a.Logs)+len(c.b.Logs) == 0 {
		return
	}
	s := c.newScopes()
	sides := [2]placed[*intent.AccessLog]{s.logged(c.a), s.logged(c.b)}
	held, done := make([]bool, len(s.exprs)), map[string]bool{}
	for _, ns := range s.namespaces() {
		na, nb := sides[0].at(ns), sides[1].at(ns)
		if len(na)+len(nb) == 0 {
			continue
		}
		if !c.eachKind(s, ns, held, func(at *spot) bool { c.logsAt(na, nb, at, held, done); return true }) {
			c.add(unsure(intent.Auditing, "records in "+ns.String(), tooMuch))
		}
	}
}

func (s *scopes) logged(m *intent.Model) placed[*intent.AccessLog] {
	out := placed[*intent.AccessLog]{}
	for i, l := range m.Logs {
		out.add(s, s.add(l.Scope.Subject), l, i)
	}
	return out
}

// logsAt compares what is recorded of the traffic of one kind of workload.
func (c *comparison) logsAt(a, b []scopedFact[*intent.AccessLog], at *spot, held []bool, done map[string]bool) {
	for _, side := range []intent.LogSide{intent.LogServed, intent.LogSent} {
		x, y := recorded(a, held, side), recorded(b, held, side)
		p, q := "recorded "+intent.LogText(x.To), "recorded "+intent.LogText(y.To)
		key := side.String() + "\n" + p + "\n" + q
		if c.o.Causes {
			key = string(appendObjects([]byte(key), x.From, y.From))
		}
		if done[key] {
			continue
		}
		done[key] = true
		scope := "records of " + side.String() + " at " + at.kind().describe()
		if p == q {
			c.same(text(scope), intent.Auditing)
			continue
		}
		c.add(Difference{Aspect: intent.Auditing, Verdict: Different, Scope: scope, A: p, B: q, FromA: x.From, FromB: y.From})
	}
}

// recorded is the fact that decides of a side of a subject for which these scopes hold;
// without records where none does.
func recorded(all []scopedFact[*intent.AccessLog], holds []bool, side intent.LogSide) *intent.AccessLog {
	i := slices.IndexFunc(all, func(f scopedFact[*intent.AccessLog]) bool { return holds[f.scope] && f.fact.Side&side != 0 })
	if i < 0 {
		return &intent.AccessLog{}
	}
	return all[i].fact
}
