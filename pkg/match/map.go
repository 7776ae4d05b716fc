package match

// Map replaces atoms by what f makes of them, and simplifies; f returns nil for
// those that stay. What does not change is shared with e.
func Map(e Expr, f func(Atom) Expr) Expr {
	out, _ := mapped(e, f)
	return out
}

// Simplify removes constants, repetitions, nesting and double negation, and
// keeps the order of members; it does not decide languages. A nil expression
// becomes True.
func Simplify(e Expr) Expr { return Map(e, nil) }

// mapped also reports whether the result is other than e.
func mapped(e Expr, f func(Atom) Expr) (out Expr, changed bool) {
	if _, atom := e.(Atom); atom && f == nil {
		return e, false
	}
	switch x := e.(type) {
	case nil:
		return True, true
	case Atom:
		if to := f(x); to != nil {
			return to, true
		}
		return e, false
	case Not:
		inner, changed := mapped(x.X, f)
		if !changed && !negatable(inner) {
			return e, false
		}
		return Negate(inner), true
	case And:
		if kids, changed := members(x, f); changed || !tidyAnd(kids) {
			return Conj(kids...), true
		}
		return e, false
	case Or:
		if kids, changed := members(x, f); changed || !tidyOr(kids) {
			return Disj(kids...), true
		}
		return e, false
	}
	panic("match: unknown expression")
}

// negatable reports whether the negation of e has a simpler form than Not.
func negatable(e Expr) bool {
	switch e := e.(type) {
	case Not:
		return true
	case And:
		return len(e) == 0
	case Or:
		return len(e) == 0
	}
	return false
}

// members maps a list, which is copied where one of it changes.
func members(es []Expr, f func(Atom) Expr) (out []Expr, changed bool) {
	out = es
	for i, x := range es {
		y, replaced := mapped(x, f)
		if !replaced {
			continue
		}
		if !changed {
			out, changed = append(make([]Expr, 0, len(es)), es...), true
		}
		out[i] = y
	}
	return out, changed
}

// tidyAnd and tidyOr report whether a list of simplified members is simplified.
func tidyAnd(es []Expr) bool {
	for _, x := range es {
		switch x := x.(type) {
		case And:
			return false
		case Or:
			if len(x) == 0 {
				return false
			}
		}
	}
	return len(es) != 1 && unrepeated(es)
}

func tidyOr(es []Expr) bool {
	for _, x := range es {
		switch x := x.(type) {
		case Or:
			return false
		case And:
			if len(x) == 0 {
				return false
			}
		}
	}
	return len(es) != 1 && unrepeated(es)
}

// manyMembers are too many to compare each with each.
const manyMembers = 32

func unrepeated(es []Expr) bool {
	if len(es) > manyMembers {
		return false
	}
	var seen fields
	for i, x := range es {
		if seen.first(x) {
			continue
		}
		for _, y := range es[:i] {
			if same(x, y) {
				return false
			}
		}
	}
	return true
}

// fields are those that literals of a list are on, as bits: positive, and negated.
type fields [2]uint64

// first adds a member, and reports whether it is a literal on a field that none before
// it was on: it repeats none of these.
func (s *fields) first(e Expr) bool {
	at := 0
	if not, ok := e.(Not); ok {
		e, at = not.X, 1
	}
	a, ok := e.(Atom)
	if !ok || s[at]&(1<<a.Field) != 0 {
		return false
	}
	s[at] |= 1 << a.Field
	return true
}
