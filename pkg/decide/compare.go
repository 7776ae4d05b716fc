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

// weight orders verdicts: wider counts before all, then unsure, then different.
func weight(v Verdict) int {
	return slices.Index([]Verdict{Same, Narrower, Different, Unsure, Wider}, v)
}

// Sum is the verdict of several differences.
func Sum(ds []Difference) Verdict {
	out := Same
	for _, d := range ds {
		if weight(d.Verdict) > weight(out) {
			out = d.Verdict
		}
	}
	return out
}

// result sums up.
func (c *comparison) result() Result {
	r := Result{Verdict: Sum(c.found), Differences: c.found, Scopes: c.scopes}
	slices.SortStableFunc(r.Differences, func(x, y Difference) int {
		return cmp.Or(weight(y.Verdict)-weight(x.Verdict), strings.Compare(x.Scope, y.Scope), strings.Compare(string(x.Aspect), string(y.Aspect)))
	})
	slices.SortStableFunc(r.Scopes, func(x, y ScopeVerdict) int {
		return cmp.Or(strings.Compare(x.Scope, y.Scope), strings.Compare(string(x.Aspect), string(y.Aspect)))
	})
	return r
}
