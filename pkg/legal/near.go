package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// near says conditions in the nearest way that the target has, for those that it
// ties to others by what it is: clients by labels that are endpoints of the own
// cluster, addresses that are outside of it.
func near(r *run) {
	if r.t.Access.Combine != DenyOverrides || r.t.Access.Near == nil {
		return
	}
	var out []*intent.Access
	for _, a := range r.m.Access {
		if a.Mode != intent.Enforced {
			out = append(out, a)
			continue
		}
		when, differs := r.t.Access.Near(r.m.Env, a)
		if match.IsFalse(when) && differs == "" {
			r.never("near", a)
			continue
		}
		if match.Equal(when, a.When) {
			out = append(out, a)
			continue
		}
		done := *a
		done.When = when
		c := Change{
			Pass: "near", Feature: AccessAllow, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: a.From,
			Summary: objectOf(a.From) + " says in other words whom it is about", Fix: "nothing", Before: r.admitting(a), After: r.admitting(&done),
		}
		if a.Effect != intent.Allow {
			c.Feature, c.Before, c.After = AccessDeny, r.denying(a), r.denying(&done)
		}
		if differs != "" {
			c.Code, c.Drift, c.Fate = diag.Narrowed, intent.Narrower, FateDrifted
			c.Summary, c.Detail, c.Fix = objectOf(a.From)+" is about "+differs, "other clients are denied", "nothing, if there are no others"
		}
		out = append(out, &done)
		r.record(c)
	}
	r.m.Access = out
}
