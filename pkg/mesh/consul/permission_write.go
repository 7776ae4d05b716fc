package consul

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// manyLines bounds the permissions of one source.
const manyLines = 256

// line is one permission of a list, of which the first that holds counts.
type line struct {
	allow   bool
	cond    []match.Literal // on the path, at most once, on methods and headers
	methods []match.Atom    // one of which is meant; none is any
	demand  demand          // what is asked of the token, of what is let in
	from    intent.Origin
	comment string
}

// clause is an alternative of what is denied or let in.
type clause struct {
	cond    []match.Literal
	demand  demand // what is asked of the token, apart from cond
	from    intent.Origin
	comment string
}

// together says why permissions cannot say what is denied and let in, or "".
func together(deny, allow []match.Expr) string {
	d, why := clausesOf(deny)
	if why == "" {
		var a []clause
		if a, why = clausesOf(allow); why == "" {
			_, why = linesOf(d, a)
		}
	}
	return why
}

func clausesOf(all []match.Expr) (out []clause, why string) {
	for _, e := range all {
		alts, ok := match.DNF(e, manyLines)
		if !ok {
			return nil, "a list of permissions would be too long"
		}
		for _, ls := range alts {
			for _, alt := range inverted(ls) {
				out = append(out, clause{cond: alt})
			}
		}
	}
	return out, ""
}

// linesOf is the list: what is denied, what is let in, and nothing else. Where a
// clause says what a path or method must not be, names two paths, or denies by
// what is not there alone, the list is made of cases, the special before the
// general.
func linesOf(deny, allow []clause) (out []line, why string) {
	if slices.ContainsFunc(allow, func(c clause) bool { return slices.ContainsFunc(c.cond, aboutToken) }) {
		return linesWithTokens(deny, allow)
	}
	absent := func(c clause) bool {
		return !slices.ContainsFunc(c.cond, func(l match.Literal) bool { return !l.Not })
	}
	if slices.ContainsFunc(deny, absent) {
		return casesOf(deny, allow)
	}
	if slices.ContainsFunc(slices.Concat(deny, allow), func(c clause) bool { return !plainClause(c.cond) }) {
		return casesOf(deny, allow)
	}
	for _, c := range deny {
		out = append(out, lineOf(false, c))
	}
	for _, c := range allow {
		out = append(out, lineOf(true, c))
	}
	return closed(joinMethods(out))
}

// closed denies what no line is about.
func closed(lines []line) ([]line, string) {
	if n := len(lines); n == 0 || !lines[n-1].all() {
		lines = append(lines, line{})
	}
	if len(lines) > manyLines {
		return nil, "a list of permissions would be too long"
	}
	return lines, ""
}

func (l line) all() bool { return len(l.cond) == 0 && len(l.methods) == 0 }

// plainClause reports whether one permission says the conditions.
func plainClause(ls []match.Literal) bool {
	paths, methods := 0, 0
	for _, l := range ls {
		switch l.Atom.Field {
		case match.Path:
			paths++
		case match.Method:
			methods++
		default:
			continue
		}
		if l.Not {
			return false
		}
	}
	return paths <= 1 && methods <= 1
}

func lineOf(allow bool, c clause) line {
	out := line{allow: allow, demand: c.demand, from: c.from, comment: c.comment}
	for _, l := range c.cond {
		if l.Atom.Field == match.Method {
			out.methods = append(out.methods, l.Atom)
		} else {
			out.cond = append(out.cond, l)
		}
	}
	return out
}

// joinMethods joins neighbours that differ in the method only.
func joinMethods(lines []line) []line {
	var out []line
	for _, l := range lines {
		n := len(out)
		if n > 0 && len(l.methods) > 0 && len(out[n-1].methods) > 0 && l.allow == out[n-1].allow && l.comment == out[n-1].comment && l.demand.key() == out[n-1].demand.key() && condKey(l.cond) == condKey(out[n-1].cond) {
			for _, m := range l.methods {
				if !slices.ContainsFunc(out[n-1].methods, func(x match.Atom) bool { return x.Value == m.Value }) {
					out[n-1].methods = append(slices.Clone(out[n-1].methods), m)
				}
			}
			out[n-1].from = append(slices.Clone(out[n-1].from), l.from...)
			continue
		}
		out = append(out, l)
	}
	return out
}

func condKey(ls []match.Literal) string {
	and := make(match.And, len(ls))
	for i, l := range ls {
		and[i] = maybeNot(l.Atom, l.Not)
	}
	return match.Key(and)
}

// permissions prints the list of one source. A line that no token can meet is none.
func (w *writer) permissions(s legal.Named, lines []line) *manifest.Node {
	out := manifest.List()
	for _, l := range lines {
		token := w.demanded(s, l.demand)
		if token != nil && len(token.Get("providers").Kids) == 0 {
			continue
		}
		out.Append(l.node().Set("jwt", token))
	}
	return out
}

var actions = map[bool]string{true: "allow", false: "deny"}

func (l line) node() *manifest.Node {
	http, headers := manifest.Map(), manifest.List()
	for _, c := range terse(l.cond) {
		if c.Atom.Field == match.Path {
			http.Set(pathKey(c.Atom), text(c.Atom))
		} else {
			headers.Append(writeHeader(c))
		}
	}
	if l.all() {
		http.Set("pathPrefix", manifest.Str("/"))
	}
	if len(headers.Kids) > 0 {
		http.Set("header", headers)
	}
	http.Set("methods", writeMethods(l.methods))
	return manifest.Map().Because(l.from...).Above(l.comment).Set("action", manifest.Str(actions[l.allow])).Set("http", http)
}

// text prints an atom's value, which its input justifies.
func text(a match.Atom) *manifest.Node {
	return manifest.Str(a.Value).Because(intent.From(a.Place())...)
}

func pathKey(a match.Atom) string {
	switch a.Op {
	case match.Exact:
		return "pathExact"
	case match.Prefix:
		return "pathPrefix"
	case match.Regex:
		return "pathRegex"
	}
	panic("consul: a path that is not matched so")
}

func writeMethods(all []match.Atom) *manifest.Node {
	if len(all) == 0 {
		return nil
	}
	out := manifest.List()
	for _, m := range all {
		out.Append(text(m))
	}
	return out
}

// headerWords are how a header is compared.
var headerWords = map[match.Op]string{match.Exact: "exact", match.Prefix: "prefix", match.Suffix: "suffix", match.Regex: "regex"}

// writeHeader prints a condition on a header.
func writeHeader(l match.Literal) *manifest.Node {
	name := l.Atom.Key
	for pseudoName, f := range pseudo {
		if f == l.Atom.Field {
			name = pseudoName
		}
	}
	n := manifest.Map().Set("name", manifest.Str(name))
	if l.Atom.Op == match.Present {
		n.Set("present", manifest.Bool(true).Because(intent.From(l.Atom.Place())...))
	} else {
		n.Set(headerWords[l.Atom.Op], text(l.Atom))
	}
	if l.Atom.Fold {
		n.Set("ignoreCase", manifest.Bool(true))
	}
	if l.Not {
		n.Set("invert", manifest.Bool(true))
	}
	return n
}

// rank orders atoms for cases: exact paths, longer prefixes before shorter,
// expressions, methods, headers.
func rank(a, b match.Atom) int {
	class := func(x match.Atom) int {
		switch {
		case x.Field == match.Path && x.Op == match.Exact:
			return 0
		case x.Field == match.Path && x.Op == match.Prefix:
			return 1
		case x.Field == match.Path:
			return 2
		case x.Field == match.Method:
			return 3
		}
		return 4
	}
	if c := class(a) - class(b); c != 0 {
		return c
	}
	if class(a) == 1 && len(a.Value) != len(b.Value) {
		return len(b.Value) - len(a.Value)
	}
	return strings.Compare(match.Key(a), match.Key(b))
}
