package linkerd

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// podTemplates are where the kinds of workloads have the metadata of their pods.
var podTemplates = map[string]struct {
	apiVersion string
	path       []string
}{
	"Pod":                   {"v1", []string{"metadata"}},
	"ReplicationController": {"v1", []string{"spec", "template", "metadata"}},
	"Deployment":            {"apps/v1", []string{"spec", "template", "metadata"}},
	"StatefulSet":           {"apps/v1", []string{"spec", "template", "metadata"}},
	"DaemonSet":             {"apps/v1", []string{"spec", "template", "metadata"}},
	"ReplicaSet":            {"apps/v1", []string{"spec", "template", "metadata"}},
	"Job":                   {"batch/v1", []string{"spec", "template", "metadata"}},
	"CronJob":               {"batch/v1", []string{"spec", "jobTemplate", "spec", "template", "metadata"}},
}

// writeElsewhere prints the default inbound policies of namespaces, and of single
// workloads, for ports without a Server.
func writeElsewhere(m *intent.Model, all []legal.Elsewhere) []*manifest.Object {
	var out []*manifest.Object
	for _, e := range all {
		want := []intent.Pair{{Key: annotationInbound, Value: policyOfClients(e.Clients), From: e.Default.From}}
		if len(e.Labels) > 0 {
			out = append(out, onWorkloads(m, e, want)...)
			continue
		}
		var has []intent.Pair
		for _, n := range m.Inventory.Namespaces {
			if n.Name == e.Namespace {
				has = n.Annotations
			}
		}
		if o := annotated(manifest.New("v1", "Namespace", "", e.Namespace), []string{"metadata"}, has, want); o != nil {
			out = append(out, explained(o, e.Default))
		}
		out = append(out, overNamespace(m, all, e, want)...)
	}
	return append(out, backToDefault(m, all)...)
}

// backToDefault prints the installation's own policy at namespaces, and their workloads, that
// have another one by an annotation, though nothing is said of them: what the annotation
// asks for is not in force in the source, or is withheld.
func backToDefault(m *intent.Model, all []legal.Elsewhere) []*manifest.Object {
	var out []*manifest.Object
	own := clientsOf(m.Env.Linkerd.DefaultInbound, m.Env, place.Ref{})
	differs := func(annotations []intent.Pair) (intent.Pair, bool) {
		i := slices.IndexFunc(annotations, func(p intent.Pair) bool { return p.Key == annotationInbound && slices.Contains(policies, p.Value) })
		if i < 0 || match.Equal(clientsOf(annotations[i].Value, m.Env, place.Ref{}), own) {
			return intent.Pair{}, false
		}
		return annotations[i], true
	}
	said := func(namespace string) bool {
		return slices.ContainsFunc(all, func(e legal.Elsewhere) bool { return e.Namespace == namespace && len(e.Labels) == 0 })
	}
	want := func(from intent.Origin) []intent.Pair {
		return []intent.Pair{{Key: annotationInbound, Value: m.Env.Linkerd.DefaultInbound, From: from}}
	}
	for _, n := range m.Inventory.Namespaces {
		if p, ok := differs(n.Annotations); ok && !said(n.Name) {
			out = append(out, annotated(manifest.New("v1", "Namespace", "", n.Name), []string{"metadata"}, n.Annotations, want(p.From)))
		}
	}
	for _, w := range m.Inventory.Workloads {
		single := func(o legal.Elsewhere) bool {
			return o.Namespace == w.Name.Namespace && len(o.Labels) > 0 && samePairs(w.Labels, o.Labels)
		}
		if p, ok := differs(w.Annotations); ok && w.Kind != intent.MachineKind && !said(w.Name.Namespace) && !slices.ContainsFunc(all, single) {
			at := podTemplates[w.Kind]
			out = append(out, annotated(manifest.New(at.apiVersion, w.Kind, w.Name.Namespace, w.Name.Name), at.path, w.Annotations, want(p.From)))
		}
	}
	return out
}

// overNamespace prints the policy of a namespace at those of its workloads that would have
// another one by an annotation of their own, which comes before the namespace's.
func overNamespace(m *intent.Model, all []legal.Elsewhere, e legal.Elsewhere, want []intent.Pair) []*manifest.Object {
	var out []*manifest.Object
	for _, w := range m.Inventory.WorkloadsIn(e.Namespace) {
		own, ok := intent.Lookup(w.Annotations, annotationInbound)
		single := func(o legal.Elsewhere) bool {
			return o.Namespace == e.Namespace && len(o.Labels) > 0 && samePairs(w.Labels, o.Labels)
		}
		if !ok || w.Kind == intent.MachineKind || slices.ContainsFunc(all, single) {
			continue
		}
		if !slices.Contains(policies, own) || match.Equal(clientsOf(own, m.Env, place.Ref{}), e.Clients) {
			continue
		}
		at := podTemplates[w.Kind]
		if o := annotated(manifest.New(at.apiVersion, w.Kind, w.Name.Namespace, w.Name.Name), at.path, w.Annotations, want); o != nil {
			out = append(out, explained(o, e.Default))
		}
	}
	return out
}

// onWorkloads prints the policy of the workloads that have just some labels.
func onWorkloads(m *intent.Model, e legal.Elsewhere, want []intent.Pair) []*manifest.Object {
	var out []*manifest.Object
	for _, w := range m.Inventory.WorkloadsIn(e.Namespace) {
		if w.Kind == intent.MachineKind || !samePairs(w.Labels, e.Labels) {
			continue
		}
		at := podTemplates[w.Kind]
		if o := annotated(manifest.New(at.apiVersion, w.Kind, w.Name.Namespace, w.Name.Name), at.path, w.Annotations, want); o != nil {
			out = append(out, explained(o, e.Default))
		}
	}
	return out
}

// samePairs compares labels, sorted by key.
func samePairs(a, b []intent.Pair) bool {
	if len(a) != len(b) {
		return false
	}
	return !slices.ContainsFunc(a, func(p intent.Pair) bool {
		v, ok := intent.Lookup(b, p.Key)
		return !ok || v != p.Value
	})
}

// explained puts above an object why it closes what it is about, where it stands
// for something that Linkerd cannot say.
func explained(o *manifest.Object, d *intent.Default) *manifest.Object {
	if d.Withheld && d.Why != "" {
		o.Root.Above("# " + d.Why)
	}
	return o
}
