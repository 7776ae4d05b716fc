// Package manifest builds the manifests that a mesh's writer prints: ordered
// trees whose values know which input justifies them, with comments.
package manifest

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/place"
)

// Object is one manifest to be written.
type Object struct {
	APIVersion, Kind, Namespace, Name string
	Root                              *Node
	// Patch says that the object changes one that is not ours, such as a
	// Service that needs an annotation: a strategic merge patch.
	Patch bool
	// Turn orders objects of one kind where the target needs an order: lower ones are
	// applied first.
	Turn int
	// From are the input values that justify the object as a whole.
	From []place.Ref
}

// New begins an object; its Root has apiVersion, kind and metadata with name and
// namespace. An empty namespace is for cluster-wide kinds.
func New(apiVersion, kind, namespace, name string) *Object {
	b := &begun{Object: Object{APIVersion: apiVersion, Kind: kind, Namespace: namespace, Name: name}}
	for i, text := range [...]string{apiVersion, kind, name, namespace} {
		b.texts[i] = Node{Kind: StringKind, Text: text}
	}
	meta := b.meta.begin().Set("name", &b.texts[2])
	if namespace != "" {
		meta.Set("namespace", &b.texts[3])
	}
	b.Root = b.root.begin().Set("apiVersion", &b.texts[0]).Set("kind", &b.texts[1]).Set("metadata", meta)
	return &b.Object
}

// begun is an object in one piece of memory with what each has.
type begun struct {
	Object
	root, meta roomy
	texts      [4]Node
}

// Kind is what a node is.
type Kind uint8

const (
	MapKind Kind = iota
	ListKind
	StringKind
	IntKind
	FloatKind
	BoolKind
	NullKind
)

// Node is a value to be printed.
type Node struct {
	Kind    Kind
	Text    string // of scalars, unquoted
	Keys    []string
	Kids    []*Node
	Comment string // printed above, "#" included
	From    []place.Ref
}

// Map makes a map without entries.
func Map() *Node { return new(roomy).begin() }

// roomy is a map in one piece of memory with its first entries; most have no more.
type roomy struct {
	Node
	keys [4]string
	kids [4]*Node
}

func (m *roomy) begin() *Node {
	m.Kind, m.Keys, m.Kids = MapKind, m.keys[:0], m.kids[:0]
	return &m.Node
}

// Str, Int, Float and Bool make scalars.
func Str(s string) *Node { return &Node{Kind: StringKind, Text: s} }

// Set gives a key a value, behind those there are; a nil value sets nothing. It
// returns n.
func (n *Node) Set(key string, v *Node) *Node {
	if v == nil {
		return n
	}
	if i := slices.Index(n.Keys, key); i >= 0 {
		n.Kids[i] = v
		return n
	}
	n.Keys, n.Kids = append(n.Keys, key), append(n.Kids, v)
	return n
}

// Unset removes a key; it is nil-safe.
func (n *Node) Unset(key string) {
	if n == nil {
		return
	}
	if i := slices.Index(n.Keys, key); i >= 0 {
		n.Keys, n.Kids = slices.Delete(n.Keys, i, i+1), slices.Delete(n.Kids, i, i+1)
	}
}

// Get returns the value of a key, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	if i := slices.Index(n.Keys, key); i >= 0 {
		return n.Kids[i]
	}
	return nil
}

// List makes a list.
func List(items ...*Node) *Node {
	l := &short{Node: Node{Kind: ListKind}}
	l.Kids = append(l.kids[:0], items...)
	return &l.Node
}

// short is a list in one piece of memory with its first items.
type short struct {
	Node
	kids [2]*Node
}

// Strs makes a list of strings; nil for none.
func Strs(values ...string) *Node {
	if len(values) == 0 {
		return nil
	}
	l := List()
	for _, v := range values {
		l.Kids = append(l.Kids, Str(v))
	}
	return l
}

// Append adds items to a list and returns it.
func (n *Node) Append(items ...*Node) *Node {
	n.Kids = append(n.Kids, items...)
	return n
}

// Because says which input justifies the value and all below that says nothing
// itself; it returns n, and is nil-safe.
func (n *Node) Because(refs ...place.Ref) *Node {
	if n != nil {
		n.From = append(n.From, refs...)
	}
	return n
}

// Above sets the comment above the value; lines get "# " where they lack it. It
// returns n, and is nil-safe.
func (n *Node) Above(comment string) *Node {
	if n != nil {
		n.Comment = comment
	}
	return n
}

// Remark is the comment as it is printed, with "#" before each line.
func (n *Node) Remark() string { return hashed(n.Comment) }

// Same reports whether two values are printed alike but for their comments.
func Same(a, b *Node) bool {
	return a.Kind == b.Kind && a.Text == b.Text && slices.Equal(a.Keys, b.Keys) && slices.EqualFunc(a.Kids, b.Kids, Same)
}
