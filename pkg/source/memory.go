package source

import (
	"strconv"

	"go.yaml.in/yaml/v3"
)

// size is how much a document holds as written, aliases not expanded.
type size struct {
	nodes  int // keys among them
	values int // without keys
	groups int // maps and lists
	keys   int
	text   int // characters of the paths of all values, and of scalars
}

// sizeOf counts what is at or below a node whose path has a length.
func sizeOf(y *yaml.Node, path int) size {
	s := size{nodes: 1, values: 1, text: path + len(y.Value)}
	if y.Kind == yaml.MappingNode || y.Kind == yaml.SequenceNode {
		s.groups = 1
	}
	for i, c := range y.Content {
		switch {
		case y.Kind != yaml.MappingNode:
			s.add(sizeOf(c, path+len("[]")+len(strconv.Itoa(i))))
		case i%2 == 0:
			s.nodes, s.keys = s.nodes+1, s.keys+1
		default:
			s.add(sizeOf(c, path+len(".")+len(y.Content[i-1].Value)))
		}
	}
	return s
}

func (s *size) add(t size) {
	s.nodes, s.values, s.groups, s.keys, s.text = s.nodes+t.nodes, s.values+t.values, s.groups+t.groups, s.keys+t.keys, s.text+t.text
}

// newBuilder has room for a document as written.
func newBuilder(s size, limit int) *builder {
	b := &builder{
		size: s, limit: limit, nodes: make([]Node, 0, s.values), groups: make([]contents, 0, s.groups), kids: make([]*Node, 0, s.values), keys: make([]string, 0, s.keys),
	}
	b.text.Grow(s.text)
	return b
}

// fewNodes are made room for at once where aliases are expanded.
const fewNodes = 64

func (b *builder) node() *Node {
	if len(b.nodes) == cap(b.nodes) {
		b.nodes = make([]Node, 0, fewNodes)
	}
	b.nodes = append(b.nodes, Node{in: b.in, contents: &noContents})
	return &b.nodes[len(b.nodes)-1]
}

// group keeps what is below a map or list.
func (b *builder) group(of contents) *contents {
	if len(b.groups) == cap(b.groups) {
		b.groups = make([]contents, 0, fewNodes)
	}
	b.groups = append(b.groups, of)
	return &b.groups[len(b.groups)-1]
}

// room is an empty list of n values at most before it has to grow.
func (b *builder) room(n int) []*Node {
	if len(b.kids)+n > cap(b.kids) {
		return make([]*Node, 0, n)
	}
	at := len(b.kids)
	b.kids = b.kids[:at+n]
	return b.kids[at : at : at+n]
}

// names is an empty list of n keys at most before it has to grow.
func (b *builder) names(n int) []string {
	if len(b.keys)+n > cap(b.keys) {
		return make([]string, 0, n)
	}
	at := len(b.keys)
	b.keys = b.keys[:at+n]
	return b.keys[at : at : at+n]
}

// under is the path of a key.
func (b *builder) under(path, key string) string {
	if path == "" {
		return b.kept(key)
	}
	at := b.text.Len()
	b.text.WriteString(path)
	b.text.WriteByte('.')
	b.text.WriteString(key)
	return b.text.String()[at:]
}

// item is the path of an element.
func (b *builder) item(path string, i int) string {
	at := b.text.Len()
	b.text.WriteString(path)
	b.text.WriteByte('[')
	b.text.WriteString(strconv.Itoa(i))
	b.text.WriteByte(']')
	return b.text.String()[at:]
}

// kept is a text beside the others of the document: one piece of memory for them all,
// where the parser has one for each.
func (b *builder) kept(text string) string {
	at := b.text.Len()
	b.text.WriteString(text)
	return b.text.String()[at:]
}
