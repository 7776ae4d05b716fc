package decide

import "github.com/transmesh/transmesh/pkg/match"

// eachKind visits the kinds of workloads of a namespace that the scopes tell apart. While
// it does, held says of each scope, by its number, whether it covers them; after it none
// does. It reports whether all kinds were visited, or all until visit asks for no more: what
// a comparison may take bounds it.
func (c *comparison) eachKind(s *scopes, ns namespace, held []bool, visit func(*spot) bool) bool {
	near := s.within(ns)
	enough, more := true, true
	answer := c.space.Ways(near.exprs, c.budget(), func(w match.Way) bool {
		for i, n := range near.numbers {
			held[n] = w.Holds(i)
		}
		if enough = c.budget() > 0; !enough {
			return false
		}
		c.spent += stepsOfKind
		more = visit(&spot{namespace: ns, scopes: near, way: w})
		return more
	})
	for _, n := range near.numbers {
		held[n] = false
	}
	return !more || enough && answer != match.Unsure
}
