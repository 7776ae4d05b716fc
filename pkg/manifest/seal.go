package manifest

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/place"
)

// Sealed is the object in a fifth of the memory, with a nil Root until it is opened. It
// shares nothing with o that can be changed.
func (o *Object) Sealed() *Object {
	s := &sealer{}
	s.text.Grow(length(o.Root))
	s.value(o.Root)
	out := *o
	out.Root, out.seal = nil, &seal{text: s.text.String(), from: s.from, holding: s.holding}
	return &out
}

// Open gives a sealed object its Root, in few pieces of memory. Others stay as they are.
func (o *Object) Open() {
	if o.seal == nil {
		return
	}
	s := o.seal
	p := &opener{seal: *s, nodes: make([]Node, 0, s.nodes), kids: make([]Kid, 0, s.nodes-1), notes: make([]notes, 0, s.noted)}
	o.Root, o.seal = p.value(), nil
}

// seal is a tree as text: of each value its kind and marks, of a scalar its text, of
// others their number of values with their keys, and its notes.
type seal struct {
	text string
	from [][]place.Ref // of the values that have some, in their order
	holding
}

// holding is how much a tree holds.
type holding struct{ nodes, noted int }

// marks of a value stand beside its kind.
const (
	kindBits  = 0x0f
	commented = 0x10
	justified = 0x20
)

type sealer struct {
	text strings.Builder
	from [][]place.Ref
	holding
}

func (s *sealer) value(n *Node) {
	s.nodes++
	comment, from, mark := n.Comment(), n.From(), byte(n.Kind)
	if comment != "" {
		mark |= commented
	}
	if len(from) > 0 {
		mark |= justified
	}
	if s.text.WriteByte(mark); mark != byte(n.Kind) {
		s.noted++
	}
	if comment != "" {
		s.string(comment)
	}
	if len(from) > 0 {
		s.from = append(s.from, from)
	}
	if n.Kind != MapKind && n.Kind != ListKind {
		s.string(n.Text)
		return
	}
	s.number(len(n.Kids))
	for _, kid := range n.Kids {
		if n.Kind == MapKind {
			s.string(kid.Key)
		}
		s.value(kid.Node)
	}
}

// number writes seven bits after the other, the lowest first, with a mark on those that
// others follow.
func (s *sealer) number(n int) {
	for ; n >= 0x80; n >>= 7 {
		s.text.WriteByte(byte(n) | 0x80)
	}
	s.text.WriteByte(byte(n))
}

func (s *sealer) string(text string) {
	s.number(len(text))
	s.text.WriteString(text)
}

// length is about that of the text of a value's seal: what is short takes one byte more,
// and comments are few.
func length(n *Node) int {
	all := 2 + len(n.Text)
	for _, kid := range n.Kids {
		all += 1 + len(kid.Key) + length(kid.Node)
	}
	return all
}

// opener reads a seal from its beginning.
type opener struct {
	seal
	nodes []Node
	kids  []Kid
	notes []notes
}

func (p *opener) value() *Node {
	mark := p.text[0]
	p.text = p.text[1:]
	p.nodes = append(p.nodes, Node{Kind: Kind(mark & kindBits)})
	n := &p.nodes[len(p.nodes)-1]
	if mark&(commented|justified) != 0 {
		n.more = p.noted(mark)
	}
	if n.Kind != MapKind && n.Kind != ListKind {
		n.Text = p.string()
		return n
	}
	n.Kids = p.room(p.number())
	for i := range n.Kids {
		if n.Kind == MapKind {
			n.Kids[i].Key = p.string()
		}
		n.Kids[i].Node = p.value()
	}
	return n
}

// noted are the notes of a value with marks.
func (p *opener) noted(mark byte) *notes {
	p.notes = append(p.notes, notes{})
	to := &p.notes[len(p.notes)-1]
	if mark&commented != 0 {
		to.comment = p.string()
	}
	if mark&justified != 0 {
		to.from, p.from = p.from[0], p.from[1:]
	}
	return to
}

// room is where n values go that a map or list holds.
func (p *opener) room(n int) []Kid {
	from := len(p.kids)
	p.kids = p.kids[:from+n]
	return p.kids[from : from+n : from+n]
}

func (p *opener) number() int {
	n, at := uint64(0), 0
	for shift := 0; ; shift += 7 {
		b := p.text[at]
		at++
		if n |= uint64(b&0x7f) << shift; b < 0x80 {
			break
		}
	}
	p.text = p.text[at:]
	return int(n)
}

func (p *opener) string() string {
	n := p.number()
	text := p.text[:n]
	p.text = p.text[n:]
	return text
}
