package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// aligned reports whether two lists of tables have the same conditions, rule by
// rule, and do the same to what each takes, in the aspects that are asked for. Where
// it does not, they may still mean the same.
func (c *comparison) aligned(l likeness, at *tableKey, xs, ys []*intent.Routing) bool {
	if len(xs) != len(ys) {
		return false
	}
	for i, x := range xs {
		y := ys[i]
		if len(x.Rules) != len(y.Rules) || !match.Equal(x.Scope.Client, y.Scope.Client) || !c.alignedRules(l, at, x.Rules, y.Rules) ||
			!c.effects(l, at, rest(x, at), rest(y, at)) {
			return false
		}
	}
	return c.effects(l, at, unserved(at), unserved(at))
}

func (c *comparison) alignedRules(l likeness, at *tableKey, xs, ys []intent.Rule) bool {
	for i := range xs {
		x, y := &xs[i], &ys[i]
		if newPaths(x) || newPaths(y) || !c.effects(l, at, x, y) || !c.conditions(x.When, y.When, at) {
			return false
		}
	}
	return true
}

// conditions reports whether two conditions hold for the same requests of a key.
func (c *comparison) conditions(x, y match.Expr, at *tableKey) bool {
	if match.Equal(x, y) {
		return true
	}
	x, y = match.Map(match.Simplify(x), at.settles), match.Map(match.Simplify(y), at.settles)
	lists := []match.Table{{Lines: []match.Line{{When: x, Answer: 1}}}, {Lines: []match.Line{{When: y, Answer: 1}}}}
	return c.space.Differ(lists, min(stepsOfKind, c.budget()), func(match.Outcome) bool { return false }) == match.Yes
}

// effects reports whether two rules do the same to the requests that they take.
func (c *comparison) effects(l likeness, at *tableKey, x, y *intent.Rule) bool {
	if l.does(x, y) && l.timing() && l.host(at.host) {
		return true
	}
	a, b := l.a.answer(x, at), l.b.answer(y, at)
	return !slices.ContainsFunc(a.differs(&b, c.o.Defaults), func(i int) bool { return c.o.Arrivals || c.asked(routedAspects[i]) })
}
