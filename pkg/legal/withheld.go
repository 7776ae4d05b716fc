package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// withhold denies all requests of a scope for which when holds, in place of what
// the target cannot say. Allow facts cannot undo it, as a Default alone could.
func (r *run) withhold(home *intent.Home, scope intent.Scope, when match.Expr, why string, from intent.Origin) *intent.Access {
	a := &intent.Access{Home: home, Scope: scope, Effect: intent.Deny, When: when, Comment: why, Withheld: true, From: from}
	r.m.Access = append(r.m.Access, a)
	if match.IsTrue(when) {
		d := &intent.Default{Home: home, Scope: scope, Effect: intent.Deny, Withheld: true, Why: why, From: from}
		r.m.Default = append([]*intent.Default{d}, r.m.Default...)
	}
	return a
}

// withheldScopes makes what readers withheld hold against Allow facts of other
// objects: a policy that could not be read may have denied what they admit.
func withheldScopes(r *run) {
	for _, d := range r.m.Default {
		if !d.Withheld || d.Effect != intent.Deny {
			continue
		}
		before, after := r.fragment(), r.fragment()
		before.Access, before.Default = slices.DeleteFunc(slices.Clone(r.m.Access), standsFor(d)), r.m.Default
		r.m.Access = append(slices.Clone(before.Access), &intent.Access{Home: d.Home, Scope: d.Scope, Effect: intent.Deny, Comment: d.Why, Withheld: true, From: d.From})
		after.Access, after.Default = r.m.Access, r.m.Default
		r.record(Change{
			Pass: "withheld", Feature: AccessDeny, Code: diag.Withheld, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateWithheld, From: d.From,
			Summary: d.Why + ", so all requests" + subjectWords(d.Scope) + " count as denied", Detail: "nobody is let in there", Fix: "correct it and translate again",
			Before: before, After: after,
		})
	}
}

// standsFor tells which facts deny for a withheld default already.
func standsFor(d *intent.Default) func(*intent.Access) bool {
	subject, client := match.Key(d.Scope.Subject), match.Key(d.Scope.Client)
	return func(a *intent.Access) bool {
		return a.Withheld && a.Effect == intent.Deny && slices.Equal(a.From, d.From) && match.Key(a.Scope.Subject) == subject && match.Key(a.Scope.Client) == client
	}
}

// subjectWords names the workloads of a scope; "" is all.
func subjectWords(s intent.Scope) string {
	if match.IsTrue(s.Subject) {
		return ""
	}
	return " to " + match.String(s.Subject)
}

// opaqueSecurity withholds what configuration of another mesh may have guarded.
func opaqueSecurity(r *run) {
	var rest []*intent.Opaque
	for _, o := range r.m.Opaque {
		if !o.Security || r.understands(o) {
			rest = append(rest, o)
			continue
		}
		c := Change{
			Pass: "opaque-security", Feature: OpaqueConfig, Code: diag.Widened, Drift: intent.Wider, Aspect: intent.Admission, Fate: FateDropped, From: o.From,
			Summary: o.At.Object + " is dropped: " + o.Mesh + " alone understands it", Detail: "what it kept out is let in: " + o.Why, Fix: r.nearest(o),
		}
		if !r.accepts(c) {
			c.Code, c.Drift, c.Fate = diag.Withheld, intent.Narrower, FateWithheld
			c.Summary = o.At.Object + " may keep requests out and " + o.Mesh + " alone understands it"
			c.Detail = "nobody is let in at the workloads that it concerns: " + o.Why
			r.withhold(o.Home, o.Scope, nil, c.Summary, o.From)
		}
		r.record(c)
	}
	r.m.Opaque = rest
}
