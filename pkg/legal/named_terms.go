package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// whom tells how much of a client a term is about.
func (n *namer) whom(t term, client *Party) reachOf {
	if client != nil {
		return n.reach(match.Conj(match.Simplify(client.Client), n.trusted()), t.who, "client "+match.Key(client.Client), t.key)
	}
	key := [2]string{others, t.key}
	got, known := n.told[key]
	if !known {
		got = n.among(t.who)
		n.told[key] = got
	}
	return got
}

// among tells how much of the clients without a name a predicate on clients
// covers.
func (n *namer) among(e match.Expr) reachOf {
	switch x := e.(type) {
	case nil:
		return allOf
	case match.Not:
		return allOf - n.among(x.X)
	case match.And:
		return n.amongAll(x)
	case match.Or:
		most := noneOf
		for _, m := range x {
			most = max(most, n.among(m))
		}
		return most
	case match.Atom:
		any := match.Conj(anyIdentity, n.trusted())
		switch {
		case implied(any, x):
			return allOf
		case !meet(any, x) || n.isNamed(x):
			return noneOf
		}
		return partOf
	default:
		panic("legal: unknown expression")
	}
}

func (n *namer) amongAll(and match.And) reachOf {
	if n.isNamed(and) {
		return noneOf
	}
	least := allOf
	for _, m := range and {
		least = min(least, n.among(m))
	}
	return least
}

// isNamed reports whether a predicate holds for the clients of one name only.
func (n *namer) isNamed(e match.Expr) bool {
	key := match.Key(e)
	got, known := n.isName[key]
	if !known {
		got = slices.ContainsFunc(n.mayName(e, key), func(i int) bool {
			c := n.parties[i].Client
			return n.reach(e, c, key, match.Key(c)) == allOf
		})
		n.isName[key] = got
	}
	return got
}

// mayName are the parties whose clients may be all that a predicate holds for: where
// it asks for an account, those with it.
func (n *namer) mayName(e match.Expr, key string) []int {
	values, all := valuesOf(n.alternatives(e, key), isAccount)
	if !all {
		return slices.DeleteFunc(n.allParties(), func(i int) bool { return n.parties[i].Client == nil })
	}
	out := slices.Clone(n.index.rest)
	for _, v := range values {
		out = append(out, n.index.byAccount[v]...)
	}
	return out
}

// termsOf takes a fact's condition apart.
func (n *namer) termsOf(a *intent.Access) []term {
	if known, ok := n.terms[a]; ok {
		return known
	}
	u := units{}
	all, ok := conjuncts(u.abstract(match.Simplify(n.speech().reword(a.Effect, a.When))), manyTerms)
	if !ok {
		n.lose(a, reason{"its condition has too many alternatives", "say it by several rules"})
		if a.Effect == intent.Deny {
			all = []conjunct{nil}
		}
	}
	out := make([]term, len(all))
	for i, c := range all {
		out[i] = u.term(c)
	}
	n.terms[a] = out
	return out
}

// units are predicates on clients, each of which stands for one literal.
type units map[string]match.Expr

// abstract replaces the largest parts that are about clients by one atom each.
func (u units) abstract(e match.Expr) match.Expr {
	switch x := e.(type) {
	case match.Atom:
		return u.unless(!x.Field.Client(), x)
	case match.Not:
		return match.Not{X: u.abstract(x.X)}
	case match.And:
		clients, rest := u.part(x)
		if len(clients) > 0 {
			rest = append(rest, u.unless(false, match.Simplify(match.And(clients))))
		}
		return match.And(rest)
	case match.Or:
		clients, rest := u.part(x)
		if len(clients) > 0 {
			rest = append(rest, u.unless(false, match.Simplify(match.Or(clients))))
		}
		return match.Or(rest)
	default:
		panic("legal: unknown expression")
	}
}

// unless makes a unit of a predicate, unless it is kept.
func (u units) unless(kept bool, e match.Expr) match.Expr {
	if kept {
		return e
	}
	key := match.Key(e)
	u[key] = e
	return match.Atom{Field: match.ClientLabel, Key: key, Op: match.Present}
}

func (u units) part(members []match.Expr) (clients, rest []match.Expr) {
	for _, m := range members {
		client := true
		match.Atoms(m, func(a match.Atom, _ bool) { client = client && a.Field.Client() })
		if client {
			clients = append(clients, m)
		} else {
			rest = append(rest, u.abstract(m))
		}
	}
	return clients, rest
}

// term says an alternative in the predicates that its atoms stand for.
func (u units) term(c conjunct) term {
	var who []match.Expr
	t := term{requests: c.only(func(l match.Literal) bool { return !l.Atom.Field.Client() })}
	for _, l := range c.only(func(l match.Literal) bool { return l.Atom.Field.Client() }) {
		e := u[l.Atom.Key]
		if l.Not {
			e = match.Negate(e)
		}
		who = append(who, e)
	}
	t.who = match.Conj(who...)
	t.key = match.Key(t.who)
	match.Atoms(t.who, func(a match.Atom, _ bool) {
		t.from = merge(t.from, intent.From(a.Place()))
	})
	return t
}
