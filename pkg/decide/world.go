package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// world holds for the clients that there are, where the environment says that the
// inventory shows all workloads and an expression asks for labels of clients:
// accounts and labels then belong together. nil is no such knowledge.
func (c *comparison) world(exprs ...match.Expr) match.Expr {
	if !c.a.Env.Complete.Workloads {
		return nil
	}
	keys := clientLabels(exprs)
	if len(keys) == 0 {
		return nil
	}
	identity := match.Atom{Field: match.ClientAccount, Op: match.Present}
	real := match.Or{match.Not{X: identity}}
	for _, w := range c.a.Inventory.Workloads {
		real = append(real, clientOf(w, keys))
	}
	return match.Simplify(real)
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
