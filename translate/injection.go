package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
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
