package source

import (
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/place"
)

// Kind is what a value is.
type Kind uint8

const (
	Missing Kind = iota
	Null
	Scalar
	Map
	List
)

// Node is a cursor on one value. A nil *Node is a missing value: every method
// works on it and yields zero, so readers never test for presence twice.
//
// Reading a scalar marks it; a map or list is marked by asking for its Kind, its
// entries, its items or a key, which an empty one, a leaf too, needs. What nobody
// marks or skips is reported by the tree.
type Node struct {
	in    *origin
	notes *notes // nil is that there is nothing to be noted
	path  span
	says  span // of a scalar its text, and of a map or list what it holds, in the order of the file
	at    spot
	keyed keyed
	tag   tag
	state state
}

// spot is a place within a file.
type spot struct{ line, col int32 }

// notes are what few values have.
type notes struct {
	comment string // the comment above, "#" included
	why     string // of the state
	problem string
	tag     string // one that no schema of YAML has
	block   bool   // a text written line by line below "|"
	far     farKey // of a key that the value itself has no room for
	// about tells what the problem is about.
	about ProblemKind
}

// note is where notes are taken.
func (n *Node) note() *notes {
	if n.notes == nil {
		n.notes = &notes{}
	}
	return n.notes
}

// noted is what was noted, to be read only.
func (n *Node) noted() *notes {
	if n.notes == nil {
		return &nothing
	}
	return n.notes
}

var nothing notes

type state uint8

const (
	unread state = iota
	read
	skipped
	inert
	withheld
)

// Get returns the value of a key, or nil. A null value counts as missing. Asking
// a scalar or a list for a key is a problem of theirs.
func (n *Node) Get(key string) *Node {
	k := n.lookup(key)
	if k != nil && k.kind() == Null {
		k.state = read
		return nil
	}
	return k
}

// GetNull is Get, but returns a null value as a node of kind Null, for the few
// fields where null means something.
func (n *Node) GetNull(key string) *Node { return n.lookup(key) }

func (n *Node) lookup(key string) *Node {
	if n == nil || n.kind() != Null && !n.want(Map, "a map") {
		return nil
	}
	return n.find(key)
}

// find is the first value of a key, or nil; it marks nothing.
func (n *Node) find(key string) *Node {
	for _, kid := range n.held() {
		if kid.name() == key {
			return kid
		}
	}
	return nil
}

// written is the text of a scalar or null; it marks nothing.
func (n *Node) written() string {
	if n == nil || n.kind() != Scalar && n.kind() != Null {
		return ""
	}
	return n.word()
}

// Kind says what the value is, and marks a map or list as read.
func (n *Node) Kind() Kind {
	if n == nil {
		return Missing
	}
	n.visit()
	return n.kind()
}

// visit marks a map or list as read, not what it holds; a null that stands for one
// too.
func (n *Node) visit() {
	if n.state == unread && n.kind() != Scalar {
		n.state = read
	}
}

// Items returns the elements of a list; a value of another kind is a problem.
func (n *Node) Items() []*Node {
	if n == nil || !n.want(List, "a list") {
		return nil
	}
	return n.held()
}

// Entry is a key of a map with its value.
type Entry struct {
	Key   string
	Value *Node
}

// Entries returns the entries of a map in the order of the file; a value of
// another kind is a problem.
func (n *Node) Entries() []Entry {
	if n == nil || !n.want(Map, "a map") {
		return nil
	}
	out := make([]Entry, n.holds())
	for i, kid := range n.held() {
		out[i] = Entry{kid.name(), kid}
	}
	return out
}

// First is the value of a map's first key in the order of the file, or nil.
func (n *Node) First() *Node {
	if n == nil || n.Kind() != Map || n.holds() == 0 {
		return nil
	}
	return n.held()[0]
}

// Str reads a string. A number or boolean without quotes is a problem, as the
// API server would reject it.
func (n *Node) Str() string {
	if n == nil || !n.want(Scalar, "a string") {
		return ""
	}
	n.state = read
	if n.tag != tagStr && n.tag != tagTime {
		n.fail("a string")
	}
	return n.word()
}

// Text reads any scalar as it is written, for fields that take numbers and
// strings alike.
func (n *Node) Text() string {
	if n == nil || !n.want(Scalar, "a number or a string") {
		return ""
	}
	n.state = read
	return n.word()
}

// IsNumber reports whether the value is written as a number.
func (n *Node) IsNumber() bool { return n != nil && (n.tag == tagInt || n.tag == tagFloat) }

// Is reports whether the value is of a kind, and marks nothing.
func (n *Node) Is(k Kind) bool { return n != nil && n.kind() == k }

// IsEmpty reports whether the value is a map or list without entries, and marks
// nothing.
func (n *Node) IsEmpty() bool { return n != nil && n.kind() != Scalar && n.holds() == 0 }

// Written is the text of a scalar as it is written, or ""; it marks nothing.
func (n *Node) Written() string { return n.written() }

// IsString reports whether the value is one that Str reads.
func (n *Node) IsString() bool {
	return n != nil && n.kind() == Scalar && (n.tag == tagStr || n.tag == tagTime)
}

// IsBool reports whether the value is one that Bool reads.
func (n *Node) IsBool() bool { return n != nil && n.kind() == Scalar && n.tag == tagBool }

// Int reads an integer.
func (n *Node) Int() int {
	if n == nil || !n.want(Scalar, "an integer") {
		return 0
	}
	n.state = read
	i, err := strconv.ParseInt(n.word(), 0, 64)
	if err != nil || n.tag != tagInt {
		n.fail("an integer")
	}
	return int(i)
}

// Float reads a number.
func (n *Node) Float() float64 {
	if n == nil || !n.want(Scalar, "a number") {
		return 0
	}
	n.state = read
	f, err := strconv.ParseFloat(n.word(), 64)
	if err != nil || !n.IsNumber() {
		n.fail("a number")
	}
	return f
}

// Bool reads a boolean, as kubectl does: yes and on without quotes are true.
func (n *Node) Bool() bool {
	if n == nil || !n.want(Scalar, "true or false") {
		return false
	}
	n.state = read
	if n.tag != tagBool {
		n.fail("true or false")
		return false
	}
	switch strings.ToLower(n.word()) {
	case "true", "yes", "on":
		return true
	}
	return false
}

// Duration reads a duration as Go and Kubernetes write it: "1h30m", "0.5s". A
// value that is none is a problem.
func (n *Node) Duration() time.Duration {
	s := n.Str()
	if n == nil || n.noted().problem != "" {
		return 0
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		n.fail(`a duration such as "1.5s"`)
	}
	return d
}

// Ref says where the value stands; the zero Ref for a missing one.
func (n *Node) Ref() place.Ref {
	if n == nil {
		return place.Ref{}
	}
	return place.Ref{Object: n.in.object, Path: n.string(n.path), Pos: n.pos(n.at)}
}

func (n *Node) pos(at spot) place.Pos {
	return place.Pos{File: n.in.file, Line: int(at.line), Col: int(at.col)}
}

// Block reports whether a text is written line by line below "|", so that its first line
// stands in the line after the value's own.
func (n *Node) Block() bool { return n != nil && n.noted().block }

// Comment is the text above the value, "#" included, or "".
func (n *Node) Comment() string {
	if n == nil {
		return ""
	}
	return n.noted().comment
}
