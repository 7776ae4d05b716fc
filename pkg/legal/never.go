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
// test a field both ways, or more than once at a time.
func contradicts(when match.Expr) bool {
	if !twice(when) {
		return false
	}
	all, ok := conjuncts(when, manyFacts)
	return ok && len(all) == 0
}

// tested is what an atom tests.
type tested struct {
	field match.Field
	key   string
}

// twice reports whether a field is tested both ways, or by two members of a conjunction.
func twice(when match.Expr) bool {
	if _, one := when.(match.Atom); one || when == nil {
		return false
	}
	type way struct {
		tested
		negated bool
	}
	var room [8]way
	ways := room[:0]
	again, found := false, false
	match.Atoms(when, func(a match.Atom, negated bool) {
		at := tested{a.Field, a.Key}
		for _, w := range ways {
			again = again || w.tested == at
			found = found || w.tested == at && w.negated != negated
		}
		ways = append(ways, way{at, negated})
	})
	return found || again && sharedByMembers(when)
}

// sharedByMembers reports whether two members of a conjunction test the same field.
func sharedByMembers(e match.Expr) bool {
	var members []match.Expr
	and := false
	switch e := e.(type) {
	case match.And:
		members, and = e, true
	case match.Or:
		members = e
	case match.Not:
		return sharedByMembers(e.X)
	}
	by := map[tested]int{}
	for i, m := range members {
		if sharedByMembers(m) {
			return true
		}
		found := false
		match.Atoms(m, func(a match.Atom, _ bool) {
			if old, known := by[tested{a.Field, a.Key}]; known && old != i {
				found = true
			}
			by[tested{a.Field, a.Key}] = i
		})
		if and && found {
			return true
		}
	}
	return false
}

// never tells of a fact whose conditions exclude each other.
func (r *run) never(pass string, a *intent.Access) {
	r.record(Change{
		Pass: pass, Feature: AccessAllow, Code: diag.Shadowed, Drift: intent.Same, Aspect: intent.Admission, Fate: FateInert, From: a.From,
		Summary: ruleOf(a.From) + " is about no request: none meets all its conditions", Fix: "correct its conditions, or remove it",
	})
}
