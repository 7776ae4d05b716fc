package translate

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/decide"
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
	if fresh, _ := j.asks(to.Injection); len(fresh) > 0 {
		return
	}
	if len(old) == 0 {
		j.withoutProxies()
		return
	}
	j.result.Findings.Tell(diag.Prerequisite,
		to.Name+": pods get its proxies by "+to.Injection.Ask+", and the input asks for those of "+from.Name+" by "+key,
		"without a proxy nothing of the output holds for a pod", "change it on namespaces and pods, and restart the pods", old...)
}

// withoutProxies tells where a source keeps somebody out of workloads without proxies that
// pods of the target need some, the clients too: without them these have no identity.
func (j *job) withoutProxies() {
	from, to := j.o.From, j.o.To
	if from.Injection.Ask != "" || j.model == nil {
		return
	}
	var at intent.Origin
	for _, w := range j.inventory.Workloads {
		if j.model.Guards(w) {
			at = append(at, w.From...)
		}
	}
	if len(at) > 0 {
		j.result.Findings.Tell(diag.Prerequisite,
			to.Name+": pods get its proxies by "+to.Injection.Ask+", and nothing in the input asks for them",
			"without a proxy no policy holds for a pod, and it counts as a client from outside of the cluster", "ask for it on namespaces and pods, and restart the pods", at...)
	}
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
// where the source keeps somebody out, and of those that the source's own never held for.
func (j *job) passedBy() {
	from, to := j.o.From, j.o.To
	if from.Name == to.Name || j.inventory == nil || j.model == nil {
		return
	}
	workloads := j.converted()
	for _, p := range to.Injection.Past {
		if at := j.passing(p, workloads); len(at) > 0 {
			j.open(to.Name+": "+p.Key+": "+p.Why, "take it off the pods before policies are relied on", at)
		}
	}
	var onHost intent.Origin
	for _, w := range workloads {
		if len(w.OnHost) > 0 && j.model.Guards(w) {
			onHost = append(onHost, w.OnHost...)
		}
	}
	switch why := to.Injection.OnHost; {
	case len(onHost) == 0:
	case from.Injection.OnHost != "":
		j.result.Findings.Tell(diag.NotTranslated, from.Injection.OnHost, "what is said of them is translated as if it held", "give the pods a network of their own, or say nothing of them", onHost...)
	case why != "":
		j.open(to.Name+": "+why, "give the pods a network of their own", onHost)
	}
}

// open tells that pods let in whom the source keeps out, whatever the output says.
func (j *job) open(summary, fix string, at intent.Origin) {
	j.result.Findings.Tell(diag.Widened, summary, "whom the source keeps out there is let in, whatever the output says", fix, at...)
	d := &j.result.Findings[len(j.result.Findings)-1]
	d.Drift, d.Aspect = string(intent.Wider), string(intent.Admission)
	j.result.Verdict, j.result.VerdictWithDefaults = decide.Wider, decide.Wider
}

// converted are the workloads of namespaces of which something is converted.
func (j *job) converted() []*intent.Workload {
	if j.o.Part == nil {
		return j.inventory.Workloads
	}
	p := j.part()
	return slices.DeleteFunc(slices.Clone(j.inventory.Workloads), func(w *intent.Workload) bool { return !p.some[w.Name.Namespace] })
}

// replaced tells of annotations of the input by which its objects have policies of their own in
// the target, where they are not of the source: what the output says takes their place, also
// where pods are in the target's mesh already.
func (j *job) replaced() {
	from, to := j.o.From, j.o.To
	key := to.Injection.Admits
	if from.Name == to.Name || key == "" || j.inventory == nil || j.model == nil {
		return
	}
	tell := func(object string, pairs []intent.Pair, besides string) {
		for _, p := range pairs {
			stands := func(o intent.Pair) bool { return o.Key == p.Key && slices.Equal(o.From, p.From) }
			if slices.ContainsFunc(j.standing, stands) {
				j.stays(to.Name+": "+p.Key+" of "+object+", "+strconv.Quote(p.Value)+", stays in force where the output says nothing else"+besides, p.From)
			} else if p.Key == key && len(p.From) > 0 {
				j.result.Findings.Tell(diag.Assumption, to.Name+": "+key+" of "+object+", "+strconv.Quote(p.Value)+", is taken not to be in force: what the output says takes its place",
					"it is no policy of "+from.Name+", which is what is translated", "leave out of the input what "+to.Name+" serves already, or take the annotation off", p.From...)
			}
		}
	}
	for _, n := range j.inventory.Namespaces {
		tell("Namespace "+n.Name, n.Annotations, "")
	}
	for _, w := range j.converted() {
		besides := ""
		if len(w.Labels) == 0 {
			besides = ", and is said of all pods of the namespace that the input does not show, from which no label tells its own"
		}
		tell(w.Kind+" "+w.Name.String(), w.Annotations, besides)
	}
}

// stays tells of an annotation that keeps out more than the source does.
func (j *job) stays(summary string, at intent.Origin) {
	j.result.Findings.Tell(diag.Narrowed, summary, "whom it does not let in is kept out there, also whom "+j.o.From.Name+" lets in", "take the annotation off where all are to be let in", at...)
	d := &j.result.Findings[len(j.result.Findings)-1]
	d.Drift, d.Aspect = string(intent.Narrower), string(intent.Admission)
}

// passing is where pods to which the source lets not all are marked so that connections pass
// by policies, themselves or by their namespace.
func (j *job) passing(p mesh.Passing, workloads []*intent.Workload) (at intent.Origin) {
	of := map[string]*intent.Namespace{}
	for _, n := range j.inventory.Namespaces {
		of[n.Name] = n
	}
	for _, w := range workloads {
		said := marks(p.Key, w.Labels, w.Annotations)
		if n := of[w.Name.Namespace]; n != nil && len(said) == 0 {
			said = marks(p.Key, n.Labels, n.Annotations)
		}
		for _, pair := range said {
			if p.Says(pair.Value) && j.model.Guards(w) {
				at = append(at, pair.From...)
			}
		}
	}
	return at
}

// marks are the pairs of a key.
func marks(key string, among ...[]intent.Pair) (out []intent.Pair) {
	for _, pairs := range among {
		for _, p := range pairs {
			if p.Key == key {
				out = append(out, p)
			}
		}
	}
	return out
}
