package linkerd

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// writeLogs adds to some output what proxies record, as annotations of namespaces and
// workloads. Of each the first fact counts.
func writeLogs(m *intent.Model, out []*manifest.Object) []*manifest.Object {
	done := map[string]bool{}
	for _, l := range m.Logs {
		want := []intent.Pair{{Key: annotationLog, From: l.From}}
		if len(l.To) > 0 {
			want[0].Value = logForms[l.To[0].JSON]
		}
		nothing := len(l.To) == 0
		for _, at := range logged(m, match.Simplify(l.Scope.Subject)) {
			if key := at.object.Kind + " " + at.object.Namespace + "/" + at.object.Name; !done[key] {
				if done[key] = true; nothing && recordsNothing(at.has) {
					continue
				}
				out = beside(out, annotated(at.object, at.path, at.has, want), at.path)
			}
		}
	}
	return out
}

// recordsNothing reports whether annotations have nothing recorded as they are.
func recordsNothing(has []intent.Pair) bool {
	v, ok := intent.Lookup(has, annotationLog)
	return ok && v != logForms[false] && v != logForms[true]
}

// annotatedPlace is an object that is the user's, with where its annotations are and what
// they are.
type annotatedPlace struct {
	object *manifest.Object
	path   []string
	has    []intent.Pair
}

// logged are the objects that stand for a scope: a namespace, or the workloads with just some
// labels.
func logged(m *intent.Model, subject match.Expr) []annotatedPlace {
	ns := match.Demanded(subject, match.Namespace)
	var labels, has []intent.Pair
	match.Atoms(subject, func(a match.Atom, _ bool) {
		if a.Field == match.Label {
			labels = append(labels, intent.Pair{Key: a.Key, Value: a.Value})
		}
	})
	if len(labels) == 0 {
		for _, n := range m.Inventory.Namespaces {
			if n.Name == ns {
				has = n.Annotations
			}
		}
		return []annotatedPlace{{manifest.New("v1", "Namespace", "", ns), []string{"metadata"}, has}}
	}
	var out []annotatedPlace
	for _, w := range m.Inventory.WorkloadsIn(ns) {
		at := podTemplates[w.Kind]
		if at.path != nil && samePairs(w.Labels, labels) {
			out = append(out, annotatedPlace{manifest.New(at.apiVersion, w.Kind, w.Name.Namespace, w.Name.Name), at.path, w.Annotations})
		}
	}
	return out
}

// beside adds a patch, or puts its annotations into the one that there is of its object.
func beside(out []*manifest.Object, p *manifest.Object, path []string) []*manifest.Object {
	if p == nil {
		return out
	}
	i := slices.IndexFunc(out, func(o *manifest.Object) bool {
		return o.Patch && o.Kind == p.Kind && o.Namespace == p.Namespace && o.Name == p.Name
	})
	if i < 0 {
		return append(out, p)
	}
	into, from := out[i].Root, p.Root
	for _, key := range append(slices.Clone(path), "annotations") {
		if into.Get(key) == nil {
			into.Set(key, manifest.Map())
		}
		into, from = into.Get(key), from.Get(key)
	}
	into.Set(annotationLog, from.Get(annotationLog))
	out[i].From = append(out[i].From, p.From...)
	return out
}
