package source

import (
	"strconv"

	"go.yaml.in/yaml/v3"
)

// size is how much a document holds as written, aliases not expanded.
type size struct {
	nodes  int // keys among them
	values int // without keys
	text   int // characters of the paths of all values, and of scalars
}

// sizeOf counts what is at or below a node whose path has a length.
func sizeOf(y *yaml.Node, path int) size {
	s := size{nodes: 1, values: 1, text: path + len(y.Value)}
	for i, c := range y.Content {
		switch {
		case y.Kind != yaml.MappingNode:
			s.add(sizeOf(c, path+len("[]")+len(strconv.Itoa(i))))
		case i%2 == 0:
			s.nodes++
		default:
			s.add(sizeOf(c, path+len(".")+len(y.Content[i-1].Value)))
		}
	}
	if len(y.Content) > 0 {
		s.text -= path // with which that of the first begins
	}
	return s
}

func (s *size) add(t size) {
	s.nodes, s.values, s.text = s.nodes+t.nodes, s.values+t.values, s.text+t.text
}

// newBuilder has room for a document as written.
func newBuilder(s size, o Options) *builder {
	b := &builder{piece: &piece{kids: make([]*Node, 0, s.values)}, size: s, o: o, nodes: make([]Node, 0, s.values)}
	b.text.Grow(s.text)
	return b
}

// begin begins an object of the document.
func (b *builder) begin(file string) { b.in = &origin{piece: b.piece, file: file} }

// fewNodes are made room for at once where aliases are expanded.
const fewNodes = 64

func (b *builder) node() *Node {
	if len(b.nodes) == cap(b.nodes) {
		b.nodes = make([]Node, 0, fewNodes)
	}
	b.nodes = append(b.nodes, Node{in: b.in})
	return &b.nodes[len(b.nodes)-1]
}

// room is where n values go that something holds.
type room struct{ from, free uint32 }

func (b *builder) room(n int) room {
	from := len(b.piece.kids)
	b.piece.kids = append(b.piece.kids, make([]*Node, n)...)
	return room{uint32(from), uint32(n)}
}

// put adds a value to what a map or list holds, which moves where there is no room.
func (b *builder) put(n, kid *Node, r *room) {
	if n.holds() == 0 {
		n.says.from = r.from
	}
	if r.free == 0 {
		had := n.held()
		*r = b.room(2*len(had) + 1)
		copy(b.piece.kids[r.from:], had)
		n.says.from = r.from
		r.free -= n.says.len
	}
	b.piece.kids[n.says.from+n.says.len] = kid
	n.says.len++
	r.free--
}

// under is the path of a key.
func (b *builder) under(path span, key string) span {
	at := b.from(path)
	if path.len > 0 {
		b.text.WriteByte('.')
	}
	b.text.WriteString(key)
	return b.since(at)
}

// item is the path of an element.
func (b *builder) item(path span, i int) span {
	at := b.from(path)
	b.text.WriteByte('[')
	b.text.WriteString(strconv.Itoa(i))
	b.text.WriteByte(']')
	return b.since(at)
}

// from is where a path begins that goes on at the end of the text. The path of the
// first value that something holds goes on behind that of the holder, which is its
// beginning; for others it is written once more.
func (b *builder) from(path span) int {
	if int(path.from+path.len) == b.text.Len() {
		return int(path.from)
	}
	at := b.text.Len()
	b.text.WriteString(b.piece.text[path.from : path.from+path.len])
	return at
}

// kept is a text beside the others of the document.
func (b *builder) kept(text string) span {
	at := b.text.Len()
	b.text.WriteString(text)
	return b.since(at)
}

// since is what was written from there on.
func (b *builder) since(at int) span {
	b.piece.text = b.text.String()
	return span{uint32(at), uint32(b.text.Len() - at)}
}
