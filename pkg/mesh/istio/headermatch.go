package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// pseudoFields are the attributes that Envoy keeps as headers. ":path" is the path
// with its query, which is no attribute.
var pseudoFields = map[string]match.Field{":method": match.Method, ":scheme": match.Scheme, ":authority": match.Authority}

// pseudoHeader is the header of an attribute, "" for those that are none.
func pseudoHeader(f match.Field) string {
	for key, field := range pseudoFields {
		if field == f {
			return key
		}
	}
	return ""
}

// headerMatch reads a condition on a header, an attribute that Envoy keeps as
// one, or a claim of the token.
func (vs *virtualService) headerMatch(e source.Entry) match.Expr {
	if isClaim(e.Key) {
		return vs.stringMatch(e.Value, match.Token, "claim:"+claimPath(e.Key[len(claimPrefix):]), false)
	}
	name := strings.ToLower(e.Key)
	if f, ok := pseudoFields[name]; ok {
		return vs.stringMatch(e.Value, f, "", false)
	}
	return vs.stringMatch(e.Value, match.Header, name, false)
}

// withoutHeader reads a condition of withoutHeaders. A header that is missing
// counts as empty there, so that it does not match where the value may be empty:
// treat_missing_header_as_empty, which pilot/pkg/networking/core/route
// TranslateRouteMatch sets unless presence is asked for.
func withoutHeader(e match.Expr) match.Expr {
	if a, ok := e.(match.Atom); ok && mayBeEmpty(a) {
		return match.Conj(present(a), match.Not{X: a})
	}
	return match.Negate(e)
}

// mayBeEmpty reports whether a condition on a header's value holds of "".
func mayBeEmpty(a match.Atom) bool {
	return a.Field == match.Header && a.Op != match.Present && a.Holds("")
}

func present(a match.Atom) match.Atom {
	return match.Atom{Field: a.Field, Key: a.Key, Op: match.Present, Ref: a.Ref}
}

// missingApart is the inverse of withoutHeader: what is negated and may be empty
// is written with the header present, and again with the header missing.
func missingApart(alts [][]match.Literal) [][]match.Literal {
	var out [][]match.Literal
	for _, ls := range alts {
		out = append(out, apart(ls)...)
	}
	return out
}

func apart(ls []match.Literal) [][]match.Literal {
	out := [][]match.Literal{nil}
	for _, l := range ls {
		isPresent := func(k match.Literal) bool { return !k.Not && k.Atom.Field == match.Header && k.Atom.Key == l.Atom.Key }
		implied := !l.Not && l.Atom.Op == match.Present && slices.ContainsFunc(ls, func(k match.Literal) bool {
			return k.Not && k.Atom.Key == l.Atom.Key && mayBeEmpty(k.Atom)
		})
		if implied {
			continue
		}
		options := []match.Literal{l}
		if l.Not && mayBeEmpty(l.Atom) && !slices.ContainsFunc(ls, isPresent) {
			options = append(options, match.Literal{Atom: present(l.Atom), Not: true})
		}
		var next [][]match.Literal
		for _, o := range options {
			for _, c := range out {
				next = append(next, append(slices.Clone(c), o))
			}
		}
		out = next
	}
	return out
}
