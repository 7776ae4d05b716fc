package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// outside works out what holds for workloads without a name: it is closed where
// anything is denied there.
func (n *namer) outside() {
	closed := n.closedOutside()
	for _, a := range n.m.Access {
		if !letsInOrOut(a) || !n.isOutside(a.Scope.Subject) {
			continue
		}
		n.unnamed[a] = true
		if a.Effect == intent.Deny && closed == nil {
			closed = &intent.Default{Home: a.Home, From: a.From}
		}
		if a.Effect == intent.Deny || closed != nil {
			n.lose(a, reason{"workloads without a name cannot be told apart", showMore})
		}
	}
	switch {
	case closed != nil && !(n.ownEffect() == intent.Deny && closed.From.Defaulted()):
		n.beyond = &intent.Default{Home: closed.Home, Effect: intent.Deny, From: closed.From, Withheld: closed.Withheld, Why: closed.Why}
	case closed == nil && n.ownEffect() == intent.Deny:
		n.grow("workloads without a name are denied")
	}
}

// closedOutside is the first default that denies at workloads without a name, or
// nil where they are open.
func (n *namer) closedOutside() *intent.Default {
	for _, d := range n.m.Default {
		if d.Side != intent.Served || !n.isOutside(d.Scope.Subject) {
			continue
		}
		if d.Effect == intent.Deny {
			if !match.IsTrue(d.Scope.Subject) {
				n.grow("workloads without a name cannot be told apart")
			}
			return d
		}
		if match.IsTrue(d.Scope.Subject) {
			return nil
		}
	}
	return nil
}

// isOutside reports whether a scope covers workloads that no party is.
func (n *namer) isOutside(scope match.Expr) bool {
	scope = n.subject(scope)
	and := []match.Expr{match.Simplify(scope)}
	key := match.Key(scope)
	for _, i := range n.index.subjects.near(n.alternatives(scope, key)) {
		p := n.parties[i]
		if p.Subject == nil || match.Apart(scope, p.Subject) {
			continue
		}
		if n.reach(scope, p.Subject, key, match.Key(p.Subject)) == allOf {
			return false
		}
		if n.covers(scope, p) != noneOf {
			and = append(and, match.Negate(match.Simplify(p.Subject)))
		}
	}
	return meet(match.Map(match.Conj(and...), func(a match.Atom) match.Expr {
		if a.Field == match.Service && n.services[a.Value] {
			return match.False
		}
		return nil
	}), nil)
}

// shutDestinations keeps all clients from what names outside of the mesh stand for, of which
// nothing is said: as names of workloads they are closed with all others.
func (n *namer) shutDestinations(servers []Named) {
	if n.beyond == nil {
		return
	}
	n.m.External = slices.Clone(n.m.External)
	for i, e := range n.m.External {
		said := func(s Named) bool { return e.Home != nil && s.Namespace == e.Home.Namespace && s.Name == e.Home.Name }
		if match.IsFalse(e.Scope.Client) || !n.beyond.Withheld && slices.ContainsFunc(servers, said) {
			continue
		}
		shut := *e
		shut.Scope.Client = match.False
		before, after := n.leaving(n.m.Egress...), n.leaving(n.m.Egress...)
		before.External, after.External = []*intent.External{e}, []*intent.External{&shut}
		n.m.External[i] = &shut
		n.record(Change{
			Pass: "named", Feature: ExternalHosts, Code: diag.AllowLost, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDrifted, From: merge(wholeExternal(e), n.beyond.From),
			Summary: e.Title() + " is not let out: it has a name as servers have, and those of which nothing is said are closed", Detail: "clients no longer reach it",
			Fix: "let clients in by its name", Before: before, After: after,
		})
	}
}
