package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// modes drops facts that enforce nothing, where the target has none such: they
// may never come to be enforced.
func modes(r *run) {
	var rest []*intent.Access
	for _, a := range r.m.Access {
		f, why := r.noMode(a)
		if why == "" {
			rest = append(rest, a)
			continue
		}
		r.record(Change{
			Pass: "modes", Feature: f, Code: diag.Dropped, Drift: intent.Other, Aspect: intent.Auditing, Fate: FateDropped, From: a.From,
			Summary: objectOf(a.From) + " is not written: " + why, Detail: "it enforced nothing; what it told is told no more",
			Fix: "use the target's own logs", Before: r.denying(a), After: r.denying(),
		})
	}
	r.m.Access = rest
}

// noMode says why a fact that enforces nothing cannot be said.
func (r *run) noMode(a *intent.Access) (Feature, string) {
	if a.Mode == intent.Enforced {
		return "", ""
	}
	f := map[intent.Mode]Feature{intent.Audit: AccessAudit, intent.DryRun: AccessDryRun}[a.Mode]
	if why := r.t.Caps.Says(f, a); why != "" || a.Effect != intent.Ask {
		return f, why
	}
	return AccessAsk, r.t.Caps.Says(AccessAsk, a)
}

// asked denies what an external provider was to agree to, where the target
// cannot ask one.
func asked(r *run) {
	var rest []*intent.Access
	var denied []*intent.Access
	for _, a := range r.m.Access {
		why := ""
		if a.Effect == intent.Ask && a.Mode == intent.Enforced {
			why = r.t.Caps.Says(AccessAsk, a)
			if open := r.failsOpen(a); why == "" && open != a.FailOpen {
				if why = failsOpen; !open {
					why, a = "", r.mustAnswer(a)
				}
			}
		}
		if why == "" {
			rest = append(rest, a)
			continue
		}
		c := Change{
			Pass: "ask", Feature: AccessAsk, Code: diag.Widened, Drift: intent.Wider, Aspect: intent.Admission, Fate: FateDropped, From: a.From,
			Summary: objectOf(a.From) + " asks nobody: " + why, Detail: "requests are let in that " + a.Provider + " may have refused",
			Fix: "let the workload ask", Before: r.denying(a), After: r.denying(),
		}
		if !r.accepts(c) {
			deny := *a
			deny.Effect, deny.Provider, deny.Withheld = intent.Deny, "", true
			deny.Comment = "stands for external authorization by " + a.Provider
			denied = append(denied, &deny)
			c.Code, c.Drift, c.Fate, c.After = diag.Withheld, intent.Narrower, FateWithheld, r.denying(&deny)
			c.Summary = objectOf(a.From) + " cannot ask " + a.Provider + ": " + why
			c.Detail = "requests about which it was to be asked are denied"
		}
		r.record(c)
	}
	r.m.Access = append(rest, denied...)
}

const failsOpen = "the provider of that name lets requests pass where it does not answer"

// failsOpen reports whether the provider that a fact asks lets requests pass in the target
// where it does not answer.
func (r *run) failsOpen(a *intent.Access) bool {
	if r.t.FailsOpen == nil {
		return a.FailOpen
	}
	return r.t.FailsOpen(r.m.Env, a.Provider)
}

// mustAnswer has a fact ask a provider that must answer in the target.
func (r *run) mustAnswer(a *intent.Access) *intent.Access {
	closed := *a
	closed.FailOpen = false
	r.record(Change{
		Pass: "ask", Feature: AccessAsk, Code: diag.Narrowed, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDrifted, From: a.From,
		Summary: objectOf(a.From) + " lets requests pass where " + a.Provider + " does not answer, and the target does not", Detail: "such requests are denied",
		Fix: "configure the provider to fail open in the target", Before: r.denying(a), After: r.denying(&closed),
	})
	return &closed
}
