package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/match"
)

// clientPredicates writes alternatives of clients in as few predicates of the
// shape that a target can say as is easily found: all in one, where identities
// and the rest vary independently, or one an alternative. Those that have not
// the shape even then are counted as lost.
func clientPredicates(all []conjunct, shape func(match.Expr) string) (said []match.Expr, lost int) {
	all = minimal(all)
	if slices.ContainsFunc(all, func(c conjunct) bool { return len(c) == 0 }) {
		return []match.Expr{match.True}, 0
	}
	if e, ok := factored(all); ok && shape(e) == "" {
		return []match.Expr{e}, 0
	}
	for _, c := range all {
		if shape(c.expr()) == "" {
			said = append(said, c.expr())
		} else {
			lost++
		}
	}
	return said, lost
}

// factored writes alternatives as identities and the rest, where every identity
// occurs with all of the rest.
func factored(all []conjunct) (match.Expr, bool) {
	identity := func(l match.Literal) bool { return l.Atom.Field.Identity() }
	var ids, rests []conjunct
	byRest := map[string]map[string]bool{}
	for _, c := range all {
		id, rest := c.only(identity), c.only(func(l match.Literal) bool { return !identity(l) })
		if byRest[rest.key()] == nil {
			byRest[rest.key()] = map[string]bool{}
			rests = append(rests, rest)
		}
		if !slices.ContainsFunc(ids, func(d conjunct) bool { return d.key() == id.key() }) {
			ids = append(ids, id)
		}
		byRest[rest.key()][id.key()] = true
	}
	for _, with := range byRest {
		if len(with) != len(ids) {
			return nil, false
		}
	}
	return match.Conj(disjunction(ids), disjunction(rests)), true
}
