package translate

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/parallel"
	"github.com/transmesh/transmesh/pkg/source"
)

// write prints the legal model, and reads the print back.
func (j *job) write() {
	if !j.unsaid {
		j.written = j.o.To.Write(j.fit, j.target)
	}
	slices.SortStableFunc(j.written, j.compareObjects)
	parallel.Each(len(j.written), func(i int) { j.written[i] = j.written[i].Packed() })
	j.readBack()
	j.result.Manifests, j.result.Patches = j.deliver()
}

// compareObjects orders what is written: as the target needs it, and by kind and
// name.
func (j *job) compareObjects(a, b *manifest.Object) int {
	turn := func(o *manifest.Object) int { return slices.Index(j.o.To.Order, o.Kind) }
	return cmp.Or(cmp.Compare(turn(a), turn(b)), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Turn, b.Turn), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.APIVersion, b.APIVersion))
}

// outputFile is the name of what was written, in positions of the copy that is
// read back.
const outputFile = "output"

// readBack lifts the output as a user of the target mesh would see it: beside
// the input's inventory, with patches merged in.
func (j *job) readBack() {
	var ours, others []*source.Object
	patches := map[objectKey]*manifest.Object{}
	read := make([]*source.Object, len(j.written))
	parallel.Each(len(read), func(i int) { read[i] = copyBack(j.written[i].Root, j.written[i].Namespace) })
	for i, m := range j.written {
		if m.Patch {
			patches[keyOf(m)] = m
			continue
		}
		o := read[i]
		if kindOf(j.o.To, o) != nil {
			ours = append(ours, o)
		} else {
			others = append(others, o)
		}
	}
	slices.SortStableFunc(ours, source.Compare)
	leaves := inventory.Read(others).Services
	others = append(others, j.patched(patches)...)
	m, _ := j.o.To.Read(mesh.Input{
		Objects: ours, Inventory: inventory.Read(others), Env: j.env, Version: cmp.Or(j.o.ToVersion, first(j.o.To.Versions)),
	})
	m.Inventory, m.Env, m.Leaves = *j.inventory, j.env, leaves
	j.again, j.result.again = m, m
}

// patched returns the input's other objects with patches merged in, and the
// patches of objects that are not in the input as they are.
func (j *job) patched(patches map[objectKey]*manifest.Object) []*source.Object {
	if len(patches) == 0 {
		return j.others
	}
	var out []*source.Object
	found := map[objectKey]bool{}
	for _, o := range j.others {
		k := objectKey{o.APIVersion, o.Kind, o.Namespace, o.Name}
		if p := patches[k]; p != nil && !found[k] {
			found[k] = true
			o = copyBack(merge(tree(o.Root), p.Root), o.Namespace)
		}
		out = append(out, o)
	}
	for _, m := range j.written {
		if m.Patch && !found[keyOf(m)] {
			out = append(out, copyBack(m.Root, m.Namespace))
		}
	}
	return out
}

// deliver parts the output into what is to be applied and what is to be merged
// into objects that are not ours.
func (j *job) deliver() (manifests, patches []*manifest.Object) {
	others := map[objectKey]*manifest.Object{}
	if j.o.PassThrough {
		for _, o := range j.others {
			m := &manifest.Object{APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name, Root: tree(o.Root)}
			others[keyOf(m)] = m
			manifests = append(manifests, m)
		}
	}
	for _, m := range j.written {
		into := others[keyOf(m)]
		switch {
		case m.Patch && into != nil:
			merge(into.Root, m.Root)
		case m.Patch:
			patches = append(patches, m)
		default:
			manifests = append(manifests, m)
		}
	}
	slices.SortStableFunc(manifests, j.compareObjects)
	j.implyNamespace(manifests)
	j.implyNamespace(patches)
	return manifests, patches
}

// implyNamespace leaves out a namespace that no document of the input names.
func (j *job) implyNamespace(objs []*manifest.Object) {
	implied := map[string]bool{}
	for _, o := range j.in.Objects {
		if o.Name == "" {
			continue
		}
		if was, seen := implied[o.Namespace]; o.NamespaceImplied && (was || !seen) {
			implied[o.Namespace] = true
		} else {
			implied[o.Namespace] = false
		}
	}
	for _, o := range objs {
		if implied[o.Namespace] {
			o.Root.Get("metadata").Unset("namespace")
		}
	}
}
