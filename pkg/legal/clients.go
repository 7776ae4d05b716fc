package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// clients splits tables by the namespace of the client, for targets that choose
// clients only so, and refuses what they cannot choose at all.
func clients(r *run) {
	if r.t.Route.Clients == ClientsMatched {
		return
	}
	var out []*intent.Routing
	kept := Kept(r.m, r.t.Mesh)
	for _, t := range r.m.Routing {
		if kept.Table(t) || !asksClient(t) {
			out = append(out, t)
			continue
		}
		parts, why := r.byNamespace(t)
		if why != "" {
			r.refuse("clients", RouteClients, t, t.From, why)
			continue
		}
		r.record(Change{
			Pass: "clients", Feature: RouteClients, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Routed, Fate: FateRewritten, From: t.From,
			Summary: "the routes of " + t.Host.String() + " are written for each namespace of clients", Fix: "nothing", Before: r.tables(t), After: r.tables(copies(parts)...),
		})
		out = append(out, parts...)
	}
	r.m.Routing = out
}

func asksClient(t *intent.Routing) bool {
	asks := !match.IsTrue(t.Scope.Client)
	for i := range t.Rules {
		match.Atoms(t.Rules[i].When, func(a match.Atom, _ bool) { asks = asks || a.Field.Client() && a.Field != match.ClientIP })
	}
	if !asks {
		return false
	}
	a, ok := t.Scope.Client.(match.Atom)
	return !(ok && a.Field == match.ClientNamespace && a.Op == match.Exact && !ruleAsksClient(t))
}

func ruleAsksClient(t *intent.Routing) bool {
	asks := false
	for i := range t.Rules {
		match.Atoms(t.Rules[i].When, func(a match.Atom, _ bool) { asks = asks || a.Field.Client() })
	}
	return asks
}

// byNamespace splits a table into one for each namespace that it names and one
// for the rest.
func (r *run) byNamespace(t *intent.Routing) (parts []*intent.Routing, why string) {
	if r.t.Route.Clients == ClientsAll {
		return nil, r.t.Caps[RouteClients].Why
	}
	var names []string
	note := func(a match.Atom, _ bool) {
		switch {
		case !a.Field.Client():
		case a.Field == match.ClientNamespace && a.Op == match.Exact:
			if !slices.Contains(names, a.Value) {
				names = append(names, a.Value)
			}
		default:
			why = "the target cannot choose clients by " + a.Field.String()
		}
	}
	match.Atoms(t.Scope.Client, note)
	for i := range t.Rules {
		match.Atoms(t.Rules[i].When, note)
	}
	if why != "" {
		return nil, why
	}
	slices.Sort(names)
	for _, n := range append(names, "") {
		p := forNamespace(t, n)
		if p == nil {
			continue
		}
		if n != "" {
			if why := r.t.Caps.Says(RouteClients, p); why != "" {
				return nil, why
			}
		}
		parts = append(parts, p)
	}
	return parts, ""
}

// forNamespace is the table as clients of one namespace see it, or those of no
// namespace named, for ""; nil where it is none of theirs.
func forNamespace(t *intent.Routing, ns string) *intent.Routing {
	p := t.Clone()
	p.Scope.Client = restrictClient(t.Scope.Client, ns)
	if match.IsFalse(p.Scope.Client) {
		return nil
	}
	p.Scope.Client = nil
	if ns != "" {
		p.Scope.Client = match.Atom{Field: match.ClientNamespace, Op: match.Exact, Value: ns}
	}
	p.Rules = p.Rules[:0]
	for _, rule := range t.Clone().Rules {
		if rule.When = restrictClient(rule.When, ns); !match.IsFalse(rule.When) {
			p.Rules = append(p.Rules, rule)
		}
	}
	return p
}

func restrictClient(e match.Expr, ns string) match.Expr {
	return match.Map(e, func(a match.Atom) match.Expr {
		switch {
		case a.Field != match.ClientNamespace:
			return nil
		case a.Value == ns:
			return match.True
		}
		return match.False
	})
}
