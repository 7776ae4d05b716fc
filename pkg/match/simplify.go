package match

import "slices"

// IsTrue and IsFalse report whether e is written as a constant after Simplify.
func IsTrue(e Expr) bool {
	switch e := e.(type) {
	case nil:
		return true
	case Not:
		return IsFalse(e.X)
	case And:
		return !slices.ContainsFunc(e, isNotTrue)
	case Or:
		return slices.ContainsFunc(e, IsTrue)
	}
	return false
}

// IsFalse: see IsTrue.
func IsFalse(e Expr) bool {
	switch e := e.(type) {
	case Not:
		return IsTrue(e.X)
	case And:
		return slices.ContainsFunc(e, IsFalse)
	case Or:
		return !slices.ContainsFunc(e, isNotFalse)
	}
	return false
}

func isNotTrue(e Expr) bool  { return !IsTrue(e) }
func isNotFalse(e Expr) bool { return !IsFalse(e) }

// Conj, Disj and Negate build simplified expressions of simplified members; nil
// members hold always.
func Conj(es ...Expr) Expr {
	if one := only[And](es); one != nil {
		return one
	}
	out := distinctList{room: membersOf[And](es)}
	for _, e := range es {
		switch x := e.(type) {
		case nil:
		case And:
			for _, y := range x {
				out.add(y)
			}
		case Or:
			if len(x) == 0 {
				return False
			}
			out.add(e)
		default:
			out.add(e)
		}
	}
	switch len(out.list) {
	case 0:
		return True
	case 1:
		return out.list[0]
	}
	return And(slices.Clip(out.list))
}

// Disj: see Conj.
func Disj(es ...Expr) Expr {
	if one := only[Or](es); one != nil {
		return one
	}
	out := distinctList{room: membersOf[Or](es)}
	for _, e := range es {
		switch x := e.(type) {
		case nil:
			return True
		case Or:
			for _, y := range x {
				out.add(y)
			}
		case And:
			if len(x) == 0 {
				return True
			}
			out.add(e)
		default:
			out.add(e)
		}
	}
	switch len(out.list) {
	case 0:
		return False
	case 1:
		return out.list[0]
	}
	return Or(slices.Clip(out.list))
}

// only is the one of some members that says something, where the others are empty
// lists of one kind, which add nothing; nil is that there is none, or several.
func only[L ~[]Expr](es []Expr) (one Expr) {
	for _, e := range es {
		l, list := e.(L)
		switch {
		case list && len(l) == 0:
		case e == nil || one != nil:
			return nil
		default:
			one = e
		}
	}
	return one
}

// membersOf counts members, those of members of one kind among them.
func membersOf[L ~[]Expr](es []Expr) int {
	n := 0
	for _, e := range es {
		if l, ok := e.(L); ok {
			n += len(l)
		} else {
			n++
		}
	}
	return n
}

// Negate: see Conj.
func Negate(e Expr) Expr {
	switch e := e.(type) {
	case nil:
		return False
	case Not:
		return e.X
	case And:
		if len(e) == 0 {
			return False
		}
	case Or:
		if len(e) == 0 {
			return True
		}
	}
	return Not{e}
}

// distinctList is a list of expressions without repetitions.
type distinctList struct {
	list []Expr
	room int            // for so many at first
	seen fields         // of the list
	at   map[uint64]int // the first of a mark; nil while there are few
}

func (l *distinctList) add(e Expr) {
	switch first := l.seen.first(e); {
	case first && len(l.list) < manyMembers:
	case len(l.list) < manyMembers:
		if slices.ContainsFunc(l.list, func(x Expr) bool { return same(x, e) }) {
			return
		}
	case l.repeats(e):
		return
	}
	if l.list == nil {
		l.list = make([]Expr, 0, l.room)
	}
	l.list = append(l.list, e)
}

// repeats reports whether one of many members is equal, and notes the mark of e,
// which is added if none is.
func (l *distinctList) repeats(e Expr) bool {
	if l.at == nil {
		l.at = make(map[uint64]int, max(l.room, len(l.list)))
		for i, x := range slices.Backward(l.list) {
			l.at[mark(x)] = i
		}
	}
	m := mark(e)
	i, marked := l.at[m]
	if !marked {
		l.at[m] = len(l.list)
		return false
	}
	return equalKeys(l.list[i], e) || slices.ContainsFunc(l.list[i+1:], func(x Expr) bool {
		return mark(x) == m && equalKeys(x, e)
	})
}

// same compares simplified expressions as written.
func same(a, b Expr) bool {
	switch a := a.(type) {
	case Atom:
		b, ok := b.(Atom)
		return ok && a.alike(&b)
	case Not:
		b, ok := b.(Not)
		return ok && same(a.X, b.X)
	case And:
		b, ok := b.(And)
		return ok && (sharedList(a, b) || slices.EqualFunc(a, b, same))
	case Or:
		b, ok := b.(Or)
		return ok && (sharedList(a, b) || slices.EqualFunc(a, b, same))
	}
	return false
}

// Identical reports whether two expressions are written alike, member by member, and
// by the same input values.
func Identical(a, b Expr) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case Atom:
		b, ok := b.(Atom)
		return ok && a.Ref == b.Ref && a.alike(&b)
	case Not:
		b, ok := b.(Not)
		return ok && Identical(a.X, b.X)
	case And:
		b, ok := b.(And)
		return ok && (sharedList(a, b) || slices.EqualFunc(a, b, Identical))
	case Or:
		b, ok := b.(Or)
		return ok && (sharedList(a, b) || slices.EqualFunc(a, b, Identical))
	}
	return false
}

// alike reports whether two atoms are the same apart from where they stand.
func (a *Atom) alike(b *Atom) bool {
	return a.Field == b.Field && a.Op == b.Op && a.Value == b.Value && a.Key == b.Key && a.Fold == b.Fold
}
