package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/match"
)

// scopeIndex finds the scopes of a list that may meet another one without looking
// at all of them: most select workloads by a label that others have too, with
// another value.
type scopeIndex struct {
	// by are the scopes that ask for a value of a label, by key and value; general
	// are the others.
	by      map[string]map[string][]int
	general []int
}

func newScopeIndex(scopes []match.Expr) *scopeIndex {
	x := &scopeIndex{by: map[string]map[string][]int{}}
	for i, e := range scopes {
		l, ok := labelAsked(e)
		if !ok {
			x.general = append(x.general, i)
			continue
		}
		if x.by[l.Key] == nil {
			x.by[l.Key] = map[string][]int{}
		}
		x.by[l.Key][l.Value] = append(x.by[l.Key][l.Value], i)
	}
	return x
}

// near lists, in order, all scopes that may meet one of some alternatives; without
// alternatives, all.
func (x *scopeIndex) near(alternatives []conjunct) []int {
	out := slices.Clone(x.general)
	for key, scopes := range x.by {
		values, all := valuesOf(alternatives, func(a match.Atom) bool { return a.Field == match.Label && a.Key == key })
		if all {
			for _, v := range values {
				out = append(out, scopes[v]...)
			}
			continue
		}
		for _, at := range scopes {
			out = append(out, at...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// valuesOf are the values that alternatives ask of an attribute; all says that each
// asks for one, and that there are any.
func valuesOf(alternatives []conjunct, of func(match.Atom) bool) (values []string, all bool) {
	for _, c := range alternatives {
		i := slices.IndexFunc(c, func(l match.Literal) bool { return !l.Not && exactly(l.Atom) && of(l.Atom) })
		if i < 0 {
			return nil, false
		}
		values = append(values, c[i].Atom.Value)
	}
	return values, len(alternatives) > 0
}

func exactly(a match.Atom) bool { return a.Op == match.Exact && !a.Fold }

// labelAsked is a label that a conjunction asks for.
func labelAsked(e match.Expr) (match.Atom, bool) {
	switch e := e.(type) {
	case match.Atom:
		return e, e.Field == match.Label && exactly(e)
	case match.And:
		for _, m := range e {
			if a, ok := m.(match.Atom); ok && a.Field == match.Label && exactly(a) {
				return a, true
			}
		}
	}
	return match.Atom{}, false
}
