package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// maxAlternatives bounds the alternatives that one rule may be taken apart into.
const maxAlternatives = 64

// atoms says every rule's predicate in the target's words: literals that it
// lacks are replaced by others of the same meaning, and a predicate becomes
// alternatives of conjunctions. What cannot be said refuses the table.
func atoms(r *run) { r.tablesApart((*run).sayTable) }

func (r *run) sayTable(t *intent.Routing) bool {
	var before *intent.Model
	var changed intent.Origin
	for i := range t.Rules {
		rule := &t.Rules[i]
		said, refs, why := r.say(t.Protocol, rule.When)
		if why != "" {
			r.refuse("atoms", matchFeature(rule.When), t, rule.From, why)
			return false
		}
		if len(refs) > 0 {
			if before == nil {
				before = r.tables(t.Clone())
			}
			changed = append(changed, refs...)
		}
		rule.When = said
	}
	if before != nil {
		r.record(Change{
			Pass: "atoms", Feature: MatchPathPrefix, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Routed, Fate: FateRewritten, From: changed,
			Summary: "conditions of " + t.Host.String() + " are written in other words", Fix: "nothing", Before: before, After: r.tables(t.Clone()),
		})
	}
	return true
}

// say returns the predicate in the target's words, with the input values that it
// said in others; why is not empty where it cannot be said.
func (r *run) say(p intent.Protocol, when match.Expr) (said match.Expr, changed intent.Origin, why string) {
	if r.t.Route.Can == nil {
		return when, nil, ""
	}
	alts, ok := match.DNF(when, maxAlternatives)
	if !ok {
		return nil, nil, "its condition has too many alternatives"
	}
	var out match.Or
	for _, literals := range alts {
		more, refs, why := r.sayConjunction(p, literals)
		if why != "" {
			return nil, nil, why
		}
		out, changed = append(out, more...), append(changed, refs...)
	}
	if len(out) > maxAlternatives {
		return nil, nil, "its condition has too many alternatives"
	}
	return match.Simplify(out), changed, ""
}

// sayConjunction returns the alternatives that a conjunction becomes.
func (r *run) sayConjunction(p intent.Protocol, literals []match.Literal) (out []match.Expr, changed intent.Origin, why string) {
	parts := [][]match.Expr{}
	for _, l := range literals {
		if why := r.t.Route.Can(p, l); why == "" {
			parts = append(parts, []match.Expr{literal(l)})
			continue
		}
		options, why := r.alternative(p, l)
		if why != "" {
			return nil, nil, why
		}
		parts = append(parts, options)
		changed = append(changed, intent.From(l.Atom.Place())...)
	}
	for _, c := range combine(parts) {
		if why := r.conjunctionFits(p, c); why != "" {
			return nil, nil, why
		}
		out = append(out, c)
	}
	return out, changed, ""
}

// alternative finds other words for a literal: one of the target's offers, as
// alternatives of what it can say.
func (r *run) alternative(p intent.Protocol, l match.Literal) (options []match.Expr, why string) {
	if r.t.Route.Alternatives != nil {
		for _, e := range r.t.Route.Alternatives(p, l) {
			alts, ok := match.DNF(e, maxAlternatives)
			if !ok || !r.canSay(p, alts) {
				continue
			}
			for _, a := range alts {
				options = append(options, conjunction(a))
			}
			return options, ""
		}
	}
	return nil, r.t.Route.Can(p, l)
}

func (r *run) canSay(p intent.Protocol, alts [][]match.Literal) bool {
	return !slices.ContainsFunc(slices.Concat(alts...), func(l match.Literal) bool { return r.t.Route.Can(p, l) != "" })
}

func (r *run) conjunctionFits(p intent.Protocol, e match.Expr) string {
	if r.t.Route.Conjunction == nil {
		return ""
	}
	alts, _ := match.DNF(e, 1)
	if len(alts) == 0 {
		return ""
	}
	return r.t.Route.Conjunction(p, alts[0])
}

func conjunction(ls []match.Literal) match.Expr {
	out := make([]match.Expr, len(ls))
	for i, l := range ls {
		out[i] = literal(l)
	}
	return match.Conj(out...)
}

// combine chooses one of each part in all ways.
func combine(parts [][]match.Expr) []match.Expr {
	out := []match.Expr{match.True}
	for _, options := range parts {
		var next []match.Expr
		for _, a := range out {
			for _, b := range options {
				next = append(next, match.Conj(a, b))
			}
		}
		out = next
	}
	return out
}

var fieldFeatures = map[match.Field]Feature{
	match.Path: MatchPathRegex, match.Method: MatchMethod, match.Header: MatchHeader, match.Query: MatchQuery, match.Host: MatchHost,
	match.Authority: MatchHost, match.Scheme: MatchScheme, match.Token: MatchToken, match.ServicePort: RoutePort,
}

func matchFeature(e match.Expr) Feature {
	f := MatchHeader
	match.Atoms(e, func(a match.Atom, _ bool) {
		if other, ok := fieldFeatures[a.Field]; ok {
			f = other
		}
	})
	return f
}

func isTrue(e match.Expr) bool { return match.IsTrue(e) }

// literal is a literal as an expression.
func literal(l match.Literal) match.Expr {
	if l.Not {
		return match.Not{X: l.Atom}
	}
	return l.Atom
}
