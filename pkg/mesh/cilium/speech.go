package cilium

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// accessCan says why a policy cannot say one condition, or "". What conditions
// on peers need beside them is for accessShape.
func accessCan(e intent.Effect, l match.Literal) string {
	a := l.Atom
	if e == intent.Ask {
		return "a policy asks nobody"
	}
	switch {
	case a.Field == match.Port:
		_, why := portsOf([]match.Literal{l})
		return why
	case a.Field == match.ClientTrust:
		return trustCan(l)
	case a.Field == match.ClientIdentity:
		return identityCan(l)
	case a.Field == match.ClientIP:
		if a.Op == match.CIDR {
			return ""
		}
		return "an address is matched by block"
	case a.Field == match.SNI, a.Field == match.RemoteIP, a.Field == match.DestIP:
		return "a policy knows peers by their labels and addresses"
	case a.Field == match.Found:
		return "a policy looks at no filter's findings"
	case a.Field == match.Service:
		if l.Not || a.Op != match.Exact {
			return "a Service is named"
		}
		return ""
	case a.Field.HTTP() || a.Field == match.Protocol:
		if e != intent.Allow {
			return noRequests
		}
		_, why := requestCan(l)
		return why
	}
	side := callers
	if !side.is(a.Field) {
		side = called
	}
	_, why := side.requirement(l)
	return why
}

// accessShape says why a predicate cannot be written as entries of a rule, or
// "".
func accessShape(e intent.Effect, when match.Expr) string {
	if e == intent.Ask {
		return "a policy asks nobody"
	}
	_, why := sideOf(when).entriesOf(e, when)
	return why
}

// sideOf is whom a predicate names beside the workloads that it holds for: those
// that call, or those that are called.
func sideOf(when match.Expr) party {
	dialled := false
	match.Atoms(when, func(a match.Atom, _ bool) { dialled = dialled || called.is(a.Field) })
	if dialled {
		return called
	}
	return callers
}

// accessScope says why a policy cannot select the workloads of a scope, or "".
func accessScope(subject match.Expr) string {
	_, why := called.scope(subject)
	return why
}

// scope is a selector of endpoints; in a namespace where it names one only.
type scope struct {
	namespace *match.Atom
	rest      requirements
}

// scope takes a predicate apart into what selectors ask: each part is about one
// label.
func (p party) scope(subject match.Expr) (s scope, why string) {
	const selectors = "a policy selects endpoints by their labels, their namespace and their service account"
	for _, e := range asked(match.Simplify(subject)) {
		var r requirement
		ok := true
		switch x := e.(type) {
		case match.Atom:
			if p.client && x.Field == p.trust && trustCan(match.Literal{Atom: x}) == "" {
				continue // what a policy selects is of its own cluster
			}
			if p.client && x.Field == match.ClientIdentity && identityCan(match.Literal{Atom: x}) == "" && strings.HasPrefix(x.Value, cluster) {
				x.Value = strings.TrimPrefix(x.Value, cluster)
				s.rest = append(s.rest, requirement{key: keyCluster, values: []match.Atom{x}})
				continue
			}
			r, why = p.requirement(match.Literal{Atom: x})
		case match.Not:
			a, isAtom := x.X.(match.Atom)
			r, why = p.requirement(match.Literal{Atom: a, Not: true})
			ok = isAtom
		case match.Or:
			r, ok = p.anyOf(x)
		}
		if !ok || why != "" {
			return s, selectors
		}
		if r.key == keyNamespace && !r.not && len(r.values) == 1 && s.namespace == nil {
			s.namespace = &r.values[0]
			continue
		}
		s.rest = append(s.rest, r)
	}
	return s, ""
}

// asked are the parts of a simplified predicate of which all must hold: of what neither
// of two may be, each apart.
func asked(e match.Expr) []match.Expr {
	switch x := e.(type) {
	case match.And:
		var out []match.Expr
		for _, part := range x {
			out = append(out, asked(part)...)
		}
		return out
	case match.Not:
		if or, is := x.X.(match.Or); is {
			var out []match.Expr
			for _, part := range or {
				out = append(out, asked(match.Negate(part))...)
			}
			return out
		}
	}
	return []match.Expr{e}
}
