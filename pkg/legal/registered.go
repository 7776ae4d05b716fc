package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// registered says by labels what the source says of pods that several Services select, by
// the one that a pod is registered as, for targets that know pods by labels alone. What lets
// in holds where it is said of all that a pod may be of, and what keeps out for any of them.
func registered(r *run) {
	if r.t.Route.OneService {
		return
	}
	g := newRegistrations(r.m)
	if len(g.services) == 0 {
		return
	}
	before := r.fragment()
	before.Access, before.Default, before.Transport = r.m.Access, r.m.Default, r.m.Transport
	after := r.fragment()
	for _, a := range r.m.Access {
		if part := g.access(a); part != nil {
			after.Access = append(after.Access, part)
		}
	}
	for _, d := range r.m.Default {
		part := *d
		part.Scope.Subject = g.subject(d.Scope.Subject, g.byDefault(d.Effect), d.Effect == intent.Allow, d.From)
		after.Default = append(after.Default, &part)
	}
	for _, t := range r.m.Transport {
		part := *t
		part.Scope.Subject = g.subject(t.Scope.Subject, t.Scope.Subject, t.Mode != intent.Strict, t.From)
		after.Transport = append(after.Transport, &part)
	}
	for _, t := range r.m.Tokens {
		g.subject(t.Scope.Subject, t.Scope.Subject, false, t.From)
	}
	for _, s := range g.others() {
		*s = g.any(*s)
	}
	r.m.Access, r.m.Default, r.m.Transport = slices.Clone(after.Access), slices.Clone(after.Default), slices.Clone(after.Transport)
	g.note(r, before, after)
}

// registrations are the Services of the input that scopes tell pods apart by.
type registrations struct {
	asker
	m        *intent.Model
	services []*intent.Service
	// shrunk are the origins of what lets in less, lost of what lets nobody in, and grown of
	// what keeps out more.
	shrunk, lost, grown intent.Origin
}

func newRegistrations(m *intent.Model) *registrations {
	g := &registrations{m: m}
	find := func(e match.Expr) {
		for _, name := range serviceNames(e) {
			i := slices.IndexFunc(m.Inventory.Services, func(s *intent.Service) bool { return s.Name.String() == name })
			if i >= 0 && len(m.Inventory.Services[i].Selector) > 0 && !slices.Contains(g.services, m.Inventory.Services[i]) {
				g.services = append(g.services, m.Inventory.Services[i])
			}
		}
	}
	for _, a := range m.Access {
		find(a.Scope.Subject)
	}
	for _, d := range m.Default {
		find(d.Scope.Subject)
	}
	for _, t := range m.Transport {
		find(t.Scope.Subject)
	}
	for _, s := range g.others() {
		find(*s)
	}
	return g
}

// others are the scopes of what neither lets in nor decides by default.
func (g *registrations) others() []*match.Expr {
	var out []*match.Expr
	for _, t := range g.m.Tokens {
		out = append(out, &t.Scope.Subject)
	}
	for _, l := range g.m.Rates {
		out = append(out, &l.Scope.Subject)
	}
	for _, o := range g.m.Opaque {
		out = append(out, &o.Scope.Subject)
	}
	return out
}

// as is a scope for pods that are registered as a Service; nil is as none of these.
func (g *registrations) as(e match.Expr, s *intent.Service) match.Expr {
	return match.Map(e, func(a match.Atom) match.Expr {
		of := slices.IndexFunc(g.services, func(x *intent.Service) bool { return a.Field == match.Service && a.Holds(x.Name.String()) })
		switch {
		case of < 0:
			return nil
		case g.services[of] == s:
			return match.True
		}
		return match.False
	})
}

func selectedBy(s *intent.Service) match.Expr {
	and := []match.Expr{inNamespace(s.Name.Namespace)}
	for _, l := range s.Selector {
		and = append(and, labelAtom(l.Key, l.Value))
	}
	return match.Conj(and...)
}

// any is a scope for all pods that may be registered so that it covers them.
func (g *registrations) any(e match.Expr) match.Expr {
	if len(serviceNames(e)) == 0 {
		return e
	}
	plain := g.as(e, nil)
	or := []match.Expr{plain}
	for _, s := range g.services {
		if as := match.Conj(g.as(e, s), selectedBy(s)); !match.Equal(as, plain) && !match.IsFalse(as) && !g.implied(as, plain) {
			or = append(or, as)
		}
	}
	return match.Disj(or...)
}

// all is what of a scope holds for pods however they are registered, where what holds there
// is enough.
func (g *registrations) all(e, enough match.Expr) (out match.Expr, exact bool) {
	region := g.any(e)
	and, exact := []match.Expr{region}, true
	if !g.implied(region, g.as(enough, nil)) {
		and, exact = append(and, g.as(e, nil)), false
	}
	for _, s := range g.services {
		if at := match.Conj(region, selectedBy(s)); !g.implied(at, g.as(enough, s)) {
			and, exact = append(and, match.Negate(selectedBy(s))), false
		}
	}
	return match.Conj(and...), exact
}

// subject is a scope by labels. It shrinks where it lets in, unless what is enough holds too
// for all that a pod may be registered as.
func (g *registrations) subject(e, enough match.Expr, shrinks bool, from intent.Origin) match.Expr {
	if len(serviceNames(e)) == 0 {
		return e
	}
	out, exact := g.all(e, enough)
	switch {
	case shrinks && match.IsFalse(out):
		g.lost = merge(g.lost, from)
	case shrinks && !exact:
		g.shrunk = merge(g.shrunk, from)
	case !exact:
		g.grown = merge(g.grown, from)
	}
	if !shrinks {
		return g.any(e)
	}
	return out
}

// access is a fact by labels; nil is that it holds nowhere.
func (g *registrations) access(a *intent.Access) *intent.Access {
	if len(serviceNames(a.Scope.Subject)) == 0 {
		return a
	}
	enough := []match.Expr{a.Scope.Subject}
	for _, b := range g.m.Access {
		if b != a && b.Side == a.Side && b.Effect == a.Effect && b.Mode == a.Mode && b.Provider == a.Provider && g.implied(match.Simplify(a.When), match.Simplify(b.When)) {
			enough = append(enough, b.Scope.Subject)
		}
	}
	if a.Effect == intent.Allow {
		enough = append(enough, g.byDefault(intent.Allow))
	}
	part := *a
	part.Scope.Subject = g.subject(a.Scope.Subject, match.Disj(enough...), a.Effect == intent.Allow, a.From)
	if match.IsFalse(part.Scope.Subject) {
		return nil
	}
	return &part
}

// byDefault holds for the pods at which an effect is the default.
func (g *registrations) byDefault(effect intent.Effect) match.Expr {
	var or, before []match.Expr
	for _, d := range g.m.Default {
		if d.Side != intent.Served {
			continue
		}
		if d.Effect == effect {
			or = append(or, match.Conj(append(slices.Clone(before), match.Simplify(d.Scope.Subject))...))
		} else {
			before = append(before, match.Negate(match.Simplify(d.Scope.Subject)))
		}
	}
	return match.Disj(or...)
}

// note tells what is said by labels.
func (g *registrations) note(r *run, before, after *intent.Model) {
	const detail, fix = "a pod is registered as one of them, and by labels alone it is not told which", "have one Service select each of the pods, or say the same of all that select them"
	for _, x := range []struct {
		from    intent.Origin
		code    diag.Code
		fate    Fate
		summary string
	}{
		{g.shrunk, diag.Narrowed, FateDrifted, " lets in at fewer pods: not at those that may be registered as another Service"},
		{g.lost, diag.AllowLost, FateDropped, " lets nobody in: the pods may be registered as another Service, which does not"},
		{g.grown, diag.Narrowed, FateDrifted, " keeps out at more pods: also at those that may be registered as another Service"},
	} {
		if len(x.from) > 0 {
			r.record(Change{
				Pass: "registered", Feature: AccessWorkload, Code: x.code, Drift: intent.Narrower, Aspect: intent.Admission, Fate: x.fate, From: x.from,
				Summary: objectOf(x.from) + x.summary, Detail: detail, Fix: fix, Before: before, After: after,
			})
		}
	}
}
