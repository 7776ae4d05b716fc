package decide

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Step is a change of a model that may let in more: requests that Before keeps out
// and After lets in, or lets in with fewer providers asked.
type Step struct{ Before, After *intent.Model }

// step is a Step by what its facts are about.
type step struct{ before, after *scoped }

// excused are the steps that explain what is let in, with scopes that are numbered
// among the others.
func (c *comparison) excused(s *scopes) []step {
	var out []step
	for _, x := range c.o.Excused {
		out = append(out, step{s.of(x.Before), s.of(x.After)})
	}
	return out
}

// excusedAt holds for the requests that some step lets in at a kind of workload.
func excusedAt(all []step, at *spot, held []bool) match.Expr {
	var any match.Or
	for _, x := range all {
		before := profileOf(x.before.near(at.namespace).covering(held), at.settle)
		after := profileOf(x.after.near(at.namespace).covering(held), at.settle)
		any = append(any, letsIn(&before, &after))
	}
	return match.Simplify(any)
}

// letsIn holds for the requests that before keeps out, or asks more about than
// after, which lets them in.
func letsIn(before, after *profile) match.Expr {
	more := match.Or{match.Negate(before.admits)}
	for p, e := range before.asks {
		more = append(more, match.Conj(e, match.Negate(orFalse(after.asks[p]))))
	}
	return match.Conj(after.admits, match.Simplify(more))
}
