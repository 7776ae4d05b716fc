package source

import (
	"cmp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// bootstrapped lists the configuration entries within an agent's configuration:
// config_entries { bootstrap = [...] }, where a list of one may be written as
// its element.
// https://developer.hashicorp.com/consul/docs/agent/config/config-files#config_entries
func bootstrapped(root *yaml.Node) []*yaml.Node {
	if valueAt(root, "kind") != nil || valueAt(root, "apiVersion") != nil {
		return nil
	}
	var out []*yaml.Node
	for _, group := range elements(valueAt(root, configEntries)) {
		out = append(out, elements(valueAt(group, "bootstrap"))...)
	}
	return out
}

const configEntries = "config_entries"

// Apart is the key of a document below which all objects are read as documents of their
// own; "" is none.
func (o *Object) Apart() string {
	if o.Kind == "" && o.APIVersion == "" && o.Root.find(configEntries) != nil {
		return configEntries
	}
	return ""
}

func elements(y *yaml.Node) []*yaml.Node {
	switch {
	case y == nil:
		return nil
	case y.Kind == yaml.SequenceNode:
		return y.Content
	}
	return []*yaml.Node{y}
}

// isEntry reports whether a document is a configuration entry of Consul, which
// has neither API version nor metadata: its kind is in lower case with dashes.
func isEntry(root *Node) bool {
	kind := cmp.Or(root.lookup("Kind").written(), root.lookup("kind").written())
	return root.lookup("apiVersion") == nil && root.lookup("metadata") == nil && kind != "" && kind == strings.ToLower(kind)
}

// IsEntry reports whether the object has the form of a configuration entry of Consul:
// no API version, no metadata, and a kind in lower case.
func (o *Object) IsEntry() bool { return isEntry(o.Root) }

// either is a key of a configuration entry, in either spelling.
func either(root *Node, key string) *Node {
	if n := root.Get(key); n != nil {
		return n
	}
	return root.Get(strings.ToLower(key))
}

// nameEntry tells which configuration entry an object is. Its namespace is
// Consul's own.
func nameEntry(obj *Object, root *Node, o Options) {
	obj.Kind, obj.Name = either(root, "Kind").Text(), either(root, "Name").Text()
	if ns := either(root, "Namespace").Text(); ns != "" {
		obj.Namespace, obj.NamespaceImplied = ns, false
	} else {
		obj.Namespace, obj.NamespaceImplied = o.namespace(), true
	}
}
