package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// saidPart is a fact of the target's model with the fact that it is part of, nil
// for what was let in by default.
type saidPart struct{ of, said *intent.Access }

// facts writes servers as facts: each is closed but for what is let in.
func (n *namer) facts(servers []Named) (out []saidPart, defaults []*intent.Default) {
	for _, s := range servers {
		var explicit []match.Expr
		for _, src := range s.Sources {
			client := match.Expr(nil)
			if src.Party != nil {
				client = match.Simplify(src.Party.Client)
				explicit = append(explicit, match.Negate(client))
			} else {
				client = match.Conj(append([]match.Expr{anyIdentity}, explicit...)...)
			}
			if s.Open {
				out = append(out, n.openFacts(s, src, client)...)
			} else {
				out = append(out, n.sourceFacts(s, src, client)...)
			}
		}
		if s.Open {
			if n.beyond != nil {
				defaults = append(defaults, &intent.Default{Home: s.Home, Scope: intent.Scope{Subject: s.Subject}, Effect: intent.Allow, From: s.From})
			}
			continue
		}
		defaults = append(defaults, &intent.Default{Home: s.Home, Scope: intent.Scope{Subject: s.Subject}, Effect: intent.Deny, From: s.From})
	}
	if n.beyond != nil {
		defaults = append(defaults, n.beyond)
	}
	return out, append(defaults, n.own...)
}

// sourceFacts are what a source is denied and let in with at a server that is
// closed. Servers take clients of the mesh's own trust domain only.
func (n *namer) sourceFacts(s Named, src Source, client match.Expr) []saidPart {
	var out []saidPart
	for _, list := range []struct {
		effect intent.Effect
		shares []Share
	}{{intent.Deny, src.Deny}, {intent.Allow, src.Allow}} {
		for _, share := range list.shares {
			fact := *share.Fact
			fact.Scope, fact.Effect = intent.Scope{Subject: s.Subject}, list.effect
			and := []match.Expr{share.asked(client)}
			when := share.when()
			switch {
			case share.Others:
				when = match.Disj(match.Negate(httpOnly), when)
			case src.HTTP:
				when = match.Conj(httpOnly, when)
			}
			if list.effect == intent.Allow {
				and = append(and, n.trusted(), s.reached())
			}
			fact.When = match.Conj(append(and, when)...)
			part := saidPart{of: share.Fact, said: &fact}
			if n.opened[share.Fact] {
				part.of = nil
			}
			out = append(out, part)
		}
	}
	return out
}

// openFacts are what a source is denied at a server that is open.
func (n *namer) openFacts(s Named, src Source, client match.Expr) []saidPart {
	var out []saidPart
	deny := func(share Share, when match.Expr, of *intent.Access) {
		fact := *share.Fact
		fact.Scope, fact.Effect, fact.When = intent.Scope{Subject: s.Subject}, intent.Deny, match.Conj(share.asked(client), when)
		out = append(out, saidPart{of: of, said: &fact})
	}
	others := false
	for _, share := range src.Deny {
		when := share.when()
		switch {
		case share.Others:
			when, others = match.Disj(match.Negate(httpOnly), when), true
		case src.HTTP:
			when = match.Conj(httpOnly, when)
		}
		deny(share, when, share.Fact)
	}
	all := slices.Concat(src.Allow, []Share{{Fact: &intent.Access{Home: s.Home, From: s.From}}})
	switch {
	case src.unconditional() && src.HTTP && !others:
		deny(all[0], match.Negate(httpOnly), nil)
	case src.unconditional():
	case len(src.Allow) > 0:
		var allowed []match.Expr
		for _, a := range src.Allow {
			allowed = append(allowed, a.when())
		}
		deny(all[0], match.Negate(match.Conj(httpOnly, match.Disj(allowed...))), nil)
	case len(src.Deny) == 0:
		deny(all[0], match.True, nil)
	}
	return out
}

// unconditional reports whether a client is let in but for what it is denied.
func (s Source) unconditional() bool {
	return slices.ContainsFunc(s.Allow, func(a Share) bool {
		return slices.ContainsFunc(a.Requests, func(c []match.Literal) bool { return len(c) == 0 })
	})
}

// leavesMost reports whether all that is denied to a client is told by something
// that requests have, so that a list of it ends with what is let in.
func (s Source) leavesMost() bool {
	return !slices.ContainsFunc(s.Deny, func(d Share) bool {
		return slices.ContainsFunc(d.Requests, func(c []match.Literal) bool {
			return !slices.ContainsFunc(c, func(l match.Literal) bool { return !l.Not })
		})
	})
}

// reached holds at the port that clients reach.
func (p Party) reached() match.Expr {
	if p.Port == 0 {
		return match.True
	}
	return portAtom(p.Port)
}

// asked is a predicate on clients with the input value that chose them.
func (s Share) asked(client match.Expr) match.Expr {
	if len(s.Clients) == 0 {
		return client
	}
	return match.Map(client, func(a match.Atom) match.Expr {
		a.Ref = &s.Clients[0]
		return a
	})
}

// when is the condition on requests.
func (s Share) when() match.Expr {
	all := make([]conjunct, len(s.Requests))
	for i, ls := range s.Requests {
		all[i] = ls
	}
	return disjunction(all)
}

var httpOnly = match.Atom{Field: match.Protocol, Op: match.Exact, Value: "http"}

// trusted holds for clients of the mesh's own trust domain.
func (n *namer) trusted() match.Expr {
	return match.Atom{Field: match.ClientTrust, Op: match.Exact, Value: n.m.Env.TrustDomain}
}
