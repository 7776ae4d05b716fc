package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// speech tells what conditions of access a target can say.
type speech struct {
	target Target
	// evaded says that the source normalises paths further than the target: a
	// path that is written otherwise escapes from an exception, so that "all
	// paths but" cannot be said.
	evaded bool
	// workloads are all that there are; nil where there may be others.
	workloads []*intent.Workload
	// known are the answers of no so far; it is shared by all copies.
	known map[saying]string
}

// saying is a literal that a fact of some effect is to say.
type saying struct {
	effect     intent.Effect
	not        bool
	fold       bool
	evaded     bool
	field      match.Field
	op         match.Op
	key, value string
}

// speech is what the target can say of the source's conditions.
func (r *run) speech() speech {
	if r.said == nil {
		r.said = map[saying]string{}
	}
	s := speech{target: r.t, known: r.said}
	if r.m.Env.Complete.Workloads {
		s.workloads = r.m.Inventory.Workloads
	}
	if r.t.Baseline != nil {
		s.evaded = r.source.Paths > r.t.Baseline(r.m.Env).Paths
	}
	return s
}

// no says why a literal cannot be said; "" is that it can.
func (s speech) no(e intent.Effect, l match.Literal) string {
	if s.target.Access.Can == nil {
		return ""
	}
	a := &l.Atom
	key := saying{e, l.Not, a.Fold, s.evaded, a.Field, a.Op, a.Key, a.Value}
	why, ok := s.known[key]
	if !ok {
		why = s.answer(e, l)
		s.known[key] = why
	}
	return why
}

// answer works out what no says.
func (s speech) answer(e intent.Effect, l match.Literal) string {
	if l.Atom.Field == match.ClientLabel && s.workloads == nil {
		if why := s.target.Access.Can(e, l); why != "" {
			return why + "; they would be told by account if the environment said complete.workloads"
		}
	}
	if s.target.Access.Combine != Partition {
		return s.target.Access.Can(e, l)
	}
	switch f := l.Atom.Field; {
	case f == match.Protocol:
		return "" // regions hold for HTTP only, a server's own grants for all
	case l.Not && f == match.Path && s.evaded:
		return "it matches paths as they are written, so that an exception would be evaded"
	case l.Not && request(f):
		l.Not = false // a region of its own, without the grant
	}
	return s.target.Access.Can(e, l)
}

// request reports whether an attribute tells requests of one connection apart.
func request(f match.Field) bool { return f.HTTP() && f != match.Token }

// can is no for the algebra of package match.
func (s speech) can(e intent.Effect) func(match.Literal) bool {
	return func(l match.Literal) bool { return s.no(e, l) == "" }
}

// unsaid lists the literals of a predicate that cannot be said, each once.
func (s speech) unsaid(e intent.Effect, when match.Expr) []match.Literal {
	var out []match.Literal
	match.Atoms(when, func(a match.Atom, negated bool) {
		l := match.Literal{Atom: a, Not: negated}
		if s.no(e, l) != "" && !slices.Contains(out, l) {
			out = append(out, l)
		}
	})
	return out
}

// reword replaces literals that cannot be said by other words with the same
// meaning, where there are some.
func (s speech) reword(e intent.Effect, when match.Expr) match.Expr {
	if len(s.unsaid(e, when)) == 0 {
		return when
	}
	return match.Simplify(s.rewordIn(e, when, false))
}

func (s speech) rewordIn(e intent.Effect, when match.Expr, negated bool) match.Expr {
	switch x := when.(type) {
	case nil:
		return nil
	case match.Atom:
		if s.no(e, match.Literal{Atom: x, Not: negated}) == "" {
			return when
		}
		return s.other(e, x, negated)
	case match.Not:
		return match.Not{X: s.rewordIn(e, x.X, !negated)}
	case match.And:
		out := make(match.And, len(x))
		for i, m := range x {
			out[i] = s.rewordIn(e, m, negated)
		}
		return out
	case match.Or:
		out := make(match.Or, len(x))
		for i, m := range x {
			out[i] = s.rewordIn(e, m, negated)
		}
		return out
	default:
		panic("legal: unknown expression")
	}
}

// other is a way to say an atom that cannot be said as it is, or the atom itself.
func (s speech) other(e intent.Effect, a match.Atom, negated bool) match.Expr {
	for _, way := range s.ways(a) {
		if negated && len(s.unsaid(e, match.Not{X: way})) == 0 || !negated && len(s.unsaid(e, way)) == 0 {
			return way
		}
	}
	return a
}

// ways lists predicates that mean what an atom does.
func (s speech) ways(a match.Atom) []match.Expr {
	path := match.Atom{Field: match.Path, Op: match.Present, Ref: a.Ref}
	switch {
	case isHTTP(&a):
		return []match.Expr{path}
	case isTCP(&a):
		return []match.Expr{match.Not{X: path}}
	case a.Field == match.ClientLabel:
		return s.byAccount(a)
	case s.target.inbound().Alternatives != nil && request(a.Field):
		return s.target.inbound().Alternatives(intent.HTTP, match.Literal{Atom: a})
	}
	return nil
}

// featureOf names the feature that a literal of a fact needs.
func featureOf(l match.Literal) Feature {
	f := l.Atom.Field
	switch {
	case l.Not && f.Client():
		return AccessNotClient
	case l.Not && request(f):
		return AccessNotRequest
	}
	if feature, ok := accessFeatures[f]; ok {
		return feature
	}
	return AccessConnection
}

var accessFeatures = map[match.Field]Feature{
	match.Path: AccessPath, match.Method: AccessMethod, match.Host: AccessHost, match.Authority: AccessHost,
	match.Header: AccessHeader, match.Query: AccessHeader, match.Scheme: AccessHeader, match.Token: AccessToken,
	match.Port: AccessPort, match.ClientIP: AccessAddress, match.RemoteIP: AccessForwarded,
	match.ClientNamespace: AccessNamespace, match.ClientAccount: AccessAccount, match.ClientTrust: AccessTrust,
	match.ClientIdentity: AccessAccount, match.ClientLabel: AccessAccount, match.Found: AccessFound,
}
