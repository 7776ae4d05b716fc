package legal_test

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
)

// caps answers yes to all but some features.
func caps(no ...legal.Feature) legal.Caps {
	c := legal.Caps{}
	for _, f := range legal.Features {
		c[f.Feature] = legal.Supported()
	}
	for _, f := range no {
		c[f] = legal.Unsupported("it has no such thing", "")
	}
	return c
}

func open(intent.Environment) []*intent.Default {
	return []*intent.Default{{Effect: intent.Allow}}
}

func permissive(intent.Environment) []*intent.Transport {
	return []*intent.Transport{{Side: intent.Served, Mode: intent.Permissive}}
}

// partitioning is a target that lets clients in by routes.
func partitioning() legal.Target {
	return legal.Target{
		Mesh:      "partitioning",
		Caps:      caps(legal.TransportStrict, legal.TransportPlain, legal.AccessDialled, legal.AccessDeny, legal.AccessAsk, legal.AccessAudit, legal.AccessDryRun, legal.TokenRules),
		Default:   open,
		Transport: permissive,
		Route:     legal.RouteForm{Prefers: longer, Conjunction: onePath},
		Access: legal.AccessForm{
			Combine: legal.Partition,
			Can:     positive,
			Scope:   onePort,
			Elsewhere: func(_, clients match.Expr) string {
				for _, e := range []match.Expr{match.True, match.False, identified, anyone} {
					if match.Equal(e, clients) {
						return ""
					}
				}
				return "it knows everyone, nobody, and everyone with an identity"
			},
		},
	}
}

var identified = match.Atom{Field: match.ClientAccount, Op: match.Present}

// anyone is a client with an identity, a service account's or not.
var anyone = match.Atom{Field: match.ClientIdentity, Op: match.Present}

// positive says conditions that are not negated.
func positive(_ intent.Effect, l match.Literal) string {
	switch {
	case l.Not:
		return "it cannot negate"
	case l.Atom.Op == match.Prefix:
		return "it knows no raw prefix"
	case l.Atom.Field == match.Token:
		return "it knows no tokens"
	}
	return ""
}

// onePort wants a namespace and a port; labels as it likes.
func onePort(subject match.Expr) string {
	fields := map[match.Field]int{}
	match.Atoms(subject, func(a match.Atom, negated bool) {
		if !negated {
			fields[a.Field]++
		}
	})
	if fields[match.Namespace] != 1 || fields[match.Port] != 1 {
		return "it selects the workloads of one namespace, for one port"
	}
	return ""
}

// onePath allows one path in a route.
func onePath(_ intent.Protocol, ls []match.Literal) string {
	n := 0
	for _, l := range ls {
		if l.Atom.Field == match.Path {
			n++
		}
	}
	if n > 1 {
		return "it knows one path a route"
	}
	return ""
}

// longer ranks by the length of the path, then headers, then a method.
func longer(a, b match.Expr) match.Expr {
	if slices.Compare(ranking(b), ranking(a)) > 0 {
		return match.True
	}
	return match.False
}

func ranking(e match.Expr) []int {
	r := []int{1, 0, 0}
	match.Atoms(e, func(a match.Atom, _ bool) {
		switch a.Field {
		case match.Path:
			r[0] = max(1, len(a.Value))
		case match.Header:
			r[1]++
		case match.Method:
			r[2]++
		}
	})
	return r
}

// denying is a target with deny-overrides that lacks some conditions and scopes
// by port.
func denying() legal.Target {
	return legal.Target{
		Mesh:      "denying",
		Caps:      caps(legal.TransportStrict, legal.TransportPlain, legal.AccessDialled, legal.AccessAudit, legal.TokenRules),
		Default:   open,
		Transport: permissive,
		Access: legal.AccessForm{
			Can: func(_ intent.Effect, l match.Literal) string {
				if l.Atom.Field == match.Header || l.Not && l.Atom.Field == match.Method || l.Atom.Field == match.Token {
					return "it knows no such condition"
				}
				return ""
			},
			Scope: func(subject match.Expr) string {
				bad := ""
				match.Atoms(subject, func(a match.Atom, negated bool) {
					if negated || a.Field == match.Port {
						bad = "it selects workloads by the labels that they have"
					}
				})
				return bad
			},
		},
	}
}

// plain is like denying, but it cannot negate, takes no alternatives, and asks
// nobody.
func plain() legal.Target {
	t := denying()
	t.Mesh = "plain"
	t.Caps = caps(legal.TransportStrict, legal.TransportPlain, legal.TransportPort, legal.AccessAsk, legal.TokenRules)
	t.Access.Can = func(e intent.Effect, l match.Literal) string { return positive(e, l) }
	t.Access.Shape = func(_ intent.Effect, when match.Expr) string {
		if alternatives, ok := match.DNF(when, 1); !ok || len(alternatives) > 1 {
			return "it knows no alternatives"
		}
		return ""
	}
	return t
}
