package gatewayapi

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// verbatimRoutes are the routes that are printed as they were read, because a
// part of them is Opaque, by kind and name.
func verbatimRoutes(m *intent.Model, mesh string) map[string]bool {
	out := map[string]bool{}
	for _, o := range m.Opaque {
		whole, ok := o.Whole.(*source.Object)
		if ok && o.Mesh == mesh && isRoute(whole.Kind) {
			out[objectID(whole.Kind, whole.Namespace, whole.Name)] = true
		}
	}
	return out
}

// WriteVerbatim prints the objects that a mesh's Opaque facts hold, each once,
// without what the API server set.
func WriteVerbatim(m *intent.Model, mesh string) []*manifest.Object {
	var out []*manifest.Object
	seen := map[*source.Object]bool{}
	for _, o := range m.Opaque {
		whole, ok := o.Whole.(*source.Object)
		if !ok || o.Mesh != mesh || seen[whole] {
			continue
		}
		seen[whole] = true
		out = append(out, verbatim(whole))
	}
	return out
}

func verbatim(o *source.Object) *manifest.Object {
	root := manifest.FromYAML(o.Root.YAML())
	root.Unset("status")
	meta := root.Get("metadata")
	for _, key := range serverSet {
		if meta != nil {
			meta.Unset(key)
		}
	}
	if meta != nil && meta.Get("annotations") != nil {
		meta.Get("annotations").Unset(lastApplied)
	}
	return &manifest.Object{
		APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name,
		Root: root.Because(o.Ref()), From: []place.Ref{o.Ref()},
	}
}
