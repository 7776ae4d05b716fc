package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// sayableAllows takes off what callers may dial what the target cannot say, where its
// policies of callers hold for what leaves the cluster, too: denials at the servers would
// let all of that out.
func (r *run) sayableAllows(facts dialledFacts) (out dialledFacts, taken []Change) {
	if !r.t.DialsOut {
		return facts, nil
	}
	out.def = facts.def
	for _, a := range facts.access {
		why := r.t.Caps.Says(AccessDialled, a)
		if why == "" || a.Effect != intent.Allow || a.Mode != intent.Enforced {
			out.access = append(out.access, a)
			continue
		}
		said, exact := r.sayableParts(a)
		out.access = append(out.access, said...)
		if !exact {
			taken = append(taken, r.allowTaken(a, said, why))
		}
	}
	return out, taken
}

// sayableParts are the alternatives of a fact that the target can say; exact is that all
// are.
func (r *run) sayableParts(a *intent.Access) (said []*intent.Access, exact bool) {
	all, ok := conjuncts(a.When, manyFacts)
	if !ok {
		return nil, false
	}
	var when []match.Expr
	for _, c := range all {
		part := *a
		if part.When = c.expr(); r.t.Caps.Says(AccessDialled, &part) == "" {
			when = append(when, part.When)
		}
	}
	part := *a
	if part.When = match.Disj(when...); len(when) == 0 || r.t.Caps.Says(AccessDialled, &part) != "" {
		return nil, false
	}
	return []*intent.Access{&part}, len(when) == len(all)
}

// allowTaken is the account of what callers may dial no longer.
func (r *run) allowTaken(a *intent.Access, said []*intent.Access, why string) Change {
	before, after := r.fragment(), r.fragment()
	closed := []*intent.Default{{Side: intent.Dialled, Effect: intent.Deny}, {Effect: intent.Allow}}
	before.Access, before.Default = []*intent.Access{a}, closed
	after.Access, after.Default = slices.Clone(said), closed
	c := Change{
		Pass: "egress", Feature: AccessDialled, Code: diag.Narrowed, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDrifted, From: merge(a.From, atomRefs(a.When, a.Scope.Client)),
		Summary: ruleOf(a.From) + " lets out less: " + why, Detail: "requests that it let out are denied", Fix: "let them out by a rule that the target can say", Before: before, After: after,
	}
	if len(said) == 0 {
		c.Code, c.Fate = diag.AllowLost, FateDropped
		c.Summary = ruleOf(a.From) + " lets nothing out: " + why
	}
	return c
}
