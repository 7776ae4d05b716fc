package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Targets that know names demand tokens of what they let in at a server, and take one
// that is not valid for none. So all that is let in where tokens are validated must
// demand one; that requests without one are denied is said by that alone.

// validated are the rules by which tokens are validated at a server; none where none
// are.
func (n *namer) validated(p Party) []intent.TokenRule {
	var out []intent.TokenRule
	for _, t := range n.m.Tokens {
		if n.covers(t.Scope.Subject, p) == allOf {
			out = append(out, t.Rules...)
		}
	}
	return out
}

// turnsAway reports whether requests with a token that is not valid are refused at a
// server.
func (n *namer) turnsAway(p Party) bool {
	return slices.ContainsFunc(n.m.Tokens, func(t *intent.Tokens) bool {
		return !t.Lenient && n.covers(t.Scope.Subject, p) == allOf
	})
}

// demandsAt takes off the denials of requests without a token at a server, which what
// is let in says by its demand.
func (n *namer) demandsAt(p Party, deny []*intent.Access, said map[*intent.Access]bool) []*intent.Access {
	if n.t.Access.Demands == nil || len(n.validated(p)) == 0 {
		return deny
	}
	return slices.DeleteFunc(slices.Clone(deny), func(a *intent.Access) bool {
		if !demandsToken(a) {
			return false
		}
		n.demanding[match.Key(p.Subject)], n.eclipsed[a], said[a] = true, true, true
		return true
	})
}

// tokens says what a fact asks of tokens at a server, as literals of the others; ok is
// false where it lets in nothing, or denies nothing.
func (n *namer) tokens(p Party, a *intent.Access, c conjunct) (out conjunct, ok bool) {
	if n.t.Access.Demands == nil {
		return c, true
	}
	about := func(l match.Literal) bool { return l.Atom.Field == match.Token }
	rules := n.validated(p)
	if len(rules) == 0 { // then no request has a token that is known
		positive := slices.ContainsFunc(c, func(l match.Literal) bool { return about(l) && !l.Not })
		return c.only(func(l match.Literal) bool { return !about(l) }), !positive
	}
	if a.Effect != intent.Allow {
		return c, true
	}
	demands := false
	for _, l := range c {
		if near := l; about(l) && !l.Not {
			demands = true
			if near.Atom.Op == match.Exact && near.Atom.Field.Many(near.Atom.Key) {
				near.Atom.Op = match.Sole
				n.lose(a, reason{"a claim that is a list is not looked into", sayOtherwise})
			}
			l = near
		}
		out = append(out, l)
	}
	switch {
	case demands:
		return out, true
	case n.demanding[match.Key(p.Subject)]:
		return append(out, match.Literal{Atom: anyToken}), true
	case n.turnsAway(p):
		n.lose(a, reason{undemanded, sayOtherwise})
		return nil, false
	}
	return out, true
}

// demanded replaces the sets of accepted issuers by one for each server at which a
// token is demanded.
func (n *namer) demanded(servers []Named) {
	if n.t.Access.Demands == nil || len(n.m.Tokens) == 0 {
		return
	}
	var out []*intent.Tokens
	for _, s := range servers {
		if !s.demands() {
			continue
		}
		set := &intent.Tokens{Scope: intent.Scope{Subject: s.Subject}, Lenient: true}
		for _, t := range n.m.Tokens {
			if n.covers(t.Scope.Subject, s.Party) != allOf {
				continue
			}
			set.Home, set.From = t.Home, merge(set.From, t.From)
			for _, rule := range t.Rules {
				if rule.Home == nil {
					rule.Home = t.Home
				}
				set.Rules = append(set.Rules, rule)
			}
		}
		out = append(out, set)
	}
	before, after := n.fragment(), n.fragment()
	before.Transport, before.Access, before.Default, before.Tokens = n.m.Transport, n.m.Access, n.m.Default, n.m.Tokens
	after.Transport, after.Access, after.Default, after.Tokens = n.m.Transport, n.m.Access, n.m.Default, out
	var from intent.Origin
	for _, t := range n.m.Tokens {
		from = merge(from, tokenOrigin(t))
	}
	n.record(Change{
		Pass: "named", Feature: TokenRules, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Tokening, Fate: FateRewritten, From: from,
		Summary: "tokens are validated where one is demanded, of what is let in", Fix: "nothing", Before: before, After: after,
	})
	n.m.Tokens = out
}

// demands reports whether a token is demanded at a server.
func (s Named) demands() bool {
	return slices.ContainsFunc(s.Sources, func(src Source) bool {
		return slices.ContainsFunc(src.Allow, func(share Share) bool {
			return slices.ContainsFunc(share.Requests, func(c []match.Literal) bool {
				return slices.ContainsFunc(c, func(l match.Literal) bool { return l.Atom.Field == match.Token })
			})
		})
	})
}
