package consul

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// casesOf lists cases of requests, the special before the general: each attribute
// that clauses ask for is settled in turn, and all its requests are settled before
// the others follow.
func casesOf(deny, allow []clause) (out []line, why string) {
	var from intent.Origin
	denied, allowed := match.Or{}, match.Or{}
	for _, c := range deny {
		denied, from = append(denied, exprOf(c.cond)), append(from, c.from...)
	}
	for _, c := range allow {
		allowed, from = append(allowed, exprOf(c.cond)), append(from, c.from...)
	}
	c := &caser{from: from}
	c.emit(match.Simplify(match.And{allowed, match.Not{X: denied}}), nil)
	if c.why != "" {
		return nil, c.why
	}
	lines := joinMethods(trimmed(c.lines))
	return closed(lines)
}

func exprOf(ls []match.Literal) match.Expr {
	and := make(match.And, len(ls))
	for i, l := range ls {
		and[i] = maybeNot(l.Atom, l.Not)
	}
	return and
}

// trimmed leaves out lines at the end that do what the last one does.
func trimmed(lines []line) []line {
	for n := len(lines); n > 1 && lines[n-2].allow == lines[n-1].allow; n = len(lines) {
		lines = append(lines[:n-2], lines[n-1])
	}
	return lines
}

// caser makes the cases of one source.
type caser struct {
	lines []line
	from  intent.Origin
	why   string
}

// emit lists the cases of a predicate among requests for which all of under holds
// and that no earlier line is about.
func (c *caser) emit(e match.Expr, under []match.Literal) {
	if c.why != "" {
		return
	}
	if len(c.lines) > manyLines {
		c.why = "a list of permissions would be too long"
		return
	}
	if match.IsTrue(e) || match.IsFalse(e) {
		c.lines = append(c.lines, lineOf(match.IsTrue(e), clause{cond: under, from: c.from}))
		return
	}
	pivot := pivotOf(e)
	if pivot.Field == match.Path && slices.ContainsFunc(under, func(l match.Literal) bool { return l.Atom.Field == match.Path }) {
		c.why = "one path matches several expressions, for which different things hold"
		return
	}
	c.emit(given(e, pivot, true), append(slices.Clone(under), match.Literal{Atom: pivot}))
	c.emit(given(e, pivot, false), under)
}

// pivotOf is the attribute that is settled next.
func pivotOf(e match.Expr) match.Atom {
	var all []match.Atom
	match.Atoms(e, func(a match.Atom, _ bool) { all = append(all, a) })
	return slices.MinFunc(all, rank)
}

// given is a predicate where one atom is known to hold, or known not to.
func given(e match.Expr, known match.Atom, holds bool) match.Expr {
	return match.Simplify(match.Map(e, func(a match.Atom) match.Expr {
		if a.Field != known.Field || a.Key != known.Key {
			return nil
		}
		switch {
		case holds && implies(known, a), !holds && implies(match.Not{X: known}, a):
			return match.True
		case holds && apart(known, a), !holds && implies(a, known):
			return match.False
		}
		return nil
	}))
}

func implies(a, b match.Expr) bool {
	if match.Equal(a, b) {
		return true
	}
	_, answer := match.Implies(a, b)
	return answer == match.Yes
}

func apart(a, b match.Expr) bool {
	_, answer := match.Overlap(a, b)
	return answer == match.No
}
