package main

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// shown says of the values of a ledger where in what was delivered they show: in which
// file at which line, and on standard output in which manifest.
func (d delivery) shown(l ledger.Ledger) ledger.Ledger {
	at := map[*manifest.Object]map[string]place.Pos{}
	return l.Shown(d.objects(), func(o *manifest.Object, path string) place.Pos {
		if d.output == "" {
			return place.Pos{}
		}
		if at[o] == nil {
			d.locate(at, o)
		}
		return at[o][path]
	})
}

// objects are what is written, in its order.
func (d delivery) objects() []*manifest.Object {
	out := slices.Concat(d.manifests, d.patches)
	if d.output != "" && !d.single() {
		out = append(out, d.others...)
	}
	return out
}

// locate reads back the file in which an object stands, and tells where the values in it
// are.
func (d delivery) locate(at map[*manifest.Object]map[string]place.Pos, o *manifest.Object) {
	file, there := d.printed.file[o], []*manifest.Object{o}
	if d.single() {
		file, there = d.output, d.objects()
	}
	for _, o := range there {
		at[o] = map[string]place.Pos{}
	}
	objs, _ := source.Parse(file, d.printed.data[file], source.Options{})
	objs = slices.DeleteFunc(objs, func(o *source.Object) bool { return o.Apart() != "" })
	if len(objs) != len(there) {
		return
	}
	for i, o := range there {
		note(at[o], objs[i].Root, objs[i].Ref().Path)
	}
}

// note takes down where the values of a tree stand, by their path below an outer one.
func note(at map[string]place.Pos, n *source.Node, outer string) {
	ref := n.Ref()
	at[ref.Path[len(outer):]] = ref.Pos
	switch {
	case n.Is(source.Map):
		for _, e := range n.Entries() {
			note(at, e.Value, outer)
		}
	case n.Is(source.List):
		for _, item := range n.Items() {
			note(at, item, outer)
		}
	}
}
