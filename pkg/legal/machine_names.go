package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// machineNames says who machines are as the target knows them. Where it knows them by the
// names of their certificates alone (Target.SPIFFE), that is beside the service account
// that pods may have too; elsewhere a name of the form of an account is that account,
// where no pod is let in by that who was not.
func machineNames(r *run) {
	for i, m := range r.m.Machines {
		switch account, ok := accountNamed(m, r.m.Env.TrustDomain); {
		case r.t.SPIFFE && m.Account != "":
			r.byName(i, m)
		case !r.t.SPIFFE && ok && m.Account == "":
			r.byAccountOf(i, m, account)
		}
	}
}

// accountNamed is the service account of its own namespace that the name of a machine's
// certificate is the form of.
func accountNamed(m *intent.Machine, trust string) (account string, ok bool) {
	if m.Identity == "" {
		return "", false
	}
	as := intent.Machine{Home: m.Home, Account: m.Identity[lastSlash(m.Identity)+1:]}
	return as.Account, as.Account != "" && as.SPIFFE(trust) == m.Identity
}

func lastSlash(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '/' {
			return i
		}
	}
	return -1
}

// byName lets a machine in by the name of its certificate wherever its account is.
func (r *run) byName(i int, m *intent.Machine) {
	now := *m
	now.Account, now.Identity = "", m.SPIFFE(r.m.Env.TrustDomain)
	before, after := r.fragment(), r.fragment()
	missed := intent.Origin(nil)
	for _, a := range r.m.Access {
		also := r.m.Asked(a.When, m)
		if a.Side != intent.Served || a.Mode != intent.Enforced || match.IsFalse(also) || !asksClients(a.When) {
			continue
		}
		if a.Effect == intent.Allow && anyCertified(a.When) {
			missed = merge(missed, a.From)
			continue
		}
		before.Access = append(before.Access, new(*a))
		a.When = match.Simplify(match.Or{a.When, match.Conj(match.Atom{Field: match.ClientIdentity, Value: now.Identity}, also)})
		after.Access = append(after.Access, new(*a))
	}
	r.nowNamed(i, &now, Change{Summary: "by the name of its certificate, " + now.Identity, Fix: "have SPIRE issue it there", Before: before, After: after})
	if len(missed) > 0 {
		r.record(Change{
			Pass: "machine-names", Feature: AccessAccount, Code: diag.Narrowed, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateRewritten, From: merge(m.From, missed),
			Summary: objectOf(m.From) + " is not let in where all with an identity are", Detail: "the target does not count machines among these", Fix: "let it in by name",
		})
	}
}

// byAccountOf lets a machine in by the account that its name is the form of. Facts that
// would let in pods by that stay as they are.
func (r *run) byAccountOf(i int, m *intent.Machine, account string) {
	now := *m
	now.Account, now.Identity = account, ""
	pod := &intent.Machine{Home: &intent.Home{Namespace: m.Home.Namespace}, Account: account}
	before, after := r.fragment(), r.fragment()
	for _, a := range r.m.Access {
		named := match.Simplify(match.Map(a.When, func(x match.Atom) match.Expr {
			if x.Field != match.ClientIdentity || x.Op != match.Exact || x.Value != m.Identity {
				return nil
			}
			return match.And{
				match.Atom{Field: match.ClientTrust, Value: r.m.Env.TrustDomain, Ref: x.Ref},
				match.Atom{Field: match.ClientNamespace, Value: m.Home.Namespace, Ref: x.Ref},
				match.Atom{Field: match.ClientAccount, Value: account, Ref: x.Ref},
			}
		}))
		if match.Equal(named, a.When) {
			continue
		}
		if a.Effect == intent.Allow && !r.noPod(m.Home.Namespace, account) && !implied(r.m.Asked(named, pod), r.m.AskedAs(a.When, pod, "")) {
			continue // a pod with the account would be let in
		}
		before.Access = append(before.Access, new(*a))
		a.When = named
		after.Access = append(after.Access, new(*a))
	}
	r.nowNamed(i, &now, Change{Summary: "by a service account, " + account, Fix: "nothing", Before: before, After: after})
}

// nowNamed puts a machine in the place of one that policies knew by another name, and notes the
// change, of which is given by what they know it, what to do, and the facts.
func (r *run) nowNamed(i int, now *intent.Machine, c Change) {
	old := r.m.Machines[i]
	r.m.Machines[i] = now
	r.renamed(now)
	c.Before.Machines, c.After.Machines = []*intent.Machine{old}, []*intent.Machine{now}
	c.Pass, c.Feature, c.Code, c.Drift, c.Aspect, c.Fate = "machine-names", Machine, diag.Approximated, intent.Same, intent.Admission, FateRewritten
	c.From, c.Summary = old.From, objectOf(old.From)+" is known to policies "+c.Summary
	r.record(c)
}

// noPod reports whether it is known that no pod runs as a service account.
func (r *run) noPod(namespace, account string) bool {
	if !r.m.Env.Complete.Workloads {
		return false
	}
	for _, w := range r.m.Inventory.WorkloadsIn(namespace) {
		if w.Kind != intent.MachineKind && w.Account == account {
			return false
		}
	}
	return true
}

// renamed puts a machine in the place of what the inventory shows of it.
func (r *run) renamed(m *intent.Machine) {
	ws := make([]*intent.Workload, len(r.m.Inventory.Workloads))
	for i, w := range r.m.Inventory.Workloads {
		if ws[i] = w; w.Kind == intent.MachineKind && w.Name == m.Name() {
			ws[i] = m.Workload()
			ws[i].Labels = w.Labels
		}
	}
	r.m.Inventory.Workloads = ws
}

// anyCertified reports whether a condition asks of clients nothing but that they have an
// identity.
func anyCertified(when match.Expr) bool {
	all := true
	match.Atoms(when, func(a match.Atom, _ bool) { all = all && (!a.Field.Identity() || a.Op == match.Present) })
	return all
}

// asksClients reports whether a condition asks who a client is.
func asksClients(when match.Expr) bool {
	asks := false
	match.Atoms(when, func(a match.Atom, _ bool) { asks = asks || a.Field.Identity() })
	return asks
}
