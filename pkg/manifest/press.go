package manifest

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// YAML makes the node of the YAML library.
func (n *Node) YAML() *yaml.Node {
	var p press
	p.ready(n)
	return p.node(n)
}

// press makes the YAML library's nodes of one document after the other in the
// same memory.
type press struct {
	nodes []yaml.Node
	kids  []*yaml.Node
}

// ready makes room for a document and gives up the last one.
func (p *press) ready(n *Node) {
	nodes := count(n)
	if nodes > cap(p.nodes) {
		p.nodes, p.kids = make([]yaml.Node, 0, nodes), make([]*yaml.Node, 0, nodes)
	}
	p.nodes, p.kids = p.nodes[:0], p.kids[:0]
}

// count is the number of nodes that a value takes, keys among them.
func count(n *Node) int {
	all := 1
	if n.Kind == MapKind {
		all += len(n.Kids)
	}
	for _, kid := range n.Kids {
		all += count(kid.Node)
	}
	return all
}

func (p *press) node(n *Node) *yaml.Node {
	y := p.scalar(n.Kind, n.Text)
	y.HeadComment = n.Remark()
	switch n.Kind {
	case MapKind:
		y.Kind, y.Tag, y.Style, y.Content = yaml.MappingNode, "!!map", flowIfEmpty(n), p.room(2*len(n.Kids))
		for i, kid := range n.Kids {
			key, value := p.scalar(StringKind, kid.Key), p.node(kid.Node)
			key.HeadComment, value.HeadComment = value.HeadComment, ""
			y.Content[2*i], y.Content[2*i+1] = key, value
		}
	case ListKind:
		y.Kind, y.Tag, y.Style, y.Content = yaml.SequenceNode, "!!seq", flowIfEmpty(n), p.room(len(n.Kids))
		for i, kid := range n.Kids {
			y.Content[i] = p.node(kid.Node)
		}
	}
	return y
}

// room is a list of n nodes.
func (p *press) room(n int) []*yaml.Node {
	at := len(p.kids)
	p.kids = p.kids[:at+n]
	return p.kids[at : at+n : at+n]
}

// scalar makes a scalar. Strings that YAML 1.1 or 1.2 would read as something else
// are quoted.
func (p *press) scalar(k Kind, text string) *yaml.Node {
	p.nodes = append(p.nodes, yaml.Node{Kind: yaml.ScalarNode, Tag: scalarTags[k], Value: text})
	y := &p.nodes[len(p.nodes)-1]
	switch {
	case k == NullKind:
		y.Value = "null"
	case k != StringKind:
	case strings.Contains(text, "\n"):
		y.Style = yaml.LiteralStyle
	case ambiguous(text):
		y.Style = yaml.DoubleQuotedStyle
	}
	return y
}
