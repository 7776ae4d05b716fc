package match

import "slices"

// IsTrue and IsFalse report whether e is written as a constant after Simplify.
func IsTrue(e Expr) bool {
	and, ok := Simplify(e).(And)
	return ok && len(and) == 0
}

// IsFalse: see IsTrue.
func IsFalse(e Expr) bool {
	or, ok := Simplify(e).(Or)
	return ok && len(or) == 0
}

// Conj, Disj and Negate build simplified expressions of simplified members; nil
// members hold always.
func Conj(es ...Expr) Expr {
	var out distinctList
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
	var out distinctList
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
	keys map[string]bool // nil while there are few
}

func (l *distinctList) add(e Expr) {
	switch {
	case l.keys != nil:
		k := string(appendKey(nil, e))
		if l.keys[k] {
			return
		}
		l.keys[k] = true
	case slices.ContainsFunc(l.list, func(x Expr) bool { return same(x, e) }):
		return
	case len(l.list) == manyMembers:
		l.keys = map[string]bool{string(appendKey(nil, e)): true}
		for _, x := range l.list {
			l.keys[string(appendKey(nil, x))] = true
		}
	}
	l.list = append(l.list, e)
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
		return ok && slices.EqualFunc(a, b, same)
	case Or:
		b, ok := b.(Or)
		return ok && slices.EqualFunc(a, b, same)
	}
	return false
}

// alike reports whether two atoms are the same apart from where they stand.
func (a *Atom) alike(b *Atom) bool {
	return a.Field == b.Field && a.Op == b.Op && a.Value == b.Value && a.Key == b.Key && a.Fold == b.Fold
}
