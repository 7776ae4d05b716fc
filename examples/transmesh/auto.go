package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/mesh/smi"
	"github.com/transmesh/transmesh/pkg/source"
)

// auto stands for the mesh that the documents tell.
const auto = "auto"

// settle finds the source mesh by its name, or by the documents for auto.
func settle(flag, spelled string, objs []*source.Object) (mesh.Mesh, string, error) {
	if spelled != auto {
		return findMesh(flag, spelled, all.Sources)
	}
	m, err := detect(objs)
	if err != nil {
		return m, "", fmt.Errorf("--%s auto: %w", flag, err)
	}
	return m, m.Versions[0], nil
}

// detect finds the mesh that knows all documents which some mesh knows. Those of the Gateway
// API and of Multi-Cluster Services are no strangers to a mesh that takes part in these: of
// several such meshes those are left that know most of them. Routes
// and TrafficSplits, which Linkerd reads too, are Linkerd's where a document has an
// annotation of Linkerd, and Gateway API's or SMI's otherwise.
func detect(objs []*source.Object) (mesh.Mesh, error) {
	left, taken := slices.Clone(all.Sources), takenBy(objs)
	knows := func(m mesh.Mesh, o *source.Object) bool { return knows(m, o) || taken[m.Name][o] }
	var seen []string
	for _, o := range objs {
		of := slices.DeleteFunc(slices.Clone(all.Sources), func(m mesh.Mesh) bool { return !knows(m, o) })
		if len(of) == 0 {
			continue
		}
		stranger := func(m mesh.Mesh) bool { return !knows(m, o) && !(shared(o) && slices.Contains(sharing, m.Name)) }
		if slices.ContainsFunc(left, stranger) {
			seen = append(seen, strings.Join(titles(of), " or ")+" by "+o.Ref().Pos.String()+" ("+o.APIVersion+" "+o.Kind+")")
		}
		left = slices.DeleteFunc(left, stranger)
		if len(left) == 0 {
			return mesh.Mesh{}, fmt.Errorf("the documents are of several meshes, such as %s; name one", strings.Join(seen, " and "))
		}
	}
	left = knowMost(left, slices.DeleteFunc(slices.Clone(objs), func(o *source.Object) bool { return !shared(o) }), knows)
	switch {
	case len(left) == 1:
		return left[0], nil
	case len(left) == len(all.Sources):
		return mesh.Mesh{}, fmt.Errorf("no document belongs to a mesh; name one of %s", strings.Join(meshNames(all.Sources), ", "))
	case slices.ContainsFunc(left, func(m mesh.Mesh) bool { return len(taken[m.Name]) > 0 }):
		return left[slices.IndexFunc(left, func(m mesh.Mesh) bool { return len(taken[m.Name]) > 0 })], nil
	case slices.ContainsFunc(objs, annotatedForLinkerd):
		return linkerd.Mesh, nil
	case slices.ContainsFunc(left, func(m mesh.Mesh) bool { return m.Name == smi.Name }):
		return smi.Mesh, nil
	}
	return gatewayapi.Mesh, nil
}

// sharing are the meshes that run what the Gateway API says of Services.
var sharing = []string{istio.Name, linkerd.Name, cilium.Name, gatewayapi.Name}

// shared reports whether an object is of an API that meshes have in common.
func shared(o *source.Object) bool {
	return o.Group() == gatewayapi.GroupClusters || knows(gatewayapi.Mesh, o)
}

// knowMost are those of some meshes that know most of some objects.
func knowMost(meshes []mesh.Mesh, objs []*source.Object, knows func(mesh.Mesh, *source.Object) bool) []mesh.Mesh {
	var out []mesh.Mesh
	most := 0
	for _, m := range meshes {
		known := 0
		for _, o := range objs {
			if knows(m, o) {
				known++
			}
		}
		if known > most {
			out, most = nil, known
		}
		if known == most {
			out = append(out, m)
		}
	}
	return out
}

// titles are the names of meshes for people.
func titles(meshes []mesh.Mesh) []string {
	var out []string
	for _, m := range meshes {
		out = append(out, m.Title)
	}
	return out
}

// takenBy are the objects that each mesh reads beside those of its kinds, by its name.
func takenBy(objs []*source.Object) map[string]map[*source.Object]bool {
	out := map[string]map[*source.Object]bool{}
	for _, m := range all.Sources {
		if m.Takes != nil {
			out[m.Name] = m.Takes(objs)
		}
	}
	return out
}

// knows reports whether an object is of a kind of the mesh, in any version, or of one
// whose group is misspelt.
func knows(m mesh.Mesh, o *source.Object) bool {
	return m.Misspelt(o.Group(), o.Kind) || slices.ContainsFunc(m.Kinds, func(k mesh.Kind) bool { return k.Kind == o.Kind && k.Group == o.Group() })
}

func annotatedForLinkerd(o *source.Object) bool {
	found := false
	o.Root.Leaves(func(l source.Leaf) {
		key, ok := strings.CutPrefix(l.Ref().Path, "metadata.annotations.")
		found = found || ok && strings.Contains(key, "linkerd.io/")
	})
	return found
}

// strangers says in a line which documents belong to other meshes than the one
// that is read, by kind; "" if none does.
func strangers(m mesh.Mesh, objs []*source.Object) string {
	counts := map[string]int{}
	taken := takenBy(objs)[m.Name]
	for _, o := range objs {
		if !knows(m, o) && !taken[o] && slices.ContainsFunc(all.Sources, func(other mesh.Mesh) bool { return knows(other, o) }) {
			counts[o.Kind]++
		}
	}
	if len(counts) == 0 {
		return ""
	}
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[kind], kind))
	}
	return "documents of other meshes are not read as part of " + m.Name + ": " + strings.Join(parts, ", ")
}

// belong counts the objects that some mesh knows.
func belong(objs []*source.Object) int {
	n := 0
	for _, o := range objs {
		if slices.ContainsFunc(all.Sources, func(m mesh.Mesh) bool { return knows(m, o) }) {
			n++
		}
	}
	return n
}
