package consul

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/manifest"
)

// Entries says custom resources as the configuration entries of Consul's servers,
// which have a Kind and a Name and fields in CamelCase: manifest.WriteHCL and
// WriteJSON print them. Objects that are no such resources are the rest.
//
// An entry has no labels, and keeps its annotations as Meta; the community edition
// has no namespaces, so that the namespace of an object is left out.
// https://developer.hashicorp.com/consul/docs/reference/config-entry
func Entries(objs []*manifest.Object) (entries, rest []*manifest.Object) {
	for _, o := range objs {
		kind := entryKind(o)
		switch {
		case o.Patch || kind == "" && o.APIVersion != "":
			rest = append(rest, o)
		case kind == "":
			entries = append(entries, o) // it is one
		default:
			entries = append(entries, entryOf(o, kind))
		}
	}
	return entries, rest
}

// Bootstrap is one object for all entries: the part of an agent's configuration
// that brings them into being.
// https://developer.hashicorp.com/consul/docs/agent/config/config-files#config_entries
func Bootstrap(entries []*manifest.Object) *manifest.Object {
	list := manifest.List()
	out := &manifest.Object{Kind: "config_entries"}
	for _, e := range entries {
		list.Append(e.Root)
		out.From = append(out.From, e.From...)
	}
	out.Root = manifest.Map().Set("config_entries", manifest.Map().Set("bootstrap", list))
	return out
}

// entryKind is the kind of entry that a custom resource stands for, or "".
func entryKind(o *manifest.Object) string {
	for _, d := range dialects {
		if groupOf(o) == group && o.Kind == d.resource {
			return d.entry
		}
	}
	for _, k := range entryKinds {
		if k.resource != "" && groupOf(o) == group && o.Kind == k.resource {
			return k.entry
		}
	}
	for _, k := range opaqueKinds {
		if k.resource != "" && groupOf(o) == k.group && o.Kind == k.resource {
			return k.entry
		}
	}
	return ""
}

func entryOf(o *manifest.Object, kind string) *manifest.Object {
	meta, spec := o.Root.Get("metadata"), o.Root.Get("spec")
	root := manifest.Map().Above(o.Root.Comment()).Because(o.Root.From()...)
	name, namespace := manifest.Str(o.Name), (*manifest.Node)(nil)
	if dest := spec.Get("destination"); kind == entryIntentions && dest != nil {
		name, namespace = dest.Get("name"), dest.Get("namespace")
	}
	if root.Set("Kind", manifest.Str(kind)); kind != "mesh" { // which has none
		root.Set("Name", name)
	}
	root.Set("Namespace", namespace).Set("Meta", meta.Get("annotations"))
	if spec == nil {
		return &manifest.Object{Kind: kind, Namespace: o.Namespace, Name: name.Text, Root: root, From: o.From}
	}
	for _, kid := range spec.Kids {
		if kind != entryIntentions || kid.Key != "destination" {
			root.Set(camel(kid.Key), fields(kid.Key, kid.Node))
		}
	}
	return &manifest.Object{Kind: kind, Namespace: o.Namespace, Name: name.Text, Root: root, From: o.From}
}

// named are the fields that are maps from names, which stay as they are.
var named = []string{"subsets", "failover", "add", "set", "config", "arguments", "meta"}

// fields spells the fields of a value in CamelCase.
func fields(key string, n *manifest.Node) *manifest.Node {
	out := (&manifest.Node{Kind: n.Kind, Text: n.Text}).Above(n.Comment()).Because(n.From()...)
	for _, kid := range n.Kids {
		switch {
		case n.Kind == manifest.MapKind && slices.Contains(named, key):
			if key == "config" || key == "arguments" {
				out.Set(kid.Key, kid.Node)
			} else {
				out.Set(kid.Key, fields("", kid.Node))
			}
		case n.Kind == manifest.MapKind:
			out.Set(camel(kid.Key), fields(kid.Key, kid.Node))
		default:
			out.Append(fields("", kid.Node))
		}
	}
	return out
}

// capitals are the words that are written in capitals where a field begins with them.
var capitals = []string{"ca", "http", "json", "jwks", "jwt", "sds", "sni", "tls", "ttl", "uri"}

func camel(key string) string {
	for _, word := range capitals {
		if rest, ok := strings.CutPrefix(key, word); ok && (rest == "" || rest[0] < 'a') {
			return strings.ToUpper(word) + rest
		}
	}
	return strings.ToUpper(key[:1]) + key[1:]
}
