package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// tokens withholds workloads whose tokens the target cannot validate: requests
// with forged ones would pass. Rules that are let in by a token are narrowed
// later, when their conditions are looked at.
func tokens(r *run) {
	var rest []*intent.Tokens
	for _, t := range r.m.Tokens {
		why := r.t.Caps.Says(TokenRules, t)
		if why == "" {
			rest = append(rest, t)
			continue
		}
		before := r.denying()
		before.Tokens = []*intent.Tokens{t}
		c := Change{
			Pass: "tokens", Feature: TokenRules, Code: diag.Widened, Drift: intent.Wider, Aspect: intent.Tokening, Fate: FateDropped, From: tokenOrigin(t),
			Summary: objectOf(t.From) + " is dropped: " + why, Detail: "requests with tokens that are not valid are let in",
			Fix: "validate tokens at the ingress or in the workload", Before: before, After: r.denying(),
		}
		if !r.accepts(c) {
			c.Code, c.Drift, c.Fate = diag.Withheld, intent.Narrower, FateWithheld
			c.Summary, c.Detail = objectOf(t.From)+" cannot be said: "+why, "nobody is let in at the workloads that it concerns"
			c.Aspect = intent.Admission
			c.After = r.denying(r.withhold(t.Home, t.Scope, nil, c.Summary, t.From))
		}
		r.record(c)
	}
	r.m.Tokens = rest
}

// tokenOrigin lists the input values of a set of rules.
func tokenOrigin(t *intent.Tokens) intent.Origin {
	out := t.From
	for i := range t.Rules {
		out = merge(out, t.Rules[i].From)
	}
	return out
}
