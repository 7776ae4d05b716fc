package legal

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// accessScopes says the scopes of admission in the target's words: ports move
// into conditions, alternatives become several facts; what is left over shrinks
// for what is let in and grows for what is kept out.
func accessScopes(r *run) {
	if r.t.Access.Combine != DenyOverrides || r.t.Access.Scope == nil {
		return
	}
	s := scoper{run: r, speech: r.speech()}
	s.defaults()
	var out []*intent.Access
	for _, a := range r.m.Access {
		out = append(out, s.fact(a)...)
	}
	r.m.Access = out
}

type scoper struct {
	*run
	speech speech
	known  []*workload // of the inventory, once asked for
}

// manyScopes bounds the scopes that one is taken apart into.
const manyScopes = 64

// site is a scope that the target can say, with what it says as a condition.
type site struct {
	subject match.Expr
	when    conjunct // on the port
}

// fact takes a fact apart until the target can say where it holds.
func (s *scoper) fact(a *intent.Access) []*intent.Access {
	if s.t.Access.Scope(a.Scope.Subject) == "" {
		return []*intent.Access{a}
	}
	sites, exact := s.sites(a.Effect, a.Scope.Subject)
	var out []*intent.Access
	for _, at := range sites {
		part := *a
		part.Scope = intent.Scope{Subject: at.subject}
		part.When = match.Conj(at.when.expr(), a.When)
		out = append(out, &part)
	}
	s.note(a, out, exact)
	return out
}

// note records how a fact's scope is said.
func (s *scoper) note(a *intent.Access, parts []*intent.Access, exact bool) {
	why := s.t.Access.Scope(a.Scope.Subject)
	c := Change{
		Pass: "access-scopes", Feature: AccessWorkload, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: a.From,
		Summary: objectOf(a.From) + " says in other words where it holds: " + why, Fix: "nothing",
	}
	if !exact {
		c.Code, c.Drift, c.Fate = diag.Narrowed, intent.Narrower, FateDrifted
		c.Summary = objectOf(a.From) + " lets in at fewer workloads: " + why
		c.Detail, c.Fix = "the others deny what it let in", "select the workloads by labels"
		if a.Effect != intent.Allow {
			c.Summary, c.Detail = objectOf(a.From)+" keeps out at more workloads: "+why, "the others deny it too"
		}
	}
	frame := s.admitting
	if a.Effect != intent.Allow {
		frame = s.denying
	} else if len(parts) == 0 {
		c.Code, c.Fate, c.Fix = diag.AllowLost, FateDropped, "add the workloads that it is about to the input"
	}
	if a.Mode != intent.Enforced {
		c.Aspect, c.Drift = intent.Auditing, intent.Other
	}
	c.Before, c.After = frame(a), frame(parts...)
	s.record(c)
}

// sites takes a scope apart; exact says that the sites are just what it covers.
func (s *scoper) sites(e intent.Effect, subject match.Expr) (out []site, exact bool) {
	all, ok := conjuncts(subject, manyScopes)
	if !ok {
		if e == intent.Allow {
			return nil, false
		}
		return []site{{subject: s.grown(nil)}}, false
	}
	exact = true
	for _, c := range all {
		at, fits := s.site(e, c)
		out, exact = append(out, at...), exact && fits
	}
	return out, exact
}

// site says one conjunction.
func (s *scoper) site(e intent.Effect, c conjunct) ([]site, bool) {
	onPort := func(l match.Literal) bool { return l.Atom.Field == match.Port }
	port, rest := c.only(onPort), c.only(func(l match.Literal) bool { return !onPort(l) })
	sayable := !slices.ContainsFunc(port, func(l match.Literal) bool { return s.speech.no(e, l) != "" })
	subject := rest.expr()
	switch {
	case sayable && s.t.Access.Scope(subject) == "":
		return []site{{subject, port}}, true
	case e != intent.Allow:
		if !sayable {
			port = nil
		}
		return []site{{s.grown(rest), port}}, false
	case !sayable:
		return nil, false
	}
	var out []site
	for _, w := range s.workloads() {
		at := match.Simplify(w.subject())
		if w.within(subject) && implied(at, subject) && s.t.Access.Scope(at) == "" {
			out = append(out, site{at, port})
		}
	}
	return out, false
}

// grown drops conditions of a scope, the last first, until it can be said. What is
// left of a Service is its namespace, where all its workloads are.
func (s *scoper) grown(c conjunct) match.Expr {
	for i, l := range c {
		ns, _, named := strings.Cut(l.Atom.Value, "/")
		if l.Not || l.Atom.Field != match.Service || l.Atom.Op != match.Exact || !named {
			continue
		}
		within := slices.Clone(c)
		within[i].Atom = match.Atom{Field: match.Namespace, Value: ns, Ref: l.Atom.Ref}
		return s.grown(within)
	}
	if len(c) > 0 && s.t.Access.Scope(c.expr()) == "" {
		return c.expr()
	}
	for i := len(c) - 1; i >= 0; i-- {
		without := slices.Delete(slices.Clone(c), i, i+1)
		if s.t.Access.Scope(without.expr()) == "" {
			return without.expr()
		}
	}
	if len(c) == 0 {
		return match.True
	}
	return s.grown(c[:len(c)-1])
}

func (s *scoper) workloads() []*workload {
	if s.known == nil {
		of := workloads(&s.m.Inventory, servicesOf(&s.m.Inventory))
		for _, ns := range s.namespaces() {
			s.known = append(s.known, of[ns]...)
		}
	}
	return s.known
}

// defaults says where requests are denied by default. A scope that grows takes
// with it points that were open, which Allow facts open again.
func (s *scoper) defaults() {
	own := s.ownDefaults()
	n := len(s.m.Default) - len(own)
	var denies, grown []*intent.Default
	for _, d := range s.m.Default[:n] {
		if s.t.Access.Scope(d.Scope.Subject) == "" {
			denies = append(denies, d)
			continue
		}
		for _, at := range s.areas(d.Scope.Subject) {
			part := *d
			part.Scope = intent.Scope{Subject: at}
			grown = append(grown, &part)
		}
	}
	if len(denies) == n {
		return
	}
	before := s.fragment()
	before.Access, before.Default = s.m.Access, s.m.Default
	opened := s.reopen(s.m.Default[:n], grown)
	s.m.Access = append(slices.Clone(s.m.Access), opened...)
	s.m.Default = slices.Concat(denies, distinctDefaults(grown), own)
	after := s.fragment()
	after.Access, after.Default = s.m.Access, s.m.Default
	var from intent.Origin
	for _, d := range grown {
		from = merge(from, d.From)
	}
	s.record(Change{
		Pass: "access-scopes", Feature: AccessDefaultDeny, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: from,
		Summary: "what is denied by default is said for whole workloads, and the rest is allowed", Fix: "nothing", Before: before, After: after,
	})
}

// areas are scopes that can be said and cover one that cannot.
func (s *scoper) areas(subject match.Expr) []match.Expr {
	all, ok := conjuncts(subject, manyScopes)
	if !ok {
		return []match.Expr{s.grown(nil)}
	}
	var out []match.Expr
	for _, c := range all {
		labels := c.only(func(l match.Literal) bool { return l.Atom.Field != match.Port })
		if s.t.Access.Scope(labels.expr()) == "" {
			out = append(out, labels.expr())
		} else {
			out = append(out, s.grown(labels))
		}
	}
	return out
}

// reopen lets in where scopes grew over what no Default denied.
func (s *scoper) reopen(denied, grown []*intent.Default) []*intent.Access {
	var out []*intent.Access
	if (&defaultList{run: s.run, own: s.ownDefaults()}).ownEffect() == intent.Deny {
		return nil
	}
	for _, g := range distinctDefaults(grown) {
		and := match.And{g.Scope.Subject}
		for _, d := range denied {
			if meet(d.Scope.Subject, g.Scope.Subject) {
				and = append(and, match.Not{X: d.Scope.Subject})
			}
		}
		if meet(match.And(and), nil) {
			out = append(out, &intent.Access{Home: g.Home, Scope: intent.Scope{Subject: match.Simplify(and)}, From: g.From})
		}
	}
	return out
}

// distinctDefaults keeps the first of each scope.
func distinctDefaults(ds []*intent.Default) []*intent.Default {
	seen := map[string]bool{}
	var out []*intent.Default
	for _, d := range ds {
		if key := match.Key(d.Scope.Subject); !seen[key] {
			seen[key] = true
			out = append(out, d)
		}
	}
	return out
}
