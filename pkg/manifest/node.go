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
	seal *seal // what Root will be; nil is that it is
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

// Node is a value to be printed. There are many: what few of them have is in notes.
type Node struct {
	Kind Kind
	Text string // of scalars, unquoted
	Kids []Kid  // of maps and lists, in their order
	more *notes // nil is nothing
}

// Kid is a value of a map with its key, or an item of a list, whose Key is "".
type Kid struct {
	Key string
	*Node
}

// notes are what a value may have beside what it says.
type notes struct {
	comment string
	from    []place.Ref
}

// Map makes a map without entries.
func Map() *Node { return new(roomy).begin() }

// roomy is a map in one piece of memory with its first entries; most have no more.
type roomy struct {
	Node
	kids [4]Kid
}

func (m *roomy) begin() *Node {
	m.Kind, m.Kids = MapKind, m.kids[:0]
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
	if i := n.index(key); i >= 0 {
		n.Kids[i].Node = v
		return n
	}
	n.Kids = append(n.Kids, Kid{key, v})
	return n
}

// index is the number of a map's key, or -1.
func (n *Node) index(key string) int {
	if n.Kind != MapKind {
		return -1
	}
	for i := range n.Kids {
		if n.Kids[i].Key == key {
			return i
		}
	}
	return -1
}

// Unset removes a key; it is nil-safe.
func (n *Node) Unset(key string) {
	if n == nil {
		return
	}
	if i := n.index(key); i >= 0 {
		n.Kids = slices.Delete(n.Kids, i, i+1)
	}
}

// Get returns the value of a key, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	if i := n.index(key); i >= 0 {
		return n.Kids[i].Node
	}
	return nil
}

// Keys are those of a map, in their order; a list has none.
func (n *Node) Keys() []string {
	if n.Kind != MapKind {
		return nil
	}
	out := make([]string, len(n.Kids))
	for i, kid := range n.Kids {
		out[i] = kid.Key
	}
	return out
}

// Items are what a map or list holds, without keys; it is nil-safe.
func (n *Node) Items() []*Node {
	if n == nil {
		return nil
	}
	out := make([]*Node, len(n.Kids))
	for i, kid := range n.Kids {
		out[i] = kid.Node
	}
	return out
}

// List makes a list.
func List(items ...*Node) *Node {
	l := &short{Node: Node{Kind: ListKind}}
	l.Kids = l.kids[:0]
	return l.Append(items...)
}

// short is a list in one piece of memory with its first items.
type short struct {
	Node
	kids [2]Kid
}

// Strs makes a list of strings; nil for none.
func Strs(values ...string) *Node {
	if len(values) == 0 {
		return nil
	}
	l := List()
	for _, v := range values {
		l.Append(Str(v))
	}
	return l
}

// Append adds items to a list and returns it.
func (n *Node) Append(items ...*Node) *Node {
	for _, item := range items {
		n.Kids = append(n.Kids, Kid{Node: item})
	}
	return n
}

// note is where notes are taken.
func (n *Node) note() *notes {
	if n.more == nil {
		n.more = &notes{}
	}
	return n.more
}

// From are the input values that justify the value and all below that has none
// itself; it is nil-safe.
func (n *Node) From() []place.Ref {
	if n == nil || n.more == nil {
		return nil
	}
	return n.more.from
}

// Comment is what is printed above the value; lines may lack their "#". It is nil-safe.
func (n *Node) Comment() string {
	if n == nil || n.more == nil {
		return ""
	}
	return n.more.comment
}

// Because says which input justifies the value and all below that says nothing
// itself; it returns n, and is nil-safe.
func (n *Node) Because(refs ...place.Ref) *Node {
	if n == nil || len(refs) == 0 {
		return n
	}
	if to := n.note(); to.from == nil {
		to.from = slices.Clip(refs) // who says more gets a list of its own
	} else {
		to.from = append(to.from, refs...)
	}
	return n
}

// Above sets the comment above the value; lines get "# " where they lack it. It
// returns n, and is nil-safe.
func (n *Node) Above(comment string) *Node {
	if n != nil && comment != n.Comment() {
		n.note().comment = comment
	}
	return n
}

// Remark is the comment as it is printed, with "#" before each line.
func (n *Node) Remark() string { return hashed(n.Comment()) }

// Same reports whether two values are printed alike but for their comments.
func Same(a, b *Node) bool {
	return a.Kind == b.Kind && a.Text == b.Text && slices.EqualFunc(a.Kids, b.Kids, func(a, b Kid) bool {
		return a.Key == b.Key && Same(a.Node, b.Node)
	})
}
