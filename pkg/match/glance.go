package match

import "slices"

// What is seen of two predicates without asking which values there are. Most
// questions are that easy: whether policies of two applications meet, whether a
// rule is one of those that are there.

// fewPairs bounds the pairs of members that are compared.
const fewPairs = 1 << 10

// Apart reports whether a and b are seen to exclude each other: one demands a whole
// value that the other does not take. False is that it is not seen.
func Apart(a, b Expr) bool {
	var one, other [1]Expr
	as, bs := conjunction(a, &one), conjunction(b, &other)
	return len(as)*len(bs) <= fewPairs && (excluded(as, bs) || excluded(bs, as))
}

// conjunction lists the members of e that all hold where e does.
func conjunction(e Expr, room *[1]Expr) []Expr {
	if and, ok := e.(And); ok {
		return and
	}
	room[0] = e
	return room[:]
}

// excluded reports whether a whole value that one of as demands is not of bs.
func excluded(as, bs []Expr) bool {
	for _, x := range as {
		a, ok := x.(Atom)
		if !ok || !(&test{Atom: a}).fixes() {
			continue
		}
		for _, y := range bs {
			if refuses(y, &a) {
				return true
			}
		}
	}
	return false
}

// refuses reports whether a literal on a's attribute does not hold of a's value.
// Of patterns that is not seen.
func refuses(e Expr, a *Atom) bool {
	not, negated := e.(Not)
	if negated {
		e = not.X
	}
	b, ok := e.(Atom)
	if !ok || b.Field != a.Field || b.Key != a.Key {
		return false
	}
	t := test{Atom: b}
	return t.known() && t.holds(a.Value) == negated
}

// says reports whether b is seen to hold wherever a does: b is said among the
// members of a, part by part.
func says(a, b Expr) bool {
	switch b := b.(type) {
	case nil:
		return true
	case And:
		return bounded(a, b) && !slices.ContainsFunc(b, func(x Expr) bool { return !says(a, x) })
	case Or:
		if same(a, b) {
			return true
		}
		return bounded(a, b) && slices.ContainsFunc(b, func(x Expr) bool { return says(a, x) })
	}
	switch a := a.(type) {
	case And:
		return slices.ContainsFunc(a, func(x Expr) bool { return same(x, b) })
	case Or:
		return len(a) > 0 && !slices.ContainsFunc(a, func(x Expr) bool { return !says(x, b) })
	}
	return same(a, b)
}

// bounded reports whether the members of a and b are few enough to compare.
func bounded(a Expr, b []Expr) bool {
	var one [1]Expr
	n := len(conjunction(a, &one))
	if or, ok := a.(Or); ok {
		n = len(or)
	}
	return n*len(b) <= fewPairs
}

// Demanded is the value that a simplified e is seen to demand of an attribute
// without a key, or "".
func Demanded(e Expr, f Field) string {
	var one [1]Expr
	for _, x := range conjunction(e, &one) {
		if a, ok := x.(Atom); ok && a.Field == f && a.Op == Exact && !a.Fold {
			return a.Value
		}
	}
	return ""
}
