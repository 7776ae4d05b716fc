package translate

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh"
)

// injected tells that objects of the input ask for proxies of the source, where the
// target has its own and nothing asks for them: without these the output does nothing.
func (j *job) injected() {
	from, to := j.o.From, j.o.To
	if from.Name == to.Name || to.Injection.Ask == "" || j.o.Part != nil || j.inventory == nil {
		return
	}
	old, key := j.asks(from.Injection)
	if fresh, _ := j.asks(to.Injection); len(old) == 0 || len(fresh) > 0 {
		return
	}
	j.result.Findings.Tell(diag.Prerequisite,
		to.Name+": pods get its proxies by "+to.Injection.Ask+", and the input asks for those of "+from.Name+" by "+key,
		"without a proxy nothing of the output holds for a pod", "change it on namespaces and pods, and restart the pods", old...)
}

// asks are the namespaces and workloads of the input that ask for proxies of a mesh,
// and a key by which they do.
func (j *job) asks(by mesh.Injection) (at intent.Origin, key string) {
	note := func(pairs []intent.Pair) {
		for _, p := range pairs {
			if slices.Contains(by.Marks, p.Key) && p.Value != "disabled" && p.Value != "false" {
				at, key = append(at, p.From...), p.Key
			}
		}
	}
	for _, ns := range j.inventory.Namespaces {
		note(ns.Labels)
		note(ns.Annotations)
	}
	for _, w := range j.inventory.Workloads {
		note(w.Labels)
		note(w.Annotations)
	}
	return at, key
}

// passedBy tells of pods of the input that let connections past the target's policies,
// where the source keeps somebody out.
func (j *job) passedBy() {
	to := j.o.To
	if j.o.From.Name == to.Name || j.o.Part != nil || j.inventory == nil || j.model == nil {
		return
	}
	for _, p := range to.Injection.Past {
		var at intent.Origin
		for _, w := range j.inventory.Workloads {
			for _, said := range append(slices.Clone(w.Labels), w.Annotations...) {
				if said.Key == p.Key && p.Says(said.Value) && guarded(j.model, w) {
					at = append(at, said.From...)
				}
			}
		}
		if len(at) > 0 {
			j.result.Findings.Tell(diag.Widened, to.Name+": "+p.Key+": "+p.Why, "whom the source keeps out there is let in, whatever the output says", "take it off the pods before policies are relied on", at...)
		}
	}
}

// guarded reports whether a model may keep requests from a workload.
func guarded(m *intent.Model, w *intent.Workload) bool {
	point := match.And{match.Atom{Field: match.Namespace, Value: w.Name.Namespace}, match.Atom{Field: match.Account, Value: cmp.Or(w.Account, "default")}}
	for _, l := range w.Labels {
		point = append(point, match.Atom{Field: match.Label, Key: l.Key, Value: l.Value})
	}
	at := match.Simplify(point)
	meets := func(e match.Expr) bool {
		_, common := match.Overlap(match.Simplify(e), at)
		return common != match.No
	}
	return slices.ContainsFunc(m.Default, func(d *intent.Default) bool {
		return d.Side == intent.Served && d.Effect == intent.Deny && meets(d.Scope.Subject)
	}) ||
		slices.ContainsFunc(m.Access, func(a *intent.Access) bool {
			return a.Side == intent.Served && a.Effect != intent.Allow && meets(a.Scope.Subject)
		}) ||
		slices.ContainsFunc(m.Transport, func(t *intent.Transport) bool {
			return t.Side == intent.Served && t.Mode == intent.Strict && !t.From.Defaulted() && meets(t.Scope.Subject)
		})
}
