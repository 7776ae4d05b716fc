package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// outgoing are facts of callers about what leaves the cluster, for targets that say it
// by what is made known: conditions are those on the destination and the request.
type outgoing struct {
	access []*intent.Access
	def    []*intent.Default
}

// outgoingOf takes out of facts of callers what they say of what leaves.
func outgoingOf(m *intent.Model) outgoing {
	var out outgoing
	for _, a := range m.Access {
		if a.Side != intent.Dialled || a.Mode != intent.Enforced {
			continue
		}
		o := *a
		if o.When = leavesBy(a.When); !match.IsFalse(o.When) {
			out.access = append(out.access, &o)
		}
	}
	for _, d := range m.Default {
		if d.Side == intent.Dialled {
			out.def = append(out.def, d)
		}
	}
	return out
}

// leavesBy is a condition for what is no workload.
func leavesBy(e match.Expr) match.Expr {
	return match.Map(e, func(a match.Atom) match.Expr {
		switch {
		case a.Field == match.DestHost && a.Op == match.Present:
			return match.True
		case a.Field.Subject() && a.Field != match.Port:
			return match.False
		}
		return nil
	})
}

// staysBy is a condition for workloads of the cluster.
func staysBy(e match.Expr) match.Expr { return match.Restrict(e, match.DestHost, "", "", false) }

// beyond holds for what is dialled outside of the cluster.
var beyond = match.Atom{Field: match.DestHost, Op: match.Present}

// model is a fragment of the facts, where what is dialled inside passes.
func (r *run) outgoing(o outgoing) *intent.Model {
	f := r.fragment()
	for _, a := range o.access {
		c := *a
		c.When = match.Conj(a.When, beyond)
		f.Access = append(f.Access, &c)
	}
	f.Access = append(f.Access, &intent.Access{Side: intent.Dialled, When: match.Negate(beyond)})
	f.Default = o.def
	return f
}

// shut holds for the callers that may dial only what is allowed.
func (o outgoing) shut() match.Expr {
	var es []*intent.Egress
	for _, d := range o.def {
		es = append(es, &intent.Egress{Scope: d.Scope, Effect: d.Effect})
	}
	return intent.Denied(es)
}

// madeKnown says what callers may dial outside by what is made known to them where the
// rest is denied.
func (r *run) madeKnown() {
	o := outgoingOf(r.m)
	if len(o.egress()) == 0 && !slices.ContainsFunc(o.access, denies) || r.allLeaves(o) {
		return
	}
	o = r.withoutDenials(o)
	o, hosts := r.sayable(o)
	c := Change{
		Pass: "leaving", Feature: AccessDialled, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: o.from(),
		Summary: "what clients may dial outside of the cluster is said by what is made known to them", Detail: "the rest of what leaves is denied to them", Fix: "nothing",
		Before: r.outgoing(o),
	}
	if slices.ContainsFunc(hosts, func(h exit) bool { return h.guessed }) {
		c.Code, c.Drift, c.Fate = diag.Narrowed, intent.Narrower, FateDrifted
		c.Summary = "names outside of the cluster are let out for TLS at port 443 and 8443, and for HTTP at 80 and 8080 only: the target tells names by what is sent"
		c.Detail, c.Fix = "what else is sent to these ports stays in", "nothing, if that is what is spoken there"
	}
	egress, external := o.egress(), externals(hosts)
	c.After = r.leaving(egress...)
	c.After.External = external
	r.record(c)
	r.m.Egress, r.m.External = slices.Concat(egress, r.m.Egress), slices.Concat(external, r.m.External)
}

// allLeaves reports whether the target holds back nothing of what leaves, and notes so
// of each fact that does.
func (r *run) allLeaves(o outgoing) bool {
	why := ""
	for _, e := range o.egress() {
		if why = r.t.Caps.Says(EgressDefault, e); e.Effect == intent.Deny && (why == "" || r.shutOut(e) != nil) {
			return false
		}
	}
	if why == "" {
		return false
	}
	for _, d := range o.def {
		if one := (outgoing{access: o.access, def: []*intent.Default{d}}); d.Effect == intent.Deny && len(one.egress()) > 0 {
			r.leavesAnyway(one, d.From, why)
		}
	}
	for _, a := range o.access {
		if denies(a) {
			r.leavesAnyway(outgoing{access: []*intent.Access{a}}, a.From, why)
		}
	}
	return true
}

// leavesAnyway notes that what a fact denies of what leaves is let out.
func (r *run) leavesAnyway(o outgoing, from intent.Origin, why string) {
	r.record(Change{
		Pass: "leaving", Feature: EgressDefault, Code: diag.Widened, Drift: intent.Wider, Aspect: intent.Admission, Fate: FateDropped, From: from,
		Summary: "what " + objectOf(from) + " denies of what leaves is not written: " + why, Detail: "clients reach what is outside of the cluster",
		Fix: "hold back what leaves by other means, such as a NetworkPolicy, or accept it", Before: r.outgoing(o), After: r.outgoing(outgoing{}),
	})
}

func denies(a *intent.Access) bool { return a.Effect == intent.Deny }

func (o outgoing) from() intent.Origin { return dialledFacts(o).from() }

// egress denies what leaves as far as the facts do that are about all of it.
func (o outgoing) egress() []*intent.Egress {
	var first, next []*intent.Egress
	for _, a := range o.access {
		e := &intent.Egress{Home: a.Home, Scope: intent.Scope{Client: a.Scope.Client}, Effect: a.Effect, From: merge(a.From, atomRefs(a.Scope.Client))}
		switch {
		case denies(a):
			first = append(first, e)
		case match.IsTrue(a.When) && meet(a.Scope.Client, o.shut()):
			next = append(next, e)
		}
	}
	for _, d := range o.def {
		next = append(next, &intent.Egress{
			Home: d.Home, Scope: intent.Scope{Client: d.Scope.Client}, Effect: d.Effect, Withheld: d.Withheld, Why: d.Why, From: merge(d.From, atomRefs(d.Scope.Client)),
		})
	}
	return deciding(slices.Concat(first, next))
}

// deciding are the facts that decide of some client: others stand before the rest, and
// where nothing denies later, clients pass without.
func deciding(all []*intent.Egress) []*intent.Egress {
	var kept []*intent.Egress
	var before []match.Expr
	for i, e := range all {
		client := match.Conj(append(slices.Clone(before), match.Simplify(e.Scope.Client))...)
		before = append(before, match.Negate(match.Simplify(e.Scope.Client)))
		later := slices.ContainsFunc(all[i:], func(o *intent.Egress) bool { return o.Effect == intent.Deny && meet(o.Scope.Client, client) })
		if meet(client, match.True) && later {
			kept = append(kept, e)
		}
	}
	if !slices.ContainsFunc(kept, func(e *intent.Egress) bool { return e.Effect == intent.Deny }) {
		return nil
	}
	return kept
}

// withoutDenials leaves out denials of a part of what leaves: it is taken off what is
// allowed, and lets out more where callers may dial anything else.
func (r *run) withoutDenials(o outgoing) outgoing {
	for {
		i := slices.IndexFunc(o.access, func(a *intent.Access) bool { return denies(a) && !match.IsTrue(a.When) })
		if i < 0 {
			return o
		}
		o = r.withoutDenial(o, o.access[i])
	}
}

func (r *run) withoutDenial(o outgoing, d *intent.Access) outgoing {
	c := Change{
		Pass: "leaving", Feature: AccessDialled, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: merge(d.From, atomRefs(d.When, d.Scope.Client)),
		Summary: "what " + objectOf(d.From) + " denies of what leaves is taken off what is let out", Detail: "the target denies only what nothing makes known", Fix: "nothing",
	}
	rest := outgoing{def: o.def}
	for _, a := range o.access {
		if a == d {
			continue
		}
		if !denies(a) && meet(a.Scope.Client, d.Scope.Client) {
			cut := *a
			if cut.When = match.Conj(a.When, match.Negate(d.When)); !implied(a.Scope.Client, d.Scope.Client) {
				c.Code, c.Drift, c.Fate, c.Fix = diag.Narrowed, intent.Narrower, FateDrifted, "give the workloads a namespace of their own"
			}
			a = &cut
		}
		rest.access = append(rest.access, a)
	}
	if open := match.Conj(match.Simplify(d.Scope.Client), match.Negate(o.shut())); meet(open, match.True) {
		c.Code, c.Drift, c.Fate = diag.Widened, intent.Wider, FateDropped
		c.Summary = "what " + objectOf(d.From) + " denies of what leaves is not written: the target denies only what nothing makes known"
		c.Detail, c.Fix = "clients reach it", "hold back what leaves by other means, such as a NetworkPolicy, or accept it"
	}
	c.Before, c.After = r.outgoing(o), r.outgoing(rest)
	r.record(c)
	return rest
}

// sayable leaves out what is let out and cannot be made known, and says the rest.
func (r *run) sayable(o outgoing) (outgoing, []exit) {
	rest := outgoing{def: o.def}
	var hosts []exit
	shut := o.shut()
	for _, d := range o.access {
		if denies(d) {
			shut = match.Conj(shut, match.Negate(match.Simplify(d.Scope.Client)))
		}
	}
	for _, a := range o.access {
		if denies(a) || match.IsTrue(a.When) || !meet(a.Scope.Client, shut) {
			rest.access = append(rest.access, a)
			continue
		}
		known, said, why := exitsOf(a, shut)
		hosts = append(hosts, known...)
		if why == "" {
			rest.access = append(rest.access, a)
			continue
		}
		less := outgoing{access: slices.Clone(rest.access), def: o.def}
		if !match.IsFalse(said) {
			part := *a
			part.When = said
			less.access = append(less.access, &part)
		}
		before := outgoing{access: append(slices.Clone(rest.access), a), def: o.def}
		r.record(Change{
			Pass: "leaving", Feature: AccessDialled, Code: diag.AllowLost, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDropped, From: merge(a.From, atomRefs(a.When)),
			Summary: "what " + objectOf(a.From) + " lets out of the cluster stays in: " + why, Detail: "clients that may dial only what is allowed no longer reach it",
			Fix: "let it out by hand", Before: r.outgoing(before), After: r.outgoing(less),
		})
		rest = less
	}
	return rest, hosts
}
