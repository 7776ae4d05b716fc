package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// sayableAllows takes off what callers may dial what the target cannot say, and closes more
// callers where it cannot say of whom a denial is, where its policies of callers hold for
// what leaves the cluster, too: denials at the servers would let all of that out.
func (r *run) sayableAllows(facts dialledFacts) (out dialledFacts, taken []Change) {
	if !r.t.DialsOut {
		return facts, nil
	}
	for _, d := range facts.def {
		if why := r.t.Caps.Says(AccessDialled, d); why != "" && d.Effect == intent.Deny {
			c := r.closedCallers(d)
			taken, d = append(taken, r.callersClosed(d, c, why)), c
		}
		out.def = append(out.def, d)
	}
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

// closedCallers is a denial of all that is dialled, said of all clients who meet those
// conditions of it that the target can say.
func (r *run) closedCallers(d *intent.Default) *intent.Default {
	c := *d
	c.Withheld, c.Why = true, objectOf(d.From)+" closes some clients, and cannot be said of them alone"
	c.Scope.Client = match.Simplify(match.Weaken(d.Scope.Client, func(l match.Literal) bool {
		one := *d
		one.Scope = intent.Scope{Client: literals([]match.Literal{l})}
		return r.t.Caps.Says(AccessDialled, &one) == ""
	}))
	if r.t.Caps.Says(AccessDialled, &c) != "" {
		c.Scope.Client = match.True
	}
	return &c
}

// callersClosed is the account of a denial that is said of more clients.
func (r *run) callersClosed(d, closed *intent.Default, why string) Change {
	before, after := r.fragment(), r.fragment()
	before.Default, after.Default = []*intent.Default{d, {Effect: intent.Allow}}, []*intent.Default{closed, {Effect: intent.Allow}}
	return Change{
		Pass: "egress", Feature: AccessDialled, Code: diag.Withheld, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateWithheld, From: merge(d.From, atomRefs(d.Scope.Client)),
		Summary: "what " + objectOf(d.From) + " keeps its clients from dialling is kept from more clients: " + why, Detail: "they may dial only what is allowed to them",
		Fix: "select the clients by what the target can say", Before: before, After: after,
	}
}
