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

// print writes the legal model as manifests, and reads them back. Where there are many
// they are sealed until they are delivered, since the copies that are read back take as
// much memory.
func (j *job) print() {
	if !j.unsaid {
		j.written = j.o.To.Write(j.fit, j.target)
	}
	slices.SortStableFunc(j.written, j.compareObjects)
	j.readBack()
	j.result.Manifests, j.result.Patches = j.parts()
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
// the input's inventory, with patches merged in. Of objects of no mesh nothing but the
// inventory is kept.
func (j *job) readBack() {
	var ours, others []int
	patches := map[objectKey]*manifest.Object{}
	for i, m := range j.written {
		switch {
		case m.Patch:
			patches[keyOf(m)] = m
		case kindNamed(j.o.To, m.APIVersion, m.Kind) != nil:
			ours = append(ours, i)
		default:
			others = append(others, i)
		}
	}
	rest := j.copiesBack(others)
	back := j.copiesBack(ours)
	if taken := taken(j.o.To, rest); len(taken) > 0 {
		for _, o := range rest {
			if taken[o] {
				back = append(back, o)
			}
		}
		rest = slices.DeleteFunc(rest, func(o *source.Object) bool { return taken[o] })
	}
	shown := inventory.Read(rest)
	around := j.inventory
	if len(patches) > 0 {
		around = inventory.Read(j.patched(patches))
	}
	joined := inventory.Join(shown, around)
	joined.Imports = j.inventory.Imports
	m, _ := j.o.To.Read(mesh.Input{
		Objects: sorted(back), Inventory: joined, Env: j.env, Version: cmp.Or(j.o.ToVersion, first(j.o.To.Versions)),
	})
	registered := m.Inventory.Registered
	m.Inventory, m.Env, m.Leaves = j.inventory.With(j.model.Machines), j.env, shown.Services
	m.Inventory.Registered = registered
	j.again, j.result.again = m, m
}

func sorted(objs []*source.Object) []*source.Object {
	slices.SortStableFunc(objs, source.Compare)
	return objs
}

// manyWritten are so many that their memory is worth the time that sealing them takes.
const manyWritten = 20_000

// copiesBack reads some of what is written as if from files, and seals it if there is much.
func (j *job) copiesBack(which []int) []*source.Object {
	out := make([]*source.Object, len(which))
	parallel.Each(len(which), func(i int) {
		m := &j.written[which[i]]
		out[i] = copyBack((*m).Root, (*m).Namespace)
		if len(j.written) >= manyWritten {
			*m = (*m).Sealed()
		}
	})
	return out
}

// patched returns the input's other objects with patches merged in, and the
// patches of objects that are not in the input as they are.
func (j *job) patched(patches map[objectKey]*manifest.Object) []*source.Object {
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

// parts are the output that is to be applied, and what is to be merged into objects
// that are not ours.
func (j *job) parts() (manifests, patches []*manifest.Object) {
	others := map[objectKey]*manifest.Object{}
	if j.o.PassThrough {
		for _, o := range j.others {
			m := &manifest.Object{APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name, Root: tree(o.Root)}
			if apart := o.Apart(); apart != "" {
				if m.Root.Unset(apart); len(m.Root.Kids) == 0 {
					continue // nothing but objects, which are translated, or passed through by themselves
				}
			}
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
	return manifests, patches
}

// deliver opens what was written.
func (j *job) deliver() {
	r := j.result
	parallel.Each(len(r.Manifests), func(i int) { r.Manifests[i].Open() })
	j.implyNamespace(r.Manifests)
	j.implyNamespace(r.Patches)
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
