package linkerd

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// annotated is a patch that sets annotations at a place of an object that is the
// user's; nil where the object has them already.
func annotated(o *manifest.Object, path []string, has, want []intent.Pair) *manifest.Object {
	missing := slices.ContainsFunc(want, func(p intent.Pair) bool {
		v, ok := intent.Lookup(has, p.Key)
		return !ok || v != p.Value
	})
	if !missing {
		return nil
	}
	o.Patch = true
	at := o.Root
	for _, key := range path {
		if at.Get(key) == nil {
			at.Set(key, manifest.Map())
		}
		at = at.Get(key)
	}
	annotations := manifest.Map()
	for _, p := range want {
		annotations.Set(p.Key, manifest.Str(p.Value).Because(p.From...))
		o.From = append(o.From, p.From...)
	}
	at.Set("annotations", annotations)
	return o
}

// onePatch puts what two patches of a Service set, one in its metadata and one in
// its spec, into one.
func onePatch(metadata, spec []*manifest.Object) []*manifest.Object {
	out := slices.Clone(metadata)
	for _, p := range spec {
		i := slices.IndexFunc(out, func(o *manifest.Object) bool { return o.Namespace == p.Namespace && o.Name == p.Name })
		if i < 0 {
			out = append(out, p)
			continue
		}
		out[i].Root.Set("spec", p.Root.Get("spec"))
		out[i].From = append(out[i].From, p.From...)
	}
	return out
}

// writeBreakers prints the circuit breaking of Services as their annotations.
func writeBreakers(m *intent.Model) []*manifest.Object {
	var out []*manifest.Object
	done := map[intent.Name]bool{}
	for _, u := range m.Upstream {
		name := u.Host.Service
		if u.Outlier == nil || done[name] {
			continue
		}
		done[name] = true
		var has []intent.Pair
		if s := m.Inventory.Service(name); s != nil {
			has = s.Annotations
		}
		o := manifest.New("v1", "Service", name.Namespace, name.Name)
		if u.Home != nil {
			o.Root.Above(u.Home.Comment)
		}
		if o = annotated(o, []string{"metadata"}, has, writeOutlier(u.Outlier)); o != nil {
			out = append(out, o)
		}
	}
	return out
}
