package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// noAccounts are clients whose identity is no service account's, such as machines.
var noAccounts = match.Conj(identified, match.Negate(anyIdentity))

// strictForAccounts keeps clients out whose identity is no service account's
// where mutual TLS is required, for targets that tell only accounts apart.
func (r *run) strictForAccounts() {
	if match.Equal(r.t.Access.Complete(r.m.Env, identified), identified) {
		return
	}
	all := served(r.m.Transport)
	near := r.acceptance()
	for i, t := range all {
		if t.Mode != intent.Strict || t.Accounts {
			continue
		}
		subject := match.Simplify(remaining(t.Scope.Subject, all[:i]))
		here := near.at(r, subject)
		if !lets(here, noAccounts, subject) {
			continue
		}
		after := *here
		after.Access = slices.Clone(here.Access)
		for _, part := range byGrants(here, subject) {
			denial := &intent.Access{
				Home: t.Home, Scope: intent.Scope{Subject: part.subject}, Effect: intent.Deny,
				When: match.Conj(match.Negate(anyIdentity), match.Negate(part.names)), From: t.From,
			}
			r.m.Access, after.Access = append(r.m.Access, denial), append(after.Access, denial)
			near.access.add(part.subject, denial)
		}
		r.record(accountsAlone(Change{
			Pass: "complete", Feature: TransportStrict, Aspect: intent.Admission, From: t.From,
			Summary: objectOf(t.From) + " lets in service accounts only", Before: here, After: &after,
		}))
	}
}

// accountsDemanded demands any identity where only service accounts have one, for
// targets whose mutual TLS demands that.
func (r *run) accountsDemanded() {
	for i, t := range r.m.Transport {
		if t.Side == intent.Served && t.Accounts && r.noTransport(t) == "" {
			said := *t
			said.Accounts = false
			r.m.Transport[i] = &said
		}
	}
}

const (
	machinesDenied = "clients whose identity is no service account's, such as the SPIFFE name of a machine, are denied"
	nameMachines   = "nothing, if all clients are service accounts; name the others one by one"
)

// granted are workloads with the identities that policies let in there by name.
type granted struct{ subject, names match.Expr }

// byGrants parts workloads by whether policies name identities there that are no
// service accounts'.
func byGrants(m *intent.Model, subject match.Expr) []granted {
	var at, named []match.Expr
	for _, a := range m.Access {
		if a.Effect != intent.Allow || a.Mode != intent.Enforced || !meet(a.Scope.Subject, subject) {
			continue
		}
		before := len(named)
		match.Atoms(a.When, func(x match.Atom, negated bool) {
			if x.Field == match.ClientIdentity && x.Op != match.Present && !negated {
				named = append(named, x)
			}
		})
		if len(named) > before {
			at = append(at, match.Simplify(a.Scope.Subject))
		}
	}
	if len(at) == 0 {
		return []granted{{subject, match.False}}
	}
	out := []granted{{match.Conj(subject, match.Disj(at...)), match.Disj(named...)}}
	if rest := match.Conj(subject, match.Negate(match.Disj(at...))); meet(rest, nil) {
		out = append(out, granted{rest, match.False})
	}
	return out
}

// accountsAlone says of a change that it lets in service accounts only.
func accountsAlone(c Change) Change {
	c.Code, c.Drift, c.Fate = diag.Narrowed, intent.Narrower, FateDrifted
	c.Detail, c.Fix = machinesDenied, nameMachines
	return c
}

// lets reports whether some of the clients may be let in at workloads, if only by
// default; denials are not looked at.
func lets(m *intent.Model, clients, subject match.Expr) bool {
	var ask match.Space
	meets := func(a, b match.Expr) bool {
		_, answer := ask.Overlap(a, b)
		return answer != match.No
	}
	subject = match.Simplify(subject)
	apart := func(s intent.Scope) bool { return match.Apart(subject, match.Simplify(s.Subject)) }
	for _, a := range m.Access {
		if a.Effect != intent.Allow || a.Mode != intent.Enforced || a.Side != intent.Served || apart(a.Scope) {
			continue
		}
		if meets(match.Conj(subject, match.Simplify(a.Scope.Subject)), match.Conj(clients, match.Simplify(a.When))) {
			return true
		}
	}
	for _, d := range m.Default {
		switch {
		case d.Side != intent.Served || apart(d.Scope):
		case d.Effect == intent.Allow && meets(subject, d.Scope.Subject):
			return true
		case d.Effect == intent.Deny:
			subject = match.Conj(subject, match.Negate(match.Simplify(d.Scope.Subject)))
		}
	}
	return meets(subject, nil)
}
