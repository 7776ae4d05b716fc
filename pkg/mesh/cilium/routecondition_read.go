package cilium

import (
	"regexp"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// routeCondition reads a match; path is its condition on the path.
func routeCondition(n *source.Node) (when match.Expr, path match.Atom, ok bool) {
	path = match.Atom{Field: match.Path, Op: match.Prefix, Value: "/", Ref: new(n.Ref())}
	for _, form := range []struct {
		name string
		op   match.Op
	}{{"prefix", match.Prefix}, {"path", match.Exact}, {"pathSeparatedPrefix", match.Segments}} {
		if v := msg(n, form.name); v != nil {
			path.Op, path.Value, path.Ref = form.op, v.Str(), new(v.Ref())
		}
	}
	if re := msg(msg(n, "safeRegex"), "regex"); re != nil {
		skipAll(msg(n, "safeRegex"), "googleRe2")
		path.Op, path.Value, path.Ref = match.Regex, re.Str(), new(re.Ref())
	}
	if sensitive := flagOr(msg(n, "caseSensitive"), true); path.Op != match.Regex { // of which it says nothing
		path.Fold = !sensitive
	}
	all := match.And{path}
	for _, h := range msg(n, "headers").Items() {
		e, ok := headerCondition(h)
		if !ok {
			return nil, path, false
		}
		all = append(all, e)
	}
	for _, q := range msg(n, "queryParameters").Items() {
		e, ok := valueCondition(q, match.Query, msg(q, "name").Str())
		if !ok {
			return nil, path, false
		}
		all = append(all, e)
	}
	return match.Simplify(all), path, true
}

// pseudoHeaders are attributes that Envoy compares as headers; that of older versions of
// HTTP is the authority, too.
// source/common/http/header_map_impl.cc
var pseudoHeaders = map[string]match.Field{":method": match.Method, ":authority": match.Authority, "host": match.Authority, ":scheme": match.Scheme}

// headerCondition reads a condition on a header. A header that is not there meets none,
// inverted or not, unless it counts as one without a value.
// source/common/http/header_utility.h HeaderDataBaseImpl
func headerCondition(n *source.Node) (match.Expr, bool) {
	name := strings.ToLower(msg(n, "name").Str())
	f, key := match.Header, name
	if pseudo, ok := pseudoHeaders[name]; ok {
		f, key = pseudo, ""
	} else if strings.HasPrefix(name, ":") { // the path with its query, of which the model tells the parts
		return nil, false
	}
	e, ok := valueCondition(n, f, key)
	invert, missing := flagOr(msg(n, "invertMatch"), false), flagOr(msg(n, "treatMissingHeaderAsEmpty"), false)
	present := match.Atom{Field: f, Key: key, Op: match.Present, Ref: new(n.Ref())}
	a, isAtom := e.(match.Atom)
	switch {
	case msg(n, "presentMatch") != nil:
		if missing { // what is not there is taken to be there
			e = match.Map(e, func(match.Atom) match.Expr { return match.True })
		}
		if invert {
			e = match.Not{X: e}
		}
		return e, ok
	case missing && isAtom && a.Holds(""):
		e = match.Or{e, match.Not{X: present}}
	}
	switch {
	case !invert:
		return e, ok
	case missing:
		return match.Not{X: e}, ok
	}
	return match.And{match.Not{X: e}, present}, ok
}

func flagOr(n *source.Node, otherwise bool) bool {
	if f := flag(n); f != nil {
		return *f
	}
	return otherwise
}

// oldForms are the conditions on values that stand in a header's condition itself.
var oldForms = []struct {
	name string
	op   match.Op
}{{"exactMatch", match.Exact}, {"prefixMatch", match.Prefix}, {"suffixMatch", match.Suffix}}

func valueCondition(n *source.Node, f match.Field, key string) (match.Expr, bool) {
	if p := msg(n, "presentMatch"); p != nil {
		a := match.Atom{Field: f, Key: key, Op: match.Present, Ref: new(p.Ref())}
		if p.Bool() {
			return a, true
		}
		return match.Not{X: a}, true
	}
	if m := msg(n, "stringMatch"); m != nil {
		a, ok := compared(m, f, key)
		return a, ok
	}
	for _, form := range oldForms {
		if v := msg(n, form.name); v != nil {
			return match.Atom{Field: f, Key: key, Op: form.op, Value: v.Str(), Ref: new(v.Ref())}, true
		}
	}
	if v := msg(n, "containsMatch"); v != nil {
		return containing(match.Atom{Field: f, Key: key, Value: v.Str(), Ref: new(v.Ref())}), true
	}
	if v := msg(msg(n, "safeRegexMatch"), "regex"); v != nil {
		skipAll(msg(n, "safeRegexMatch"), "googleRe2")
		return match.Plainly(match.Atom{Field: f, Key: key, Op: match.Regex, Value: v.Str(), Ref: new(v.Ref())}), true
	}
	return nil, false
}

// containing is a value with that of the atom somewhere in it.
func containing(a match.Atom) match.Atom {
	a.Op, a.Value = match.Regex, ".*"+regexp.QuoteMeta(a.Value)+".*"
	return match.Plainly(a)
}
