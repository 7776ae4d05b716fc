package consul

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/match"
)

// inverted parts conditions into alternatives that Consul can say. An inverted
// condition on a header's value holds only for requests with the header, so that
// "not this value" is said twice: by its absence, and by another value.
// envoy source/common/http/header_utility.cc matchHeaders
func inverted(ls []match.Literal) [][]match.Literal {
	out := [][]match.Literal{ls}
	for _, name := range unsaid(ls) {
		for i, alt := range out {
			of := func(l match.Literal) bool { return l.Atom.Field == match.Header && l.Atom.Key == name }
			at := slices.IndexFunc(alt, of)
			there := match.Literal{Atom: match.Atom{Field: match.Header, Key: name, Op: match.Present, Ref: alt[at].Atom.Ref}}
			absent := there
			absent.Not = true
			out[i] = slices.Insert(slices.Clone(alt), at, there)
			out = append(out, slices.Insert(slices.DeleteFunc(slices.Clone(alt), of), at, absent))
		}
	}
	return out
}

// unsaid lists the headers of which nothing is said but which values they do not
// have.
func unsaid(ls []match.Literal) []string {
	var out []string
	for _, l := range ls {
		a := l.Atom
		demanded := func(o match.Literal) bool {
			return o.Atom.Field == match.Header && o.Atom.Key == a.Key && (!o.Not || o.Atom.Op == match.Present)
		}
		if l.Not && a.Field == match.Header && a.Op != match.Present && !slices.Contains(out, a.Key) && !slices.ContainsFunc(ls, demanded) {
			out = append(out, a.Key)
		}
	}
	return out
}

// terse leaves out that a header must be there where its value is tested, which
// says so too, inverted or not.
func terse(ls []match.Literal) []match.Literal {
	return slices.DeleteFunc(slices.Clone(ls), func(l match.Literal) bool {
		tested := func(o match.Literal) bool {
			return o.Atom.Field == match.Header && o.Atom.Key == l.Atom.Key && o.Atom.Op != match.Present
		}
		return l.Atom.Field == match.Header && l.Atom.Op == match.Present && !l.Not && slices.ContainsFunc(ls, tested)
	})
}
