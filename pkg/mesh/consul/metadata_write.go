package consul

import (
	"maps"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// workloadAPIs are the API versions of the kinds that run pods by a template.
var workloadAPIs = map[string]string{
	"Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "ReplicaSet": "apps/v1", "Job": "batch/v1",
}

// metadata prints patches for the workloads of subsets: pods tell Consul by
// annotations what subsets ask for, and not by their labels.
func (w *writer) metadata() []*manifest.Object {
	var out []*manifest.Object
	divided := slices.DeleteFunc(w.sorted(), func(x *serviceWords) bool { return len(x.subsets) == 0 })
	for _, l := range w.m.Inventory.Workloads {
		if workloadAPIs[l.Kind] == "" {
			continue
		}
		missing := w.missingMetadata(l, divided)
		if len(missing) == 0 {
			continue
		}
		annotations := manifest.Map()
		for _, p := range missing {
			annotations.Set(p.Key, manifest.Str(p.Value).Because(p.From...))
		}
		o := manifest.New(workloadAPIs[l.Kind], l.Kind, l.Name.Namespace, l.Name.Name)
		o.Patch = true
		for _, p := range missing {
			o.From = append(o.From, p.From...)
		}
		o.Root.Set("spec", manifest.Map().Set("template", manifest.Map().Set("metadata", manifest.Map().Set("annotations", annotations))))
		out = append(out, o)
	}
	return out
}

// missingMetadata lists the annotations that subsets of a workload's services ask
// for, and that it lacks. divided are the services that have subsets.
func (w *writer) missingMetadata(l *intent.Workload, divided []*serviceWords) []intent.Pair {
	var out []intent.Pair
	for _, x := range divided {
		if !slices.ContainsFunc(w.names.find(x.service), func(s *intent.Service) bool {
			return s.Name.Namespace == l.Name.Namespace && s.Selects(l.Labels)
		}) {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(x.subsets)) {
			match.Atoms(x.subsets[name], func(a match.Atom, _ bool) {
				value, labelled := intent.Lookup(l.Labels, a.Key)
				_, annotated := intent.Lookup(l.Annotations, annotationMeta+a.Key)
				if metaKey.MatchString(a.Key) && labelled && !annotated {
					out = append(out, intent.Pair{Key: annotationMeta + a.Key, Value: value, From: x.subsetFrom[name]})
				}
			})
		}
	}
	slices.SortStableFunc(out, func(a, b intent.Pair) int { return strings.Compare(a.Key, b.Key) })
	return slices.CompactFunc(out, func(a, b intent.Pair) bool { return a.Key == b.Key })
}
