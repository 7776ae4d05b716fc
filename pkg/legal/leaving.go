package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// leavingCluster says what leaves the cluster. A denial that the target cannot say lets
// out what was kept in, which is an error. What is made known and need not be,
// since it passes without, is left out; what denials are to let out and the target
// cannot say stays in.
func leavingCluster(r *run) {
	if !r.t.DialsOut {
		r.madeKnown()
	}
	if r.t.Egress == nil && len(r.m.External)+len(r.m.Egress) == 0 {
		return
	}
	denials := r.denials()
	under := intent.Denied(denials)
	var known []*intent.External
	for _, e := range r.m.External {
		f, why := r.noExternal(e)
		if why != "" {
			if held := r.heldOf(e, denials); held != nil {
				r.goesFree(f, e, under, why)
				e, why = held, ""
			}
		}
		if why == "" && r.t.ExternalBeside != nil {
			why = r.t.ExternalBeside(r.m, known, e)
		}
		if why == "" && r.t.ExternalDenied && !meet(e.Scope.Client, under) {
			why = "the target is told of hosts where what leaves is denied"
		}
		if why == "" {
			known = append(known, e)
			continue
		}
		r.notKnown(f, e, denials, why)
	}
	r.m.External = known
	r.m.Egress = r.withOwnEgress(denials)
	r.heldBesides()
	if r.t.DialsOut {
		r.byCallers()
	}
}

// holds says why a fact about what leaves cannot be said; "" is that it can.
func (r *run) holds(e *intent.Egress) string {
	why := r.t.Caps.Says(EgressDefault, e)
	if why == "" && r.t.EgressFor != nil {
		why = r.t.EgressFor(r.m, e)
	}
	if why != "" || r.t.Holding == nil || e.Effect != intent.Deny {
		return why
	}
	why, _ = r.t.Holding(r.m.Env)
	return why
}

// heldBesides notes what a target of another mesh than the source holds back
// together with what leaves.
func (r *run) heldBesides() {
	i := slices.IndexFunc(r.m.Egress, func(e *intent.Egress) bool { return e.Effect == intent.Deny })
	if i < 0 || r.t.Holding == nil || r.o.From == r.t.Mesh {
		return
	}
	if _, besides := r.t.Holding(r.m.Env); besides != "" {
		r.record(Change{
			Pass: "leaving", Feature: EgressDefault, Code: diag.Prerequisite, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: r.m.Egress[i].From,
			Summary: "with what leaves, " + besides + " is held back", Detail: "clients no longer reach it", Fix: "bring it into the mesh, or let it out by hand",
		})
	}
}

// notKnown notes what becomes of hosts that are not made known: those that some
// clients may reach by them only stay in for these.
func (r *run) notKnown(f Feature, e *intent.External, denials []*intent.Egress, why string) {
	under := intent.Denied(denials)
	r.goesFree(f, e, under, why)
	held := *e
	held.Scope.Client = match.Conj(match.Simplify(e.Scope.Client), under)
	if meet(held.Scope.Client, match.True) {
		r.keptIn(f, &held, denials, why)
	}
}

// goesFree notes that hosts are not made known to the clients who reach them all the same.
func (r *run) goesFree(f Feature, e *intent.External, under match.Expr, why string) {
	free := *e
	free.Scope.Client = match.Conj(match.Simplify(e.Scope.Client), match.Negate(under))
	if match.IsFalse(e.Scope.Client) || meet(free.Scope.Client, match.True) {
		r.unknown(f, &free, why)
	}
}

// denials are the facts about what leaves that the target can say. Of those that it
// cannot, one that denies is said of all clients of the namespaces that it names,
// or, where that cannot be said either, lets out what it kept in.
func (r *run) denials() []*intent.Egress {
	var out []*intent.Egress
	heard := r.heard()
	for i := len(heard) - 1; i >= 0; i-- {
		e := heard[i]
		why := r.holds(e)
		if why == "" {
			out = slices.Insert(out, 0, e)
			continue
		}
		shut := r.shutOut(e)
		if shut != nil {
			out = slices.Insert(out, 0, shut)
		}
		r.unsaidEgress(e, shut, out, why)
	}
	return out
}

// heard are the facts about what leaves without those that let out clients for whom one
// decides that stands in the place of an object that cannot be read: targets look at what is
// said of fewer clients first.
func (r *run) heard() []*intent.Egress {
	var out []*intent.Egress
	for _, e := range r.m.Egress {
		by := decidedBefore(out, e)
		if e.Effect != intent.Allow || by == nil {
			out = append(out, e)
			continue
		}
		r.record(Change{
			Pass: "leaving", Feature: EgressDefault, Code: diag.Dropped, Drift: intent.Same, Aspect: intent.Admission, Fate: FateDropped, From: merge(e.From, atomRefs(e.Scope.Client)),
			Summary: "what " + objectOf(e.From) + " says of what leaves is not written: " + by.Why, Detail: "all that leaves counts as held back", Fix: "correct the document and translate again",
			Before: r.leaving(append(slices.Clone(out), e)...), After: r.leaving(out...),
		})
	}
	return out
}

// shutOut is a denial said of all clients of the namespaces that it is about; nil is
// that it cannot be.
func (r *run) shutOut(e *intent.Egress) *intent.Egress {
	if e.Effect != intent.Deny {
		return nil
	}
	shut := *e
	shut.Withheld, shut.Why = true, objectOf(e.From)+" keeps some clients in, and cannot be said of them alone"
	shut.Scope.Client = match.Simplify(match.Weaken(e.Scope.Client, func(l match.Literal) bool { return l.Atom.Field == match.ClientNamespace && !l.Not }))
	if match.IsTrue(shut.Scope.Client) || r.holds(&shut) != "" {
		return nil
	}
	return &shut
}

// unsaidEgress notes that a fact is not said, or said of more clients; rest is what
// is said from there on.
func (r *run) unsaidEgress(e, shut *intent.Egress, rest []*intent.Egress, why string) {
	later := rest
	if shut != nil {
		later = rest[1:]
	}
	c := Change{
		Pass: "leaving", Feature: EgressDefault, Code: diag.Dropped, Drift: intent.Same, Aspect: intent.Admission, Fate: FateDropped, From: merge(e.From, atomRefs(e.Scope.Client)),
		Summary: "what " + objectOf(e.From) + " says of what leaves is not written: " + why, Detail: "the same holds without it", Fix: "nothing",
	}
	before := append([]*intent.Egress{e}, later...)
	c.Before, c.After = r.leaving(before...), r.leaving(rest...)
	was, is := intent.Denied(before), intent.Denied(rest)
	switch {
	case meet(was, match.Negate(is)):
		c.Code, c.Drift, c.Detail = diag.Widened, intent.Wider, "clients reach hosts that nothing makes known to them"
		c.Fix = "hold back what leaves by other means, such as a NetworkPolicy, or accept it"
	case shut != nil && meet(is, match.Negate(was)):
		c.Code, c.Drift, c.Fate = diag.Withheld, intent.Narrower, FateWithheld
		c.Summary = "what " + objectOf(e.From) + " says of what leaves is said of all clients of the namespace: " + why
		c.Detail, c.Fix = "more clients are let out only to hosts that are known", "give these workloads a namespace of their own"
	case meet(is, match.Negate(was)):
		c.Code, c.Drift, c.Detail, c.Fix = diag.Narrowed, intent.Narrower, "clients are let out only to hosts that are known", "give these workloads a namespace of their own"
	}
	r.record(c)
}

// leaving is a fragment of what may leave.
func (r *run) leaving(es ...*intent.Egress) *intent.Model {
	f := r.fragment()
	f.Egress = slices.Clone(es)
	return f
}

// noExternal says why what makes hosts known cannot be said, and what of it.
func (r *run) noExternal(e *intent.External) (Feature, string) {
	if why := r.t.Caps.Says(ExternalEndpoints, e); why != "" && endpointed(e) {
		return ExternalEndpoints, why
	}
	return ExternalHosts, r.t.Caps.Says(ExternalHosts, e)
}

// endpointed reports whether connections to a port go elsewhere than to the host itself.
func endpointed(e *intent.External) bool {
	return slices.ContainsFunc(e.Ports, func(p intent.ExternalPort) bool { return !e.Plain(p) })
}

// unknown notes that hosts are not made known.
func (r *run) unknown(f Feature, e *intent.External, why string) {
	before := r.fragment()
	before.External = []*intent.External{e}
	c := Change{
		Pass: "leaving", Feature: f, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Routed, Fate: FateRewritten, From: wholeExternal(e),
		Summary: objectOf(e.From) + " need not be written: what is sent to " + e.Title() + " goes there by itself", Detail: why, Fix: "nothing", Before: before, After: r.fragment(),
	}
	if endpointed(e) {
		c.Feature, c.Code, c.Drift, c.Fate = ExternalEndpoints, diag.Refused, intent.Other, FateDropped
		c.Summary = objectOf(e.From) + " is not written: the endpoints of " + e.Title() + ": " + why
		c.Detail = "what is sent there goes where its name leads, and nowhere where it has none"
		c.Fix = "give the endpoints a Service without a selector and an EndpointSlice, and send callers there"
	}
	r.record(c)
}

// keptIn notes that what was let out stays in, since the target cannot say it
// beside what holds back.
func (r *run) keptIn(f Feature, e *intent.External, held []*intent.Egress, why string) {
	before := r.leaving(held...)
	before.External = []*intent.External{e}
	r.record(Change{
		Pass: "leaving", Feature: f, Code: diag.AllowLost, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDropped, From: wholeExternal(e),
		Summary: e.Title() + " is not let out: " + why, Detail: "clients that may send only to known hosts outside no longer reach it",
		Fix: "let it out by hand", Before: before, After: r.leaving(held...),
	})
}

// wholeExternal is where all that makes hosts known is said.
func wholeExternal(e *intent.External) intent.Origin {
	out := merge(e.From, atomRefs(e.Scope.Client))
	intent.Walk(&intent.Model{External: []*intent.External{e}}, func(p intent.Part) {
		switch p.(type) {
		case *intent.Home, *intent.Pair: // of the object, which may say more
		default:
			out = merge(out, p.Origin())
		}
	})
	return out
}

// ownEgress reports whether the target does by itself what a fact says.
func (r *run) ownEgress(e *intent.Egress) bool {
	return r.t.Egress != nil && slices.ContainsFunc(r.t.Egress(r.m.Env), func(o *intent.Egress) bool { return slices.Equal(o.From, e.From) })
}

// withOwnEgress adds what the target itself does with what leaves.
func (r *run) withOwnEgress(said []*intent.Egress) []*intent.Egress {
	if r.t.Egress == nil {
		return said
	}
	own := r.t.Egress(r.m.Env)
	if len(own) == 0 || slices.ContainsFunc(said, func(e *intent.Egress) bool { return match.IsTrue(e.Scope.Client) }) {
		return said
	}
	c := Change{
		Pass: "leaving", Feature: EgressDefault, Code: diag.Narrowed, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDrifted,
		Summary: "the target lets nothing out of the cluster by default that nothing makes known", Detail: "clients no longer reach other hosts",
		Fix: "make the hosts known, or change the default", Before: r.leaving(said...), After: r.leaving(slices.Concat(said, own)...),
	}
	r.record(c)
	return slices.Concat(said, own)
}

// verifyOutside finds what the target cannot say of what leaves.
func verifyOutside(m *intent.Model, t Target, fail failure) {
	for _, e := range m.External {
		fail(string(ExternalHosts), e.From, t.Caps.Says(ExternalHosts, e))
		if endpointed(e) {
			fail(string(ExternalEndpoints), e.From, t.Caps.Says(ExternalEndpoints, e))
		}
	}
	for _, v := range m.Visible {
		fail(string(Visibility), v.From, t.Caps.Says(Visibility, v))
	}
	for _, e := range m.Egress {
		fail(string(EgressDefault), e.From, t.Caps.Says(EgressDefault, e))
	}
}
