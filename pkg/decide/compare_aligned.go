package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/match"
)

// inStep reports whether two lists of lines have the same conditions, line by line:
// then both answer a request by the same line.
func (c *comparison) inStep(xs, ys []line) bool {
	if len(xs) != len(ys) {
		return false
	}
	for i := range xs {
		x, y := &xs[i], &ys[i]
		if newPaths(x.rule) || newPaths(y.rule) || !c.takesAlike(x, y) {
			return false
		}
	}
	return true
}

// takesAlike reports whether two lines take the same requests.
func (c *comparison) takesAlike(x, y *line) bool {
	if match.Equal(x.client, y.client) && match.Equal(x.rule.When, y.rule.When) {
		return true
	}
	lists := []match.Table{{Lines: []match.Line{{When: x.holds(), Answer: 1}}}, {Lines: []match.Line{{When: y.holds(), Answer: 1}}}}
	return c.space.Differ(lists, min(stepsOfKind, c.budget()), func(match.Outcome) bool { return false }) == match.Yes
}

// sameEffects reports whether two lines do the same to the requests that they take, in
// the aspects that are asked for.
func (c *comparison) sameEffects(l likeness, x, y *line) bool {
	asked := func(i int) bool { return c.o.Arrivals || c.asked(routedAspects[i]) }
	switch {
	case !l.host(x.at.host) || !l.goes(x.rule, y.rule):
		return !slices.ContainsFunc(x.answer().differs(y.answer(), c.o.Defaults), asked)
	case l.timing() && l.paced(x.rule, y.rule) || !forwards(x.rule.Then) || !forwards(y.rule.Then):
		return true
	}
	x.goesAlike, y.goesAlike = true, true
	paceX, paceY := x.by.pace(x.rule), y.by.pace(y.rule)
	return !slices.ContainsFunc(paces[:], func(i int) bool {
		return asked(i) && paceX[i-timing].differs(paceY[i-timing], c.o.Defaults)
	})
}
