package istio

import (
	"maps"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// ruleWords is a rule of an AuthorizationPolicy: one of from, one of to, and all
// of when; empty lists hold always.
type ruleWords struct{ from, to, when []fields }

// fields are lists of values by key, all of which must hold: of each list one
// value, or none of its values where the key is a negated one.
type fields map[fieldKey][]match.Atom

// fieldKey is a field of a source or an operation, or the key of a condition.
type fieldKey struct {
	name string
	not  bool
}

// ruleFor finds the rule that means a predicate; why tells that there is none.
func ruleFor(e intent.Effect, when match.Expr) (rule ruleWords, why string) {
	http, why := onHTTP(e, when)
	if why != "" {
		return rule, why
	}
	var from, to, rest []match.Expr
	for _, f := range factors(http) {
		switch {
		case about(f, isSource):
			from = append(from, f)
		case about(f, isOperation):
			to = append(to, f)
		default:
			rest = append(rest, f)
		}
	}
	if rule.from, why = alternatives(from, sourceField); why != "" {
		return rule, why
	}
	if rule.to, why = alternatives(to, operationField); why != "" {
		return rule, why
	}
	for _, f := range rest {
		c, why := alternatives([]match.Expr{f}, conditionField)
		if why != "" {
			return rule, why
		}
		if len(c) != 1 || len(c[0]) != 1 {
			return rule, "alternatives on different attributes are rules of their own"
		}
		rule.when = append(rule.when, c[0])
	}
	return rule, ""
}

// onHTTP is what a predicate says of HTTP requests, where that tells what it says
// of other connections: there, HTTP attributes make a rule that allows vanish,
// and vanish themselves from others.
func onHTTP(e intent.Effect, when match.Expr) (match.Expr, string) {
	http := match.Simplify(match.Restrict(when, match.Protocol, "", "http", true))
	if e == intent.Allow && !asksHTTP(http) && match.IsFalse(match.Simplify(match.Restrict(when, match.Protocol, "", "tcp", true))) {
		return match.Conj(http, anyMethod), ""
	}
	if meant := onProtocols(http, e == intent.Allow); !match.Equal(meant, when) {
		_, there := match.Implies(meant, when)
		_, back := match.Implies(when, meant)
		if there != match.Yes || back != match.Yes {
			return nil, "a rule says of connections that are not HTTP what it says of HTTP requests, without the attributes of HTTP"
		}
	}
	return http, ""
}

// anyMethod holds for all HTTP requests, and not for other connections.
var anyMethod = match.Atom{Field: match.Method, Op: match.Regex, Value: ".+"}

// factors are predicates that must all hold.
func factors(e match.Expr) []match.Expr {
	switch x := e.(type) {
	case match.And:
		return x
	case nil:
		return nil
	}
	return []match.Expr{e}
}

// about reports whether all attributes that a predicate tests are of a kind.
func about(e match.Expr, kind func(match.Atom) bool) bool {
	all := true
	match.Atoms(e, func(a match.Atom, _ bool) { all = all && kind(a) })
	return all
}

func isSource(a match.Atom) bool {
	return a.Field.Identity() || a.Field == match.ClientIP || a.Field == match.RemoteIP || a.Field == match.Token && a.Key == "principal"
}

func isOperation(a match.Atom) bool {
	return a.Field == match.Authority || a.Field == match.Method || a.Field == match.Path || a.Field == match.Port
}

// manyWords bounds the alternatives of a rule before lists are joined.
const manyWords = 256

// alternatives writes predicates that must all hold as a list of which one must
// hold; empty is always.
func alternatives(and []match.Expr, field func(term) (fieldKey, bool)) ([]fields, string) {
	if len(and) == 0 {
		return nil, ""
	}
	all, ok := terms(match.Conj(and...))
	if !ok {
		return nil, "it has too many alternatives"
	}
	var out []fields
	for _, c := range all {
		f := fields{}
		for _, t := range identities(c) {
			key, ok := field(t)
			if !ok {
				return nil, "it tests an account without its namespace"
			}
			if _, twice := f[key]; twice && !key.not {
				return nil, "it tests the " + key.name + " twice"
			}
			f[key] = append(f[key], t.spelled())
		}
		if why := f.unmix(); why != "" {
			return nil, why
		}
		out = append(out, f)
	}
	if len(out) == 0 {
		return nil, "it never holds"
	}
	return joined(out), ""
}

// joined merges alternatives that differ in one list only, until none do.
func joined(all []fields) []fields {
	for i := 0; i < len(all); i++ {
		for j := i + 1; j < len(all); j++ {
			if merged, ok := join(all[i], all[j]); ok {
				all[i] = merged
				all = slices.Delete(all, j, j+1)
				i, j = -1, len(all)
			}
		}
	}
	return all
}

// join merges two alternatives; ok is false where they differ in more than one
// list, or in a negated one.
func join(a, b fields) (fields, bool) {
	if len(a) != len(b) {
		return nil, false
	}
	differs := fieldKey{}
	for key, values := range a {
		other, there := b[key]
		switch {
		case !there:
			return nil, false
		case sameValues(values, other):
		case key.not || differs != fieldKey{}:
			return nil, false
		default:
			differs = key
		}
	}
	out := maps.Clone(a)
	if differs != (fieldKey{}) {
		out[differs] = slices.Concat(a[differs], without(b[differs], a[differs]))
	}
	return out, true
}

func sameValues(a, b []match.Atom) bool {
	return len(without(a, b)) == 0 && len(without(b, a)) == 0
}

func without(a, b []match.Atom) []match.Atom {
	return slices.DeleteFunc(slices.Clone(a), func(x match.Atom) bool {
		return slices.ContainsFunc(b, func(y match.Atom) bool { return x.Value == y.Value })
	})
}
