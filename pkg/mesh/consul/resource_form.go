package consul

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// Intentions that are kept as they are and were read as a configuration entry are
// printed as a custom resource, as all else is: with its one spelling and its types.

// intentionWords are the fields of intentions: how a resource spells them, and whether
// it wants a list or a boolean there. Types of sources, of which there is one, are none.
var intentionWords = []struct {
	name          string
	list, boolean bool
}{
	{name: "sources", list: true}, {name: "name"}, {name: "namespace"}, {name: "partition"}, {name: "peer"}, {name: "samenessGroup"},
	{name: "description"}, {name: "action"}, {name: "http"}, {name: "permissions", list: true}, {name: "jwt"},
	{name: "pathExact"}, {name: "pathPrefix"}, {name: "pathRegex"}, {name: "methods", list: true},
	{name: "header", list: true}, {name: "present", boolean: true}, {name: "exact"}, {name: "prefix"}, {name: "suffix"}, {name: "contains"},
	{name: "regex"}, {name: "invert", boolean: true}, {name: "ignoreCase", boolean: true},
	{name: "providers", list: true}, {name: "verifyClaims", list: true}, {name: "path", list: true}, {name: "value"},
}

// asResource is an object that is kept as it was read: a resource, if it is one of
// intentions of which facts hold all, without namespaces.
func (w *writer) asResource(o *manifest.Object) *manifest.Object {
	if o.Kind != entryIntentions || o.APIVersion != "" || w.names.enterprise {
		return o
	}
	var home *intent.Home
	for _, op := range w.m.Opaque {
		if op.Whole != nil && op.At.Object == o.From[0].Object {
			if !op.Held {
				return o
			}
			home = op.Home
		}
	}
	name, dest := o.Name, manifest.Map().Set("name", manifest.Str(o.Name))
	if name == anyName {
		name = w.name(kindIntentions, o.Namespace, allServices)
	}
	out := manifest.New(apiVersion, kindIntentions, o.Namespace, name)
	gatewayapi.WriteHome(out, w.once(home), nil)
	spec := manifest.Map().Because(o.From...).Set("destination", dest)
	for _, word := range []string{"jwt", "sources"} {
		spec.Set(word, resourceFields(o.Root).Get(word))
	}
	out.Root.Set("spec", spec)
	return out
}

// resourceFields spells the fields of a map of an entry as a resource does; others are
// left out, and null, which is no value for Consul's servers.
func resourceFields(n *manifest.Node) *manifest.Node {
	if n.Kind == manifest.ListKind && len(n.Kids) == 1 { // a block of HCL
		n = n.Kids[0].Node
	}
	out := manifest.Map().Above(strings.TrimPrefix(n.Comment(), "# ")).Because(n.From()...)
	for _, word := range intentionWords {
		i := slices.IndexFunc(n.Kids, func(kid manifest.Kid) bool { return spells(kid.Key, word.name) })
		if i < 0 || n.Kids[i].Node.Kind == manifest.NullKind {
			continue
		}
		v := n.Kids[i].Node
		switch {
		case word.boolean:
			v = manifest.Bool(v.Text == "true" || v.Text == "1").Because(v.From()...)
		case word.list:
			v = resourceList(v)
		case v.Kind == manifest.MapKind || v.Kind == manifest.ListKind:
			v = resourceFields(v)
		default:
			v = resourceText(v)
		}
		out.Set(word.name, v)
	}
	return out
}

// resourceList is a list, also where an entry has a single value.
func resourceList(n *manifest.Node) *manifest.Node {
	items := []*manifest.Node{n}
	if n.Kind == manifest.ListKind {
		items = n.Items()
	}
	out := manifest.List().Because(n.From()...)
	for _, item := range items {
		if item.Kind == manifest.MapKind {
			item = resourceFields(item)
		} else {
			item = resourceText(item)
		}
		out.Append(item)
	}
	return out
}

// resourceText is a text, also where an entry has a number or a boolean, which Consul's
// servers convert and the API server refuses.
func resourceText(n *manifest.Node) *manifest.Node {
	return manifest.Str(n.Text).Above(strings.TrimPrefix(n.Comment(), "# ")).Because(n.From()...)
}
