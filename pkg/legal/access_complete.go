package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// complete adds what conditions on clients must say for the target. Only what
// lets clients in may be told more exactly; what keeps them out stays.
func complete(r *run) {
	if r.t.Access.Combine != Partition || r.t.Access.Complete == nil {
		return
	}
	for i, a := range r.m.Access {
		if a.Effect != intent.Allow || a.Mode != intent.Enforced {
			continue
		}
		done := *a
		done.When = r.t.Access.Complete(r.m.Env, a.When)
		if match.Equal(done.When, a.When) {
			continue
		}
		r.m.Access[i] = &done
		r.completed(a, &done)
	}
	r.strictForAccounts()
}

// completed notes that a fact is told more exactly.
func (r *run) completed(before, after *intent.Access) {
	c := Change{
		Pass: "complete", Feature: AccessTrust, Code: diag.Narrowed, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDrifted, From: before.From,
		Summary: objectOf(before.From) + " lets in clients of the mesh's own trust domain only", Detail: "clients of other trust domains that share the mesh's root certificate are denied",
		Fix: "nothing, if all clients are of trust domain " + r.m.Env.TrustDomain, Before: r.admitting(before), After: r.admitting(after),
	}
	switch {
	case !asksAccount(before.When) && asksAccount(after.When):
		c.Feature, c.Summary = AccessAccount, objectOf(before.From)+" lets in service accounts only"
		if trusts(after.When) > trusts(before.When) {
			c.Summary += ", of the mesh's own trust domain where none is named"
		}
		c.Detail, c.Fix = machinesDenied, nameMachines
	case slices.Equal(r.m.Baseline.Trusts, []string{r.m.Env.TrustDomain}):
		c.Code, c.Drift, c.Fate = diag.Approximated, intent.Same, FateRewritten
		c.Summary, c.Detail, c.Fix = objectOf(before.From)+" says of what trust domain all clients are", "", "nothing"
	}
	r.record(c)
}

// asksAccount reports whether a predicate asks for a service account.
func asksAccount(e match.Expr) bool {
	asks := false
	match.Atoms(e, func(a match.Atom, _ bool) { asks = asks || isAnyIdentity(&a) })
	return asks
}

// trusts counts the atoms that ask for a trust domain.
func trusts(e match.Expr) (n int) {
	match.Atoms(e, func(a match.Atom, _ bool) {
		if a.Field == match.ClientTrust {
			n++
		}
	})
	return n
}
