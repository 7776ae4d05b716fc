package match

// DNF writes e as alternatives of conjunctions of literals, in order; ok is
// false where there would be more than limit. Contradictions are left out.
func DNF(e Expr, limit int) (alternatives [][]Literal, ok bool) {
	return dnf(Simplify(e), false, limit)
}

func dnf(e Expr, negated bool, limit int) ([][]Literal, bool) {
	switch e := e.(type) {
	case Atom:
		return [][]Literal{{{e, negated}}}, true
	case Not:
		return dnf(e.X, !negated, limit)
	case And:
		if negated {
			return union(e, negated, limit)
		}
		return distribute(e, negated, limit)
	case Or:
		if negated {
			return distribute(e, negated, limit)
		}
		return union(e, negated, limit)
	}
	panic("match: unknown expression")
}

func union(es []Expr, negated bool, limit int) ([][]Literal, bool) {
	var out [][]Literal
	for _, x := range es {
		alt, ok := dnf(x, negated, limit)
		if !ok || len(out)+len(alt) > limit {
			return nil, false
		}
		out = append(out, alt...)
	}
	return out, true
}

func distribute(es []Expr, negated bool, limit int) ([][]Literal, bool) {
	out := [][]Literal{nil}
	for i, x := range es {
		if l, ok := literalOf(x, negated); ok {
			out = joinEach(out, []Literal{l}, len(es))
			continue
		}
		alt, ok := dnf(x, negated, limit)
		if !ok {
			return nil, false
		}
		if len(alt) == 1 {
			out = joinEach(out, alt[0], len(es))
			continue
		}
		var next [][]Literal
		for _, a := range out {
			for _, b := range alt {
				c, ok := join(append(make([]Literal, 0, len(a)+len(b)+len(es)-i-1), a...), b)
				if !ok {
					continue
				}
				if next = append(next, c); len(next) > limit {
					return nil, false
				}
			}
		}
		out = next
	}
	return out, true
}

// literalOf is an expression that is a literal.
func literalOf(e Expr, negated bool) (Literal, bool) {
	if not, ok := e.(Not); ok {
		e, negated = not.X, !negated
	}
	a, ok := e.(Atom)
	return Literal{a, negated}, ok
}

// joinEach adds a conjunction to each of several that are nobody else's, and
// leaves out those that contradict it.
func joinEach(all [][]Literal, b []Literal, room int) [][]Literal {
	next := all[:0]
	for _, a := range all {
		if a == nil {
			a = make([]Literal, 0, room-1+len(b))
		}
		if c, ok := join(a, b); ok {
			next = append(next, c)
		}
	}
	return next
}

// join adds b to the conjunction a; ok is false where they contradict each other.
func join(a, b []Literal) ([]Literal, bool) {
	for i := range b {
		l, dup := &b[i], false
		for j := range a {
			switch k := &a[j]; {
			case !k.Atom.alike(&l.Atom):
				if excludes(k, l) {
					return nil, false
				}
			case k.Not != l.Not:
				return nil, false
			default:
				dup = true
			}
		}
		if !dup {
			a = append(a, *l)
		}
	}
	return a, true
}

// excludes reports whether two literals name different exact values of one
// attribute.
func excludes(a, b *Literal) bool {
	return !a.Not && !b.Not && a.Atom.Op == Exact && b.Atom.Op == Exact && !a.Atom.Fold && !b.Atom.Fold &&
		a.Atom.Field == b.Atom.Field && a.Atom.Key == b.Atom.Key && a.Atom.Value != b.Atom.Value
}

// Weaken returns an expression that e implies, without the literals that can
// refuses; Strengthen one that implies e. The polarity law: to drop what a
// target cannot say, strengthen allows and weaken denies.
func Weaken(e Expr, can func(Literal) bool) Expr { return approx(Simplify(e), can, false, true) }

// Strengthen: see Weaken.
func Strengthen(e Expr, can func(Literal) bool) Expr { return approx(Simplify(e), can, false, false) }

// approx replaces refused literals by up; negation turns the direction around.
func approx(e Expr, can func(Literal) bool, negated, up bool) Expr {
	switch e := e.(type) {
	case And:
		out := make([]Expr, len(e))
		for i, x := range e {
			out[i] = approx(x, can, negated, up)
		}
		return Conj(out...)
	case Or:
		out := make([]Expr, len(e))
		for i, x := range e {
			out[i] = approx(x, can, negated, up)
		}
		return Disj(out...)
	case Not:
		return Negate(approx(e.X, can, !negated, !up))
	case Atom:
		switch {
		case can(Literal{e, negated}):
			return e
		case up:
			return True
		}
		return False
	}
	panic("match: unknown expression")
}
