package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// manyServers bounds the kinds of servers that conditions on callers tell apart.
const manyServers = 64

// denialsOf denies clients where a condition holds, which may test the server:
// one fact for each kind of server that it tells apart. Past the bound the
// clients are denied everywhere.
func denialsOf(home *intent.Home, from intent.Origin, client match.Expr, when []match.Expr) []*intent.Access {
	condition := match.Conj(when...)
	kinds, ok := serverKinds(condition)
	if !ok {
		kinds, condition = []match.Expr{match.True}, match.True
	}
	var out []*intent.Access
	for _, kind := range kinds {
		held := match.Conj(client, assume(condition, kind))
		if match.IsFalse(held) {
			continue
		}
		subject := kind
		if match.IsTrue(kind) {
			subject = nil
		}
		out = append(out, &intent.Access{Home: home, Effect: intent.Deny, Scope: intent.Scope{Subject: subject}, When: held, From: from})
	}
	return out
}

// serverKinds cuts servers by the conjunctions of subject atoms in a condition.
func serverKinds(e match.Expr) ([]match.Expr, bool) {
	kinds := []match.Expr{match.True}
	for _, s := range serverParts(e) {
		var next []match.Expr
		for _, k := range kinds {
			for _, part := range []match.Expr{s, match.Negate(s)} {
				switch {
				case !meet(k, part):
				case implied(k, part):
					next = append(next, k)
				case implied(part, k):
					next = append(next, part)
				default:
					next = append(next, match.Conj(k, part))
				}
			}
		}
		if kinds = next; len(kinds) > manyServers {
			return nil, false
		}
	}
	return kinds, true
}

// serverParts lists the largest parts of a condition that are about the server
// alone, ports apart.
func serverParts(e match.Expr) []match.Expr {
	var out []match.Expr
	add := func(x match.Expr) {
		if !slices.ContainsFunc(out, func(y match.Expr) bool { return match.Equal(x, y) }) {
			out = append(out, x)
		}
	}
	var visit func(match.Expr)
	list := func(es []match.Expr, join func(...match.Expr) match.Expr) {
		var own []match.Expr
		for _, x := range es {
			if aboutServer(x) {
				own = append(own, x)
			} else {
				visit(x)
			}
		}
		if len(own) > 0 {
			add(join(own...))
		}
	}
	visit = func(e match.Expr) {
		switch e := e.(type) {
		case match.And:
			list(e, match.Conj)
		case match.Or:
			for _, x := range e {
				visit(x)
			}
		case match.Not:
			visit(e.X)
		case match.Atom:
			if aboutServer(e) {
				add(e)
			}
		}
	}
	visit(match.Simplify(e))
	return out
}

// aboutServer reports whether all that e tests is the server's, but its port.
func aboutServer(e match.Expr) bool {
	some, all := false, true
	match.Atoms(e, func(a match.Atom, _ bool) {
		some, all = true, all && a.Field.Subject() && a.Field != match.Port
	})
	return some && all
}

// assume decides the parts of a condition that are about the server by the kind
// that it is.
func assume(e, kind match.Expr) match.Expr {
	if aboutServer(e) {
		switch {
		case implied(kind, e):
			return match.True
		case !meet(kind, e):
			return match.False
		}
		return e
	}
	switch e := e.(type) {
	case match.And:
		var own, out []match.Expr
		for _, x := range e {
			if aboutServer(x) {
				own = append(own, x)
			} else {
				out = append(out, assume(x, kind))
			}
		}
		if len(own) > 0 {
			out = append(out, assume(match.Conj(own...), kind))
		}
		return match.Conj(out...)
	case match.Or:
		out := make([]match.Expr, len(e))
		for i, x := range e {
			out[i] = assume(x, kind)
		}
		return match.Disj(out...)
	case match.Not:
		return match.Negate(assume(e.X, kind))
	}
	return e
}
