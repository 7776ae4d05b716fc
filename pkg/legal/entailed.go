package legal

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// entailed decides by comparing strings whether l holds wherever k does, for two
// literals on one attribute; known is false where that takes more. An attribute
// that is absent fulfils every negation, and has infinitely many other values.
func entailed(k, l *match.Literal) (yes, known bool) {
	a, b := match.Plainly(k.Atom), match.Plainly(l.Atom)
	if k.Not == l.Not && plain(a) == plain(b) {
		return true, true
	}
	if yes, known := match.Inside(a, b); known && !k.Not && !l.Not {
		return yes, true
	}
	switch {
	case !single(&a):
		return false, false
	case k.Not && !l.Not:
		return false, true
	case !k.Not && a.Op == match.Exact && !a.Fold:
		return b.Holds(a.Value) != l.Not, true
	case l.Not && b.Op == match.Exact && !b.Fold:
		return a.Holds(b.Value) == k.Not, true
	case !byValue(&a) || !byValue(&b):
		return false, false
	case k.Not:
		return within(&b, &a)
	case l.Not:
		return disjoint(&a, &b)
	}
	return within(&a, &b)
}

// single reports whether an attribute has one value that says nothing of others.
func single(a *match.Atom) bool {
	f := a.Field
	return !f.Many(a.Key) && f != match.Host && f != match.Authority && f != match.ClientIP && f != match.RemoteIP && f != match.DestIP
}

// byValue reports whether an atom is decided by comparing its value with that
// of another one on the same attribute.
func byValue(a *match.Atom) bool {
	return single(a) && !a.Fold && (a.Op == match.Exact || a.Op == match.Prefix || a.Op == match.Present)
}

// within reports whether all values of a are values of b.
func within(a, b *match.Atom) (yes, known bool) {
	switch {
	case b.Op == match.Present:
		return true, true
	case a.Op == match.Present:
		return false, b.Value != ""
	case b.Op == match.Exact:
		return a.Op == match.Exact && a.Value == b.Value, true
	}
	return strings.HasPrefix(a.Value, b.Value), true
}

// disjoint reports whether no value of a is one of b.
func disjoint(a, b *match.Atom) (yes, known bool) {
	switch {
	case a.Op == match.Present || b.Op == match.Present:
		return false, true
	case a.Op == match.Exact && b.Op == match.Exact:
		return a.Value != b.Value, true
	case a.Op == match.Exact:
		return !strings.HasPrefix(a.Value, b.Value), true
	case b.Op == match.Exact:
		return !strings.HasPrefix(b.Value, a.Value), true
	}
	return !strings.HasPrefix(a.Value, b.Value) && !strings.HasPrefix(b.Value, a.Value), true
}

// fewLiterals are too few to exhaust a prefix by longer ones: an attribute has
// more characters than that.
const fewLiterals = 20

// jointly decides whether l holds wherever all literals of c do, which are on its
// attribute; known is false where comparing strings is not enough. Whole values
// and prefixes entail together only what one of them entails, unless two of them
// contradict each other, since few of them leave room for other values.
func (c conjunct) jointly(l *match.Literal) (yes, known bool) {
	all := len(c) < fewLiterals && spacious(&l.Atom)
	for i := range c {
		k := &c[i]
		yes, known := entailed(k, l)
		if yes {
			return true, true
		}
		all = all && known && spacious(&k.Atom)
		for j := range c[:i] {
			no, known := entailed(&c[j], &match.Literal{Atom: k.Atom, Not: !k.Not})
			if no {
				return true, true
			}
			all = all && known
		}
	}
	return false, all
}

// spacious reports whether an atom is decided by its value on an attribute that
// has endlessly many.
func spacious(a *match.Atom) bool {
	switch a.Field {
	case match.Scheme, match.Protocol, match.Port, match.ServicePort:
		return false
	}
	plainly := match.Plainly(*a)
	return byValue(&plainly)
}
