package match

// Literal is an atom or its negation.
type Literal struct {
	Atom Atom
	Not  bool
}

// Eval reports whether e holds for r. It compiles patterns anew each time:
// Space.Eval remembers them.
func Eval(e Expr, r *Request) bool { return eval(e, r.Lookup, Atom.Holds) }

// EvalOf is Eval for a request whose attributes a function tells.
func EvalOf(e Expr, value func(f Field, key string) (string, bool)) bool {
	return eval(e, value, Atom.Holds)
}

func eval(e Expr, value func(Field, string) (string, bool), holds func(Atom, string) bool) bool {
	switch e := e.(type) {
	case nil:
		return true
	case And:
		for _, x := range e {
			if !eval(x, value, holds) {
				return false
			}
		}
		return true
	case Or:
		for _, x := range e {
			if eval(x, value, holds) {
				return true
			}
		}
		return false
	case Not:
		return !eval(e.X, value, holds)
	case Atom:
		v, ok := value(e.Field, e.Key)
		return ok && holds(e, v) || e.anyIdentity() && identity(value)
	}
	panic("match: unknown expression")
}

// anyIdentity reports whether the atom holds for every client with an identity.
func (a Atom) anyIdentity() bool { return a.Field == ClientIdentity && a.Op == Present }

// identity reports whether some part of an identity is there.
func identity(value func(Field, string) (string, bool)) bool {
	for f := ClientNamespace; f.Identity(); f++ {
		if _, ok := value(f, ""); ok {
			return true
		}
	}
	return false
}

// Atoms visits every atom of e, with whether it stands under an odd number of
// Nots.
func Atoms(e Expr, visit func(a Atom, negated bool)) { atoms(e, false, visit) }

func atoms(e Expr, negated bool, visit func(Atom, bool)) {
	switch e := e.(type) {
	case nil:
	case And:
		for _, x := range e {
			atoms(x, negated, visit)
		}
	case Or:
		for _, x := range e {
			atoms(x, negated, visit)
		}
	case Not:
		atoms(e.X, !negated, visit)
	case Atom:
		visit(e, negated)
	default:
		panic("match: unknown expression")
	}
}

// Restrict assumes that an attribute has the value (or is absent) and
// simplifies: Restrict(e, Protocol, "", "tcp", true).
func Restrict(e Expr, f Field, key, value string, present bool) Expr {
	return Map(e, func(a Atom) Expr {
		if a.Field != f || a.Key != key {
			return nil
		}
		if present && a.Holds(value) {
			return True
		}
		return False
	})
}
