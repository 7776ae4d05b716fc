package translate

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// mutant is one change of a document. apply makes it, and returns what undoes it.
type mutant struct {
	kind  mutation
	at    string // the path of what changes, below the document
	with  string // the path of the element that it is swapped with
	was   string // the scalar or key that changes; "" for others
	is    string
	apply func() (undo func())
}

// mutation is how a document changes.
type mutation string

const (
	otherScalar mutation = "another value"
	otherCase   mutation = "another case"
	otherKey    mutation = "another key"
	entryGone   mutation = "an entry removed"
	elementGone mutation = "an element removed"
	swapped     mutation = "elements swapped"
	objectGone  mutation = "a document removed"
)

// mutator lists the changes of documents. seen are the scalars that stand at keys
// anywhere in the cases, which are values that make sense there.
type mutator struct{ seen map[string][]string }

// mutants lists the single changes of a value and of all below it. key is the
// name of the field that the value is in.
func (m mutator) mutants(n *yaml.Node, at, key string) []mutant {
	switch n.Kind {
	case yaml.MappingNode:
		return m.entries(n, at)
	case yaml.SequenceNode:
		return m.elements(n, at, key)
	case yaml.ScalarNode:
		return m.scalars(n, at, key)
	}
	return nil
}

func (m mutator) entries(n *yaml.Node, at string) []mutant {
	var out []mutant
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		path := strings.TrimPrefix(at+"."+key.Value, ".")
		if identifies(path) {
			continue
		}
		if at != "" {
			out = append(out, removed(n, i, 2, entryGone, path))
		}
		if freeKeys(at) {
			out = append(out, rewritten(key, otherKey, key.Value+"x", path))
			if upper := strings.ToUpper(key.Value); upper != key.Value {
				out = append(out, rewritten(key, otherCase, upper, path))
			}
		}
		out = append(out, m.mutants(value, path, key.Value)...)
	}
	return out
}

// identifies reports whether a field of a document says only which object it is,
// or belongs to the API server.
func identifies(path string) bool {
	return path == "apiVersion" || path == "kind" || path == "status" || path == "metadata.namespace" || path == "metadata.name" || path == "metadata.labels"
}

// freeKeys reports whether the keys of a map are values: names of headers and
// labels.
func freeKeys(at string) bool {
	switch name := at[strings.LastIndexByte(at, '.')+1:]; strings.ToLower(name) {
	case "headers", "withoutheaders", "queryparams", "set", "add", "matchlabels", "labels", "sourcelabels", "subsets":
		return true
	}
	return false
}

func (m mutator) elements(n *yaml.Node, at, key string) []mutant {
	var out []mutant
	for i, c := range n.Content {
		path := at + "[" + strconv.Itoa(i) + "]"
		out = append(out, removed(n, i, 1, elementGone, path))
		if i > 0 {
			out = append(out, exchanged(n, i, path, at+"["+strconv.Itoa(i-1)+"]"))
		}
		out = append(out, m.mutants(c, path, key)...)
	}
	return out
}

func (m mutator) scalars(n *yaml.Node, at, key string) []mutant {
	out := []mutant{rewritten(n, otherScalar, otherValue(n), at)}
	if other := m.alternative(key, n.Value); other != "" {
		out = append(out, rewritten(n, otherScalar, other, at))
	}
	return out
}

// alternative is the next of the values that a key has in the cases; "" where it
// has no other.
func (m mutator) alternative(key, value string) string {
	all := m.seen[key]
	for i, v := range all {
		if v == value {
			if next := all[(i+1)%len(all)]; next != value {
				return next
			}
		}
	}
	return ""
}

func rewritten(n *yaml.Node, kind mutation, value, at string) mutant {
	return mutant{kind: kind, at: at, was: n.Value, is: value, apply: func() func() {
		was := *n
		n.Value = value
		if n.Tag != "!!str" && kind == otherScalar {
			n.Tag = ""
		}
		return func() { *n = was }
	}}
}

// removed takes the values out of a map or list that begin with a child of it.
func removed(n *yaml.Node, i, length int, kind mutation, at string) mutant {
	child := n.Content[i]
	return mutant{kind: kind, at: at, apply: func() func() {
		was := n.Content
		if i := slices.Index(was, child); i >= 0 {
			n.Content = slices.Concat(was[:i], was[i+length:])
		}
		return func() { n.Content = was }
	}}
}

func exchanged(n *yaml.Node, i int, at, with string) mutant {
	x, y := n.Content[i-1], n.Content[i]
	return mutant{kind: swapped, at: at, with: with, apply: func() func() {
		was := n.Content
		n.Content = slices.Clone(was)
		if i, j := slices.Index(was, x), slices.Index(was, y); i >= 0 && j >= 0 {
			n.Content[i], n.Content[j] = y, x
		}
		return func() { n.Content = was }
	}}
}

// removes reports whether something is taken away.
func (m mutant) removes() bool {
	return m.kind == entryGone || m.kind == elementGone || m.kind == objectGone
}

// nodeAt is the value at a path of a document, or nil. Keys with dots are found
// too.
func nodeAt(n *yaml.Node, path string) *yaml.Node {
	path = strings.TrimPrefix(path, ".")
	if path == "" || n == nil {
		return n
	}
	if n.Kind == yaml.SequenceNode {
		index, rest, _ := strings.Cut(strings.TrimPrefix(path, "["), "]")
		if i, err := strconv.Atoi(index); err == nil && i < len(n.Content) {
			return nodeAt(n.Content[i], rest)
		}
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if within(path, n.Content[i].Value) {
			if found := nodeAt(n.Content[i+1], path[len(n.Content[i].Value):]); found != nil {
				return found
			}
		}
	}
	return nil
}
