package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// world holds for the clients that there are. nil is no such knowledge.
func (c *comparison) world(a, b *profile, exprs ...match.Expr) match.Expr {
	if known := c.known(a, b); known != nil {
		return match.Conj(known, match.Simplify(c.workloads(exprs)))
	}
	return c.workloads(exprs)
}

// workloads holds for the clients that there are, where the environment says that
// the inventory shows all workloads and an expression asks for labels of clients:
// accounts and labels then belong together. nil is no such knowledge.
func (c *comparison) workloads(exprs []match.Expr) match.Expr {
	keys := clientLabels(exprs)
	if !c.a.Env.Complete.Workloads || len(keys) == 0 {
		return c.certified()
	}
	real := match.Or{match.Not{X: account}}
	for _, w := range c.a.Inventory.Workloads {
		if w.Kind != intent.MachineKind || w.Account != "" { // others have no account
			real = append(real, clientOf(w, keys))
		}
	}
	return match.Conj(match.Simplify(real), match.Simplify(c.certified()))
}

// certified holds for the clients that may have certificates, where the first
// model's mesh gives them to service accounts only; nil is all.
func (c *comparison) certified() match.Expr {
	known := c.machinesKnown()
	if !slices.ContainsFunc(c.a.Transport, func(t *intent.Transport) bool { return t.Accounts }) {
		return known
	}
	only := match.Or{account, match.Not{X: match.Atom{Field: match.ClientIdentity, Op: match.Present}}}
	if known == nil {
		return only
	}
	return match.Conj(only, known)
}

// machinesKnown leaves out the names of machines that one of the models knows as service
// accounts: that the other then says the same of the name is for legalization, which
// writes one for the other. nil is all.
func (c *comparison) machinesKnown() match.Expr {
	var none match.And
	for _, m := range []*intent.Model{c.a, c.b} {
		for _, x := range m.Machines {
			if x.Account != "" {
				none = append(none, match.Not{X: match.Atom{Field: match.ClientIdentity, Value: x.SPIFFE(c.a.Env.TrustDomain)}})
			}
		}
	}
	if none == nil {
		return nil
	}
	return match.Simplify(none)
}

// clientOf is what tells a workload as a client.
func clientOf(w *intent.Workload, keys []string) match.Expr {
	and := match.And{
		match.Atom{Field: match.ClientNamespace, Value: w.Name.Namespace},
		match.Atom{Field: match.ClientAccount, Value: w.Account},
	}
	for _, k := range keys {
		if v, ok := intent.Lookup(w.Labels, k); ok {
			and = append(and, match.Atom{Field: match.ClientLabel, Key: k, Value: v})
		} else {
			and = append(and, match.Not{X: match.Atom{Field: match.ClientLabel, Key: k, Op: match.Present}})
		}
	}
	return and
}

// clientLabels lists the labels of clients that expressions ask for, sorted.
func clientLabels(exprs []match.Expr) []string {
	var keys []string
	for _, e := range exprs {
		match.Atoms(e, func(a match.Atom, _ bool) {
			if a.Field == match.ClientLabel {
				keys = append(keys, a.Key)
			}
		})
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
