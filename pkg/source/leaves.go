package source

import "github.com/transmesh/transmesh/pkg/place"

// Leaf is one value of the input with what became of it in reading. Leaves are
// scalars, nulls, and maps and lists without entries.
type Leaf struct {
	Ref     place.Ref
	Value   string
	Read    bool
	Skipped string // why it was ignored, or ""
	Inert   string // why it has no effect, or ""
	Problem string // what is wrong with it, or ""
}

// Leaves walks the leaves of a subtree in the order of the file.
func (n *Node) Leaves(yield func(Leaf)) { n.leaves(Leaf{}, yield) }

func (n *Node) leaves(above Leaf, yield func(Leaf)) {
	if n == nil {
		return
	}
	switch n.state {
	case skipped:
		above.Skipped, above.Inert = n.why, ""
	case inert:
		above.Inert, above.Skipped = n.why, ""
	}
	if n.problem != "" {
		above.Problem = n.problem
	}
	if len(n.kids) == 0 {
		above.Ref, above.Value, above.Read = n.ref, n.text, n.state == read
		yield(above)
		return
	}
	for _, k := range n.kids {
		k.leaves(above, yield)
	}
}

// Problems lists the values of a subtree that a reader found to be wrong.
func (n *Node) Problems() []Problem {
	if n == nil {
		return nil
	}
	var out []Problem
	if n.problem != "" {
		kind := WrongValue
		if n.repeated {
			kind = RepeatedKey
		}
		out = append(out, Problem{Ref: n.ref, Kind: kind, Message: n.problem})
	}
	for _, k := range n.kids {
		out = append(out, k.Problems()...)
	}
	return out
}

// Problem is something wrong with the input at a place.
type Problem struct {
	Ref place.Ref
	// Kind tells unreadable files and limits from wrong values.
	Kind    ProblemKind
	Message string
	// ObjectKind and Namespace are what the text of an unreadable document
	// seems to say of its object; "" where it says nothing.
	ObjectKind, Namespace string
}

// ProblemKind tells what a problem is about.
type ProblemKind uint8

const (
	WrongValue   ProblemKind = iota // a value of the wrong type or out of range
	NotReadable                     // the text is not YAML or JSON, or not a manifest
	OverLimit                       // size, depth or aliases
	RepeatedKey                     // a mapping says a key twice
	LooksForeign                    // a template or merge conflict
)
