package source

import (
	"cmp"
	"strings"

	"github.com/transmesh/transmesh/pkg/place"
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

// isEntry reports whether a document is meant as a configuration entry of Consul, which
// has neither API version nor metadata: its kind is in lower case with dashes. In HCL,
// and below a key that begins with a capital, another kind is a wrong one.
func isEntry(root *Node) bool {
	kind := cmp.Or(root.lookup("Kind").written(), root.lookup("kind").written())
	if kind == "" || root.lookup("apiVersion") != nil || root.lookup("metadata") != nil {
		return false
	}
	return kind == strings.ToLower(kind) || root.lookup("Kind") != nil || namedHCL(root.in.file)
}

// kindless tells why an object that stands where only configuration entries do, or in
// a file of HCL with the name of one, is none; nil is that it is one, or no such thing.
// https://github.com/hashicorp/consul/blob/v1.20.1/agent/structs/config_entry.go DecodeConfigEntry
func kindless(obj *Object, bootstrapped bool) *Problem {
	named := namedHCL(obj.Root.in.file) && cmp.Or(obj.Root.lookup("Name").written(), obj.Root.lookup("name").written()) != ""
	if obj.IsEntry() || obj.APIVersion != "" || !bootstrapped && !named {
		return nil
	}
	why := "the document has a name and no Kind, without which it is no configuration entry"
	if bootstrapped {
		why = "an entry of " + configEntries + " has no kind of one, such as service-intentions"
	}
	return &Problem{Ref: place.Ref{Pos: obj.Ref().Pos}, Kind: NotReadable, Message: why}
}

// IsEntry reports whether the object has the form of a configuration entry of Consul:
// no API version, no metadata, and a kind as an entry says it.
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
