package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// egress says what clients may dial by denials at the servers, for targets whose
// policies are enforced only there. For others it sets these facts aside, since
// all further passes are about servers; egressBack puts them back.
func egress(r *run) {
	facts := r.takeDialled()
	if len(facts.access)+len(facts.def) == 0 {
		return
	}
	if fit, taken := r.sayableAllows(facts); fit.sayable(r) {
		r.dialled, r.changes = fit, append(r.changes, taken...)
		return
	}
	facts = facts.staying()
	before, after := r.fragment(), r.fragment()
	for _, a := range facts.access {
		c := *a
		c.When = match.Conj(match.Simplify(a.When), match.Negate(beyond))
		before.Access = append(before.Access, &c)
	}
	before.Access = append(before.Access, &intent.Access{Side: intent.Dialled, When: beyond})
	before.Default = append(slices.Clone(facts.def), &intent.Default{Effect: intent.Allow})
	denials := facts.denials()
	after.Access, after.Default = denials, []*intent.Default{{Effect: intent.Allow}}
	r.record(Change{
		Pass: "egress", Feature: AccessDialled, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: facts.from(),
		Summary: "what clients may dial is denied where it arrives", Detail: "the proxy of the server refuses it, not that of the client",
		Fix: "nothing", Before: before, After: after,
	})
	r.m.Access = slices.Concat(denials, r.unknownCallers(denials), r.m.Access)
}

// unknownCallers denies everyone what some callers may not dial at servers that
// take plaintext only: there callers cannot be told apart.
func (r *run) unknownCallers(denials []*intent.Access) []*intent.Access {
	var out []*intent.Access
	for _, t := range served(r.m.Transport) {
		if t.Mode != intent.Plain {
			continue
		}
		for _, d := range denials {
			if !meet(d.Scope.Subject, t.Scope.Subject) {
				continue
			}
			all := *d
			all.Scope.Subject = match.Conj(match.Simplify(d.Scope.Subject), match.Simplify(t.Scope.Subject))
			all.When = match.Weaken(d.When, func(l match.Literal) bool { return !l.Atom.Field.Identity() })
			out = append(out, &all)
		}
	}
	if len(out) > 0 {
		from := out[0].From
		r.record(Change{
			Pass: "egress", Feature: AccessDialled, Code: diag.Withheld, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateWithheld, From: from,
			Summary: objectOf(from) + " cannot be told where connections are not secured", Detail: "nobody is let in there for what some clients may not dial",
			Fix: "let the servers take mutual TLS", Before: r.denying(), After: r.denying(out...),
		})
	}
	return out
}

// egressBack puts back what egress set aside.
func egressBack(r *run) {
	r.m.Access = append(r.m.Access, r.dialled.access...)
	r.m.Default = append(r.m.Default, r.dialled.def...)
}

// dialledFacts are facts of admission that callers' proxies enforce.
type dialledFacts struct {
	access []*intent.Access
	def    []*intent.Default
}

// takeDialled takes the facts of callers out of the model.
func (r *run) takeDialled() dialledFacts {
	var d dialledFacts
	r.m.Access = slices.DeleteFunc(slices.Clone(r.m.Access), func(a *intent.Access) bool {
		if a.Side == intent.Dialled {
			d.access = append(d.access, a)
		}
		return a.Side == intent.Dialled
	})
	r.m.Default = slices.DeleteFunc(slices.Clone(r.m.Default), func(x *intent.Default) bool {
		if x.Side == intent.Dialled {
			d.def = append(d.def, x)
		}
		return x.Side == intent.Dialled
	})
	return d
}

func (d dialledFacts) sayable(r *run) bool {
	return !slices.ContainsFunc(d.access, func(a *intent.Access) bool { return r.t.Caps.Says(AccessDialled, a) != "" }) &&
		!slices.ContainsFunc(d.def, func(x *intent.Default) bool { return r.t.Caps.Says(AccessDialled, x) != "" })
}

func (d dialledFacts) from() intent.Origin {
	var out intent.Origin
	for _, a := range d.access {
		out = merge(out, merge(a.From, atomRefs(a.When, a.Scope.Client)))
	}
	for _, x := range d.def {
		out = merge(out, x.From)
	}
	return out
}

// staying are the facts as they are about workloads of the cluster.
func (d dialledFacts) staying() dialledFacts {
	out := dialledFacts{def: d.def}
	for _, a := range d.access {
		c := *a
		if c.When = staysBy(a.When); !match.IsFalse(c.When) {
			out.access = append(out.access, &c)
		}
	}
	return out
}

// denials are facts of servers that keep out what callers may not dial.
func (d dialledFacts) denials() []*intent.Access {
	var out []*intent.Access
	for _, a := range d.access {
		if a.Effect == intent.Deny && a.Mode == intent.Enforced {
			for _, denial := range denialsOf(a.Home, a.From, match.Simplify(a.Scope.Client), []match.Expr{match.Simplify(a.When)}) {
				denial.Comment, denial.Withheld = a.Comment, a.Withheld
				out = append(out, denial)
			}
		}
	}
	var before []match.Expr
	for _, x := range d.def {
		client := match.Conj(append([]match.Expr{match.Simplify(x.Scope.Client)}, before...)...)
		before = append(before, match.Negate(match.Simplify(x.Scope.Client)))
		if x.Effect == intent.Deny && !d.denied(client) {
			out = append(out, d.shut(x, client)...)
		}
	}
	return out
}

// denied reports whether clients may dial nothing, whatever is allowed.
func (d dialledFacts) denied(client match.Expr) bool {
	return slices.ContainsFunc(d.access, func(a *intent.Access) bool {
		return a.Effect == intent.Deny && a.Mode == intent.Enforced && match.IsTrue(a.When) && implied(client, a.Scope.Client)
	})
}

// shut denies callers that may dial nothing but what is allowed.
func (d dialledFacts) shut(x *intent.Default, client match.Expr) []*intent.Access {
	from := x.From
	var allowed []match.Expr
	for _, a := range d.access {
		if a.Effect != intent.Allow || a.Mode != intent.Enforced || !meet(a.Scope.Client, client) {
			continue
		}
		from = merge(from, a.From)
		when := match.Simplify(a.When)
		if !implied(client, a.Scope.Client) {
			when = match.Conj(match.Simplify(a.Scope.Client), when)
		}
		allowed = append(allowed, when)
	}
	return denialsOf(x.Home, from, client, []match.Expr{match.Negate(match.Disj(allowed...))})
}
