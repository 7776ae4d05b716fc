package source

import (
	"strconv"

	"github.com/transmesh/transmesh/pkg/place"
)

// Leaf is one value of the input with what became of it in reading. Leaves are
// scalars, nulls, and maps and lists without entries.
type Leaf struct {
	Site
	Read    bool   // the reader asked for it, or said itself what becomes of it
	Skipped string // why it was ignored, or ""
	Inert   string // why it has no effect, or ""
	Problem string // what is wrong with it, or ""
	// Withheld is why the input does not tell what effect it has, or "".
	Withheld string
}

// Site is where a leaf is, and what it says, which reading does not change.
type Site struct {
	node *Node
	// outer is the outermost value around it that nobody read when it was found; nil
	// where all were.
	outer *Node
	// keyed is the nearest value with a key at or around outer; nil where none is.
	keyed *Node
}

// Ref names the leaf.
func (s Site) Ref() place.Ref { return s.node.Ref() }

// Value is the scalar as it is written; "" for a map or list.
func (s Site) Value() string { return s.node.word() }

// Named is the leaf, or for one that nobody read the outermost value around it that
// nobody read, at the position of its key, or of the list's that it is an element of.
func (s Site) Named() place.Ref {
	n := s.node
	if s.settled() {
		n = s.outer
	}
	ref := n.Ref()
	if s.keyed != nil {
		ref.Pos = n.pos(s.keyed.key())
	}
	return ref
}

// settled reports whether the outermost value is known that nobody read; the object as
// a whole is none.
func (s Site) settled() bool { return s.outer != nil && s.outer.path.len > 0 }

// CountLeaves is the number of leaves of a subtree.
func (n *Node) CountLeaves() int {
	if n == nil {
		return 0
	}
	if n.holds() == 0 {
		return 1
	}
	all := 0
	for _, k := range n.held() {
		all += k.CountLeaves()
	}
	return all
}

// Leaves walks the leaves of a subtree in the order of the file.
func (n *Node) Leaves(yield func(Leaf)) { n.leaves(Leaf{}, yield) }

func (n *Node) leaves(above Leaf, yield func(Leaf)) {
	if n == nil {
		return
	}
	switch n.state {
	case skipped:
		above.Skipped, above.Inert, above.Withheld = n.noted().why, "", ""
	case inert:
		above.Inert, above.Skipped, above.Withheld = n.noted().why, "", ""
	case withheld:
		above.Withheld, above.Skipped, above.Inert = n.noted().why, "", ""
	}
	if problem := n.noted().problem; problem != "" {
		above.Problem = problem
	}
	if !above.settled() {
		above.around(n)
	}
	if n.holds() == 0 {
		above.node, above.Read = n, n.state != unread
		yield(above)
		return
	}
	for _, k := range n.held() {
		k.leaves(above, yield)
	}
}

// around notes a value on the way to a leaf.
func (s *Site) around(n *Node) {
	if n.key().line > 0 {
		s.keyed = n
	}
	if n.state == unread {
		s.outer = n
	}
}

// Problems lists the values of a subtree that a reader found to be wrong.
func (n *Node) Problems() []Problem { return n.problems(nil) }

func (n *Node) problems(out []Problem) []Problem {
	if n == nil {
		return out
	}
	if is := n.noted(); is.problem != "" {
		out = append(out, Problem{Ref: n.problemAt(), Kind: is.about, Message: is.problem, Value: n.shown()})
	}
	for _, k := range n.held() {
		out = k.problems(out)
	}
	return out
}

// problemAt is where a problem stands: one of a key at the key, at the second of two.
func (n *Node) problemAt() place.Ref {
	ref := n.Ref()
	if about := n.noted().about; about == RepeatedKey || about == NoField || about == OtherVersion {
		ref.Pos = n.pos(n.key())
	}
	return ref
}

// shown is a scalar as messages show it, strings in quotes; "" for a map or list.
func (n *Node) shown() string {
	text := []rune(n.word())
	if len(text) > 60 {
		text = append(text[:60], []rune("...")...)
	}
	switch {
	case n.kind() != Scalar:
		return ""
	case n.tag == tagStr:
		return strconv.Quote(string(text))
	}
	return string(text)
}

// Problem is something wrong with the input at a place.
type Problem struct {
	Ref place.Ref
	// Kind tells unreadable files and limits from wrong values.
	Kind ProblemKind
	// Message is a sentence, or for a value a clause such as "is not a list".
	Message string
	// Value is the scalar concerned, strings in quotes; "" for others.
	Value string
	// ObjectKinds are all kinds that the text of an unreadable document names;
	// empty where it names none.
	ObjectKinds []string
	// Text is that of an unreadable document.
	Text string
	// Namespace is the one that the text seems to give its object; "" where it
	// tells none for sure.
	Namespace string
}

// ProblemKind tells what a problem is about.
type ProblemKind uint8

const (
	WrongType    ProblemKind = iota // a value of the wrong type
	WrongValue                      // a value that cannot stand there
	BadRegex                        // a regular expression that does not compile
	NotReadable                     // the text is not YAML or JSON, or not a manifest
	OverLimit                       // size, depth or aliases
	RepeatedKey                     // a mapping says a key twice
	LooksForeign                    // a template or merge conflict
	NoManifest                      // a list, which no manifest is
	NoField                         // a key that the definition does not have
	OtherVersion                    // a key that another version of the definition has
)
