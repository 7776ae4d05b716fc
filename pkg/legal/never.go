package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// neverHolds leaves out facts about what is let in whose conditions exclude each other, for
// other targets than their own mesh: said there, one that denies could end as a denial of
// all. Facts of callers stay: what is not translated of them is said by conditions, too.
func neverHolds(r *run) {
	if r.o.From == r.t.Mesh {
		return
	}
	var rest []*intent.Access
	for _, a := range r.m.Access {
		if a.Side == intent.Served && contradicts(a.When) {
			r.never("never", a)
			continue
		}
		rest = append(rest, a)
	}
	r.m.Access = rest
}

// contradicts reports whether conditions exclude each other. Only those are looked at that
// test a field both ways.
func contradicts(when match.Expr) bool {
	type tested struct {
		field match.Field
		key   string
	}
	ways := map[tested][2]bool{}
	both := false
	match.Atoms(when, func(a match.Atom, negated bool) {
		at := tested{a.Field, a.Key}
		w := ways[at]
		if negated {
			w[1] = true
		} else {
			w[0] = true
		}
		ways[at] = w
		both = both || w[0] && w[1]
	})
	if !both {
		return false
	}
	all, ok := conjuncts(when, manyFacts)
	return ok && len(all) == 0
}

// never tells of a fact whose conditions exclude each other.
func (r *run) never(pass string, a *intent.Access) {
	r.record(Change{
		Pass: pass, Feature: AccessAllow, Code: diag.Shadowed, Drift: intent.Same, Aspect: intent.Admission, Fate: FateInert, From: a.From,
		Summary: ruleOf(a.From) + " is about no request: none meets all its conditions", Fix: "correct its conditions, or remove it",
	})
}
