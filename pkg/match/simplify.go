package match

import (
	"slices"
	"strconv"
	"strings"
)

// Equal reports whether two expressions are written alike, apart from Refs, the
// order of And and Or members, and nesting.
func Equal(a, b Expr) bool { return Key(a) == Key(b) }

// Key is a canonical text of e for maps: equal for Equal expressions.
func Key(e Expr) string {
	var b strings.Builder
	writeKey(&b, Simplify(e))
	return b.String()
}

func writeKey(b *strings.Builder, e Expr) {
	switch e := e.(type) {
	case And:
		writeMembers(b, '&', e)
	case Or:
		writeMembers(b, '|', e)
	case Not:
		b.WriteByte('!')
		writeKey(b, e.X)
	case Atom:
		atomKey(b, e)
	}
}

func writeMembers(b *strings.Builder, op byte, es []Expr) {
	keys := make([]string, len(es))
	for i, x := range es {
		var k strings.Builder
		writeKey(&k, x)
		keys[i] = k.String()
	}
	slices.Sort(keys)
	b.WriteByte(op)
	b.WriteByte('(')
	for _, k := range keys {
		b.WriteString(k)
		b.WriteByte(',')
	}
	b.WriteByte(')')
}

func atomKey(b *strings.Builder, a Atom) {
	b.WriteString(strconv.Itoa(int(a.Field)))
	b.WriteByte('.')
	b.WriteString(strconv.Itoa(int(a.Op)))
	if a.Fold {
		b.WriteByte('i')
	}
	b.WriteString(strconv.Quote(a.Key))
	b.WriteString(strconv.Quote(a.Value))
}

// Simplify removes constants, repetitions, nesting and double negation, and
// keeps the order of members; it does not decide languages. A nil expression
// becomes True.
func Simplify(e Expr) Expr { return Map(e, func(a Atom) Expr { return a }) }

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
	var out And
	for _, e := range es {
		switch e := e.(type) {
		case nil:
		case And:
			for _, x := range e {
				out = appendNew(out, x)
			}
		case Or:
			if len(e) == 0 {
				return False
			}
			out = appendNew(out, e)
		default:
			out = appendNew(out, e)
		}
	}
	if len(out) == 1 {
		return out[0]
	}
	if out == nil {
		return True
	}
	return out
}

// Disj: see Conj.
func Disj(es ...Expr) Expr {
	var out Or
	for _, e := range es {
		switch e := e.(type) {
		case nil:
			return True
		case Or:
			for _, x := range e {
				out = appendNew(out, x)
			}
		case And:
			if len(e) == 0 {
				return True
			}
			out = appendNew(out, e)
		default:
			out = appendNew(out, e)
		}
	}
	if len(out) == 1 {
		return out[0]
	}
	if out == nil {
		return False
	}
	return out
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

func appendNew[S ~[]Expr](out S, e Expr) S {
	if slices.ContainsFunc(out, func(x Expr) bool { return same(x, e) }) {
		return out
	}
	return append(out, e)
}

// same compares simplified expressions as written.
func same(a, b Expr) bool {
	switch a := a.(type) {
	case Atom:
		b, ok := b.(Atom)
		return ok && a.Field == b.Field && a.Op == b.Op && a.Value == b.Value && a.Key == b.Key && a.Fold == b.Fold
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
