package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// visibility takes out which hosts clients are told of, where the target tells all of all:
// clients then get routes and policies of hosts that were sent to as they are, and reach
// those which were kept from them since what leaves is denied to them.
func visibility(r *run) {
	all, denied := r.m.Visible, intent.Denied(r.m.Egress)
	for i := len(all) - 1; i >= 0; i-- {
		v := all[i]
		why := r.t.Caps.Says(Visibility, v)
		if why == "" {
			continue
		}
		before, known := r.m.Visible, r.m.External
		r.m.Visible = slices.DeleteFunc(slices.Clone(r.m.Visible), func(x *intent.Visibility) bool { return x == v })
		if !v.HidesAny() {
			continue
		}
		c := Change{
			Pass: "visibility", Feature: Visibility, Code: diag.Dropped, Drift: intent.Same, Aspect: intent.Routed, Fate: FateDropped, From: visibleRefs(v),
			Summary: objectOf(v.From) + " does not keep clients from being told of " + hiddenText(v) + ": " + why,
			Detail:  "no route and no policy is about that", Fix: "nothing",
		}
		told := toldBy(all, i)
		denied := partWith(told, denied)
		if meet(told, denied) {
			whole := !meet(told, match.Negate(denied))
			if r.t.DialsOut {
				r.keepUntold(v, told, denied, whole)
			}
			kept := c
			kept.Code, kept.Drift, kept.Aspect = diag.Widened, intent.Wider, intent.Admission
			kept.Detail = "the clients reach what nothing makes known to them"
			kept.Fix = "keep them out by policies of the Services, or accept it"
			kept.Before, kept.After = r.told(before, known, told, denied), r.told(r.m.Visible, r.m.External, told, denied)
			r.record(kept)
			if whole {
				continue
			}
		}
		switch {
		case r.concerns(v):
			c.Code, c.Drift = diag.NotTranslated, intent.Other
			c.Detail, c.Fix = "what they send there gets routes and policies, where the source sends it as it is", "see that they send nothing there, or that the routes may hold for them"
		case r.secures():
			c.Drift, c.Aspect = intent.Other, intent.Securing
			c.Detail = "no route and no policy is about that; what they send there is secured as all else, where the source sends plaintext"
			c.Fix = "see that the servers may know who calls, and let in whom their policies name"
		}
		r.record(c)
	}
}

// secures reports whether the target's callers secure connections of which nothing is
// said.
func (r *run) secures() bool {
	return slices.ContainsFunc(r.ownDials(), func(t *intent.Transport) bool { return t.Mode != intent.Plain })
}

// hiddenText names what a fact hides.
func hiddenText(v *intent.Visibility) string {
	if v.Host != (intent.Host{}) {
		return v.Host.String()
	}
	return "Services that it does not list"
}

// toldBy holds for the clients for whom a fact decides what they are told of.
func toldBy(all []*intent.Visibility, i int) match.Expr {
	clients := []match.Expr{match.Simplify(all[i].Scope.Client)}
	for _, v := range all[:i] {
		if client := match.Simplify(v.Scope.Client); v.Host == (intent.Host{}) && all[i].Host == v.Host && !match.Apart(client, clients[0]) {
			clients = append(clients, match.Negate(client))
		}
	}
	return match.Conj(clients...)
}

// partWith is the part of a condition that is not seen to hold only where another does not.
func partWith(other, e match.Expr) match.Expr {
	or, ok := e.(match.Or)
	if !ok {
		return e
	}
	return match.Disj(slices.DeleteFunc(slices.Clone(or), func(x match.Expr) bool { return match.Apart(x, other) })...)
}

// told is a fragment of what the clients whom a fact covers are told of, where they are
// denied the rest. What others send to hosts that they are not told of goes on, and is no
// matter of who gets there.
func (r *run) told(facts []*intent.Visibility, known []*intent.External, covered, denied match.Expr) *intent.Model {
	f := r.fragment()
	for _, e := range known {
		one := *e
		one.Scope.Client = ofThose(covered, match.Simplify(e.Scope.Client))
		f.External = append(f.External, &one)
	}
	for _, e := range r.m.Egress {
		if !match.Apart(match.Simplify(e.Scope.Client), covered) {
			f.Egress = append(f.Egress, e)
		}
	}
	for _, v := range facts {
		if client := match.Simplify(v.Scope.Client); !match.Apart(client, covered) {
			one := *v
			one.Scope.Client = match.Conj(client, denied)
			f.Visible = append(f.Visible, &one)
		}
	}
	return f
}

func visibleRefs(v *intent.Visibility) intent.Origin {
	out := merge(v.From, atomRefs(v.Scope.Client))
	for _, s := range slices.Concat(v.Shows, v.Hides) {
		out = merge(out, s.From)
	}
	return out
}

// concerns reports whether something is said of a host that a fact hides from clients, of
// whom it is said too.
func (r *run) concerns(v *intent.Visibility) bool {
	one := *r.m
	one.Visible = []*intent.Visibility{v}
	hides := func(h intent.Host, client match.Expr) bool {
		if h.Wide() {
			return true
		}
		hidden, _ := one.Hidden(h)
		return meet(hidden, client)
	}
	return slices.ContainsFunc(r.m.Routing, func(t *intent.Routing) bool { return t.Entry.IsZero() && hides(t.Host, t.Scope.Client) }) ||
		slices.ContainsFunc(r.m.Upstream, func(u *intent.Upstream) bool { return !u.From.Defaulted() && hides(u.Host, u.Scope.Client) }) ||
		slices.ContainsFunc(r.m.Transport, func(t *intent.Transport) bool {
			return t.Side == intent.Dialled && !t.Host.Wide() && hides(t.Host, t.Scope.Client)
		})
}
