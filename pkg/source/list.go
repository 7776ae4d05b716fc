package source

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/place"
	"go.yaml.in/yaml/v3"
)

// objects makes the objects of a document: one, or the items of a List.
func objects(file string, root *yaml.Node, o Options) ([]*Object, *Problem) {
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" {
		return nil, nil
	}
	all := sizeOf(root, 0)
	if all.text > o.maxText() {
		at := place.Pos{File: file, Line: root.Line, Col: root.Column}
		return nil, &Problem{Ref: place.Ref{Pos: at}, Kind: OverLimit, Message: "the document holds too many values below long keys"}
	}
	b := newBuilder(all, o)
	if isList(root) {
		return b.items(file, root, o)
	}
	obj, p := b.object(file, root, o)
	if p != nil {
		return nil, p
	}
	if p := kindless(obj, false); p != nil {
		return nil, p
	}
	objs := []*Object{obj}
	for _, entry := range bootstrapped(root) {
		obj, p := b.object(file, entry, o)
		if p == nil {
			p = kindless(obj, true)
		}
		if p != nil {
			return objs, p
		}
		objs = append(objs, obj)
	}
	return objs, nil
}

// isList reports whether a document is a List, or one of a kind's own, such as
// ServiceList.
func isList(root *yaml.Node) bool {
	kind := scalarAt(root, "kind")
	return kind == "List" || strings.HasSuffix(kind, "List") && valueAt(root, "items") != nil
}

// items are the objects of a List, and of the Lists within it.
func (b *builder) items(file string, list *yaml.Node, o Options) ([]*Object, *Problem) {
	items := valueAt(list, "items")
	switch {
	case items != nil && items.Kind == yaml.ScalarNode && items.ShortTag() == "!!null":
		return nil, nil
	case items == nil || items.Kind != yaml.SequenceNode:
		at := place.Pos{File: file, Line: list.Line, Col: list.Column}
		return nil, &Problem{Ref: place.Ref{Pos: at}, Kind: NotReadable, Message: "the " + scalarAt(list, "kind") + " has no list of items"}
	}
	var objs []*Object
	for _, item := range items.Content {
		if isList(item) {
			inner, p := b.items(file, item, o)
			if objs = append(objs, inner...); p != nil {
				return objs, p
			}
			continue
		}
		obj, p := b.object(file, typed(item, list), o)
		if p != nil {
			return objs, p
		}
		objs = append(objs, obj)
	}
	return objs, nil
}

// typed is an item with the kind of its list, if it says neither apiVersion nor kind, as
// the API server leaves them out: a ServiceList holds Services.
// https://github.com/kubernetes/cli-runtime/blob/master/pkg/resource/visitor.go FlattenListVisitor
func typed(item, list *yaml.Node) *yaml.Node {
	kind := strings.TrimSuffix(scalarAt(list, "kind"), "List")
	if kind == "" || item.Kind != yaml.MappingNode || valueAt(item, "kind") != nil || valueAt(item, "apiVersion") != nil {
		return item
	}
	out := *item
	out.Content = slices.Clip(item.Content)
	for i := 0; i+1 < len(list.Content); i += 2 {
		key, value := list.Content[i], list.Content[i+1]
		if key.Value != "kind" && key.Value != "apiVersion" {
			continue
		}
		said := *value
		if key.Value == "kind" {
			said.Value = kind
		}
		out.Content = append(out.Content, key, &said)
	}
	return &out
}

// runsOn finds where a map says both apiVersion and kind again, as where files were
// joined without a marker between their documents.
func runsOn(root *yaml.Node) (again *yaml.Node) {
	said := map[string]int{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key := root.Content[i]
		if key.Value != "apiVersion" && key.Value != "kind" {
			continue
		}
		if said[key.Value]++; said[key.Value] == 2 && again == nil {
			again = key
		}
	}
	if said["apiVersion"] < 2 || said["kind"] < 2 {
		return nil
	}
	return again
}

// scalars are the entries of a map that are scalars.
func scalars(content []*yaml.Node) []*yaml.Node {
	var out []*yaml.Node
	for i := 0; i+1 < len(content); i += 2 {
		if content[i+1].Kind == yaml.ScalarNode {
			out = append(out, content[i], content[i+1])
		}
	}
	return out
}
