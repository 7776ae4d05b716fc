package decide

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// Compare decides whether b means what a means.
func Compare(a, b *intent.Model, o Options) Result {
	c := &comparison{a: a, b: b, o: o}
	c.routing()
	c.admission()
	c.upstream()
	c.dialled()
	c.entries()
	c.opaque()
	return c.result()
}

// comparison collects what is found.
type comparison struct {
	a, b   *intent.Model
	o      Options
	found  []Difference
	scopes []ScopeVerdict
}

func (c *comparison) asked(a intent.Aspect) bool {
	return len(c.o.Aspects) == 0 || slices.Contains(c.o.Aspects, a)
}

func (c *comparison) add(d Difference) {
	if c.asked(d.Aspect) {
		c.found = append(c.found, d)
		c.scopes = append(c.scopes, ScopeVerdict{d.Scope, d.Aspect, d.Verdict})
	}
}

func (c *comparison) same(scope string, a intent.Aspect) {
	if c.asked(a) {
		c.scopes = append(c.scopes, ScopeVerdict{scope, a, Same})
	}
}

// result sums up: wider counts before all, then unsure, then different.
func (c *comparison) result() Result {
	r := Result{Verdict: Same, Differences: c.found, Scopes: c.scopes}
	rank := map[Verdict]int{Same: 0, Narrower: 1, Different: 2, Unsure: 3, Wider: 4}
	for _, d := range c.found {
		if rank[d.Verdict] > rank[r.Verdict] {
			r.Verdict = d.Verdict
		}
	}
	slices.SortStableFunc(r.Differences, func(x, y Difference) int {
		return cmp.Or(rank[y.Verdict]-rank[x.Verdict], strings.Compare(x.Scope, y.Scope), strings.Compare(string(x.Aspect), string(y.Aspect)))
	})
	slices.SortStableFunc(r.Scopes, func(x, y ScopeVerdict) int {
		return cmp.Or(strings.Compare(x.Scope, y.Scope), strings.Compare(string(x.Aspect), string(y.Aspect)))
	})
	return r
}
