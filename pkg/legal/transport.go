package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// transport says how connections are accepted, for targets that have no switch
// for it: who must have an identity becomes a denial of those who have none. A
// target that combines by Partition gets this from the pass servers, a target
// without admission from the pass no-access.
func transport(r *run) {
	if r.t.Access.Combine != DenyOverrides {
		return
	}
	r.accountsDemanded()
	var rest []*intent.Transport
	for i, t := range r.m.Transport {
		if t.Side != intent.Served || r.noTransport(t) == "" {
			rest = append(rest, r.saidStrict(t))
			continue
		}
		r.acceptOtherwise(r.m.Transport[i:], rest)
	}
	r.m.Transport = rest
}

// noTransport says why a fact about accepted connections cannot be said.
func (r *run) noTransport(t *intent.Transport) string {
	if t.From.Defaulted() && (t.Mode != intent.Strict || r.strictByItself()) {
		return ""
	}
	var needs []Feature
	switch t.Mode {
	case intent.Strict:
		needs = append(needs, TransportStrict)
	case intent.Plain:
		needs = append(needs, TransportPlain)
	}
	if len(ports(t.Scope.Subject)) > 0 {
		needs = append(needs, TransportPort)
	}
	for _, f := range needs {
		if why := r.t.Caps.Says(f, t); why != "" {
			return why
		}
	}
	if r.t.Access.Combine != DenyOverrides || r.t.Access.Scope == nil {
		return ""
	}
	return r.t.Access.Scope(match.Simplify(match.Map(t.Scope.Subject, func(a match.Atom) match.Expr {
		if a.Field == match.Port {
			return match.True
		}
		return nil
	})))
}

// saidStrict says what the source demands by itself and the target does not, so
// that it is written.
func (r *run) saidStrict(t *intent.Transport) *intent.Transport {
	if t.Side != intent.Served || t.Mode != intent.Strict || !t.From.Defaulted() || r.strictByItself() {
		return t
	}
	said := *t
	said.From = nil
	r.record(Change{
		Pass: "transport", Feature: TransportStrict, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: t.From,
		Summary: "mutual TLS is demanded everywhere, as the source does by itself", Fix: "nothing",
	})
	return &said
}

// strictByItself reports whether the target demands mutual TLS where nothing is
// said.
func (r *run) strictByItself() bool {
	if r.t.Transport == nil {
		return false
	}
	return slices.ContainsFunc(r.t.Transport(r.m.Env), func(t *intent.Transport) bool {
		return t.Side == intent.Served && t.Mode == intent.Strict && match.IsTrue(match.Simplify(t.Scope.Subject))
	})
}

// acceptOtherwise takes out the first of a list of facts; those before it are
// earlier. The next one that covers its points decides there from now on, so
// that what the fact did is said as admission, or that it was less strict is
// lost.
func (r *run) acceptOtherwise(list, earlier []*intent.Transport) {
	t, next := list[0], served(list[1:])
	scope := intent.Scope{Subject: remaining(t.Scope.Subject, earlier)}
	if !meet(scope.Subject, nil) {
		r.record(Change{
			Pass: "transport", Feature: transportFeature(t), Code: diag.Shadowed, Drift: intent.Same, Aspect: intent.Admission, Fate: FateInert, From: t.From,
			Summary: objectOf(t.From) + " is not written: others decide wherever it holds", Fix: "nothing",
		})
		return
	}
	before := r.fragment()
	before.Access, before.Default, before.Transport = r.m.Access, r.m.Default, append(served(earlier), served(list)...)
	c := Change{
		Pass: "transport", Feature: transportFeature(t), Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: t.From,
		Summary: objectOf(t.From) + " is written as admission: " + r.noTransport(t), Fix: "nothing",
	}
	if t.Mode == intent.Plain {
		r.withoutIdentity(scope.Subject)
	}
	if t.Mode == intent.Strict && !r.strictAnyway(scope.Subject, next) {
		c = r.demandIdentity(c, t, scope)
	}
	if t.Mode == intent.Permissive && exposed(scope.Subject, next, intent.Plain) {
		c = r.insteadOf(c, t, scope) // clients would lose their identities, and with them what is denied to these
	}
	if t.Mode == intent.Strict && c.Drift == intent.Same && exposed(scope.Subject, next, intent.Plain) {
		c.Code, c.Drift, c.Fate = diag.Narrowed, intent.Narrower, FateDrifted
		c.Detail = "nobody has an identity there"
	}
	if t.Mode != intent.Strict && c.Drift == intent.Same && exposed(scope.Subject, next, intent.Strict) {
		c.Code, c.Drift, c.Fate = diag.Narrowed, intent.Narrower, FateDrifted
		c.Summary = objectOf(t.From) + " is dropped: " + r.noTransport(t)
		c.Detail, c.Fix = "connections without mutual TLS are refused that it accepted", "let the clients join the mesh"
	}
	after := r.fragment()
	after.Access, after.Default, after.Transport = r.m.Access, r.m.Default, append(served(earlier), next...)
	c.Before, c.After = before, after
	r.record(c)
	r.unsecured(t)
}

// unsecured notes that connections are not secured as a fact requires, although
// who is let in is said.
func (r *run) unsecured(t *intent.Transport) {
	if t.Mode != intent.Strict || r.t.Unsecured == nil {
		return
	}
	if why := r.t.Unsecured(r.m.Env); why != "" {
		r.record(Change{
			Pass: "transport", Feature: TransportStrict, Code: diag.Unsecured, Drift: intent.Other, Aspect: intent.Securing, Fate: FateDrifted, From: t.From,
			Summary: objectOf(t.From) + " requires mutual TLS, which the output does not: " + why, Detail: "clients are told apart by their network identity, without certificates",
			Fix: "encrypt the traffic of the cluster, or accept that it is not",
		})
	}
}

func transportFeature(t *intent.Transport) Feature {
	switch {
	case t.Mode == intent.Strict:
		return TransportStrict
	case t.Mode == intent.Plain:
		return TransportPlain
	}
	return TransportPort
}

// remaining is what earlier facts leave of a scope.
func remaining(subject match.Expr, earlier []*intent.Transport) match.Expr {
	and := match.And{subject}
	for _, e := range served(earlier) {
		if meet(e.Scope.Subject, subject) {
			and = append(and, match.Not{X: e.Scope.Subject})
		}
	}
	return match.Simplify(and)
}

// strictAnyway reports whether the facts to come are strict in all of a scope.
func (r *run) strictAnyway(subject match.Expr, next []*intent.Transport) bool {
	for _, n := range next {
		if n.Mode == intent.Strict && implied(subject, n.Scope.Subject) {
			return true
		}
		if meet(n.Scope.Subject, subject) && n.Mode != intent.Strict {
			return false
		}
	}
	return false
}

// exposed reports whether a fact to come has a mode in part of a scope.
func exposed(subject match.Expr, next []*intent.Transport, mode intent.TLSMode) bool {
	for _, n := range next {
		if n.Mode == mode && meet(n.Scope.Subject, subject) {
			return true
		}
	}
	return false
}

// demandIdentity denies clients without identity in a scope, with them those whose
// identity is no service account's where only accounts are told apart, or all of
// them where even that cannot be said.
func (r *run) demandIdentity(c Change, t *intent.Transport, scope intent.Scope) Change {
	for _, who := range []match.Atom{identified, anyIdentity} {
		if t.Accounts && who == identified {
			continue
		}
		missing := match.Literal{Atom: who, Not: true}
		if r.t.Access.Can != nil && r.t.Access.Can(intent.Deny, missing) != "" {
			continue
		}
		if who == anyIdentity && !t.Accounts && lets(r.m, noAccounts, scope.Subject) {
			c = accountsAlone(c)
		}
		r.m.Access = append(r.m.Access, &intent.Access{Home: t.Home, Scope: scope, Effect: intent.Deny, When: literal(missing), From: t.From})
		return c
	}
	return r.insteadOf(c, t, scope)
}

// insteadOf closes a scope, unless it is accepted that the fact is dropped.
func (r *run) insteadOf(c Change, t *intent.Transport, scope intent.Scope) Change {
	c.Code, c.Drift, c.Fate = diag.Widened, intent.Wider, FateDropped
	c.Summary = objectOf(t.From) + " is dropped: " + r.noTransport(t)
	c.Detail, c.Fix = "connections are accepted that were not, or from clients that were not told apart", "require identities in the target's own way"
	if r.accepts(c) {
		return c
	}
	c.Code, c.Drift, c.Fate = diag.Withheld, intent.Narrower, FateWithheld
	c.Summary, c.Detail = objectOf(t.From)+" cannot be said: "+r.noTransport(t), "nobody is let in at the workloads that it concerns"
	r.withhold(t.Home, scope, nil, c.Summary, t.From)
	return c
}

// withoutIdentity rewrites the facts that ask for an identity in a scope where
// no client has one.
func (r *run) withoutIdentity(subject match.Expr) {
	var out []*intent.Access
	for _, a := range r.m.Access {
		stripped := match.Map(a.When, func(x match.Atom) match.Expr {
			if x.Field.Identity() {
				return match.False
			}
			return nil
		})
		if a.Mode != intent.Enforced || match.Equal(stripped, a.When) || !meet(a.Scope.Subject, subject) {
			out = append(out, a)
			continue
		}
		inside, outside := *a, *a
		inside.When, inside.Scope = stripped, intent.Scope{Subject: match.Conj(a.Scope.Subject, subject)}
		outside.Scope = intent.Scope{Subject: match.Conj(a.Scope.Subject, match.Negate(subject))}
		for _, part := range []*intent.Access{&inside, &outside} {
			if !match.IsFalse(part.When) && meet(part.Scope.Subject, nil) {
				out = append(out, part)
			}
		}
	}
	r.m.Access = out
}
