package smi

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// subject are the pods of the destination's account: those of the workloads that
// the input shows to run as it, by their labels, which no two controllers share;
// where it shows none, all that do.
// https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector
func (r *reader) subject(o *source.Object, n *source.Node) match.Expr {
	if n == nil {
		o.Root.Reject("has no destination")
		return match.False
	}
	kind(n)
	namespace := match.Atom{Field: match.Namespace, Value: o.Namespace, Ref: new(n.Ref())}
	if ns := n.Get("namespace"); ns != nil {
		namespace.Value, namespace.Ref = ns.Str(), new(ns.Ref())
	}
	account := match.Atom{Field: match.Account, Value: account(n), Ref: new(n.Get("name").Ref())}
	var any match.Or
	for _, w := range r.m.Inventory.Workloads {
		if w.Name.Namespace == namespace.Value && w.Account == account.Value {
			if len(w.Labels) == 0 || r.shared(w) {
				return match.Conj(namespace, account)
			}
			any = append(any, match.Simplify(labelled(w, account)))
		}
	}
	if len(any) == 0 {
		return match.Conj(namespace, account)
	}
	return match.Conj(namespace, match.Simplify(any))
}

// labelled are the pods with the labels of a workload, because of an atom.
func labelled(w *intent.Workload, because match.Atom) match.And {
	var all match.And
	for _, l := range w.Labels {
		all = append(all, match.Atom{Field: match.Label, Key: l.Key, Value: l.Value, Ref: because.Ref})
	}
	return all
}

// shared reports whether a workload that runs as another account has all labels
// of w.
func (r *reader) shared(w *intent.Workload) bool {
	like := intent.Service{Selector: w.Labels}
	for _, other := range r.m.Inventory.Workloads {
		if other.Name.Namespace == w.Name.Namespace && other.Account != w.Account && like.Selects(other.Labels) {
			return true
		}
	}
	return false
}
