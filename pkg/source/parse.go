// Package source reads manifests into trees that remember where every value
// stood and whether anyone has read it.
package source

import (
	"bytes"
	"errors"
	"io"

	"github.com/transmesh/transmesh/pkg/place"
	"go.yaml.in/yaml/v3"
)

// Object is one manifest.
type Object struct {
	APIVersion, Kind, Namespace, Name string
	// NamespaceImplied says that the manifest names no namespace, and Namespace
	// is the one assumed.
	NamespaceImplied bool
	Root             *Node
}

// Group is the API group; "" for core objects.
func (o *Object) Group() string {
	if i := bytes.IndexByte([]byte(o.APIVersion), '/'); i >= 0 {
		return o.APIVersion[:i]
	}
	return ""
}

// Version is the API version without its group.
func (o *Object) Version() string {
	if i := bytes.IndexByte([]byte(o.APIVersion), '/'); i >= 0 {
		return o.APIVersion[i+1:]
	}
	return o.APIVersion
}

// Ref names the whole object.
func (o *Object) Ref() place.Ref { return o.Root.Ref() }

// Options bounds and completes what is read.
type Options struct {
	// MaxBytes of one document; 0 is 16 MiB.
	MaxBytes int
	// Namespace of objects that name none; "" is "default".
	Namespace string
}

// Parse reads every document of a file. What cannot be read is a problem; the
// other documents are still returned.
func Parse(file string, data []byte, o Options) ([]*Object, []Problem) {
	var objs []*Object
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		switch err := dec.Decode(&doc); {
		case errors.Is(err, io.EOF):
			return objs, nil
		case err != nil:
			return objs, []Problem{{Ref: place.Ref{Pos: place.Pos{File: file}}, Kind: NotReadable, Message: err.Error()}}
		}
		if obj := FromYAML(file, doc.Content[0], o); obj != nil {
			objs = append(objs, obj)
		}
	}
}

// FromYAML makes an object of a parsed document.
func FromYAML(file string, doc *yaml.Node, o Options) *Object {
	root := build(doc, place.Ref{Pos: place.Pos{File: file}})
	obj := &Object{Root: root}
	obj.APIVersion, obj.Kind = root.Get("apiVersion").Text(), root.Get("kind").Text()
	meta := root.Get("metadata")
	obj.Namespace, obj.Name = meta.Get("namespace").Text(), meta.Get("name").Text()
	if obj.Namespace == "" {
		obj.Namespace, obj.NamespaceImplied = o.Namespace, true
		if obj.Namespace == "" {
			obj.Namespace = "default"
		}
	}
	label(root, obj.Kind+" "+obj.Namespace+"/"+obj.Name)
	return obj
}

func label(n *Node, object string) {
	n.ref.Object = object
	for _, k := range n.kids {
		label(k, object)
	}
}
