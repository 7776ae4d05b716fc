package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/match"
)

// clientPredicates writes alternatives of clients in as few predicates of the
// shape that a target can say as is easily found: all in one, where identities
// and the rest vary independently, or one an alternative. Those that have not
// the shape even then are lost; why says of the first of them why it has not.
func clientPredicates(all []conjunct, shape func(match.Expr) string) (said []match.Expr, why string) {
	all = new(pruner).minimal(all)
	if slices.ContainsFunc(all, func(c conjunct) bool { return len(c) == 0 }) {
		return []match.Expr{match.True}, ""
	}
	if e, ok := factored(all); ok && shape(e) == "" {
		return []match.Expr{e}, ""
	}
	for _, c := range all {
		e := c.expr()
		switch unlike := shape(e); {
		case unlike == "":
			said = append(said, e)
		case why == "":
			why = "clients with " + match.String(e) + " cannot be said: " + unlike
		}
	}
	return said, why
}

// factored writes alternatives as identities and the rest, where every identity
// occurs with all of the rest.
func factored(all []conjunct) (match.Expr, bool) {
	identity := func(l match.Literal) bool { return l.Atom.Field.Identity() }
	other := func(l match.Literal) bool { return !identity(l) }
	if !slices.ContainsFunc(all, func(c conjunct) bool { return slices.ContainsFunc(c, other) }) {
		return disjunction(all), true
	}
	var ids, rests []conjunct
	var idKeys, restKeys []string
	with := map[[2]int]bool{} // the pairs that occur, by their places
	for _, c := range all {
		id, rest := c.only(identity), c.only(other)
		i, j := placeOf(&idKeys, id.key()), placeOf(&restKeys, rest.key())
		if i == len(ids) {
			ids = append(ids, id)
		}
		if j == len(rests) {
			rests = append(rests, rest)
		}
		with[[2]int{i, j}] = true
	}
	if len(with) != len(ids)*len(rests) {
		return nil, false
	}
	return match.Conj(disjunction(ids), disjunction(rests)), true
}

// placeOf is the place of a key in a list, to which it is added if it is new.
func placeOf(keys *[]string, key string) int {
	i := slices.Index(*keys, key)
	if i < 0 {
		i = len(*keys)
		*keys = append(*keys, key)
	}
	return i
}
