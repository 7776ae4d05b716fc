package source

import "go.yaml.in/yaml/v3"

// YAML copies the value, with the comments above values, and marks nothing as
// read.
func (n *Node) YAML() *yaml.Node {
	y := &yaml.Node{HeadComment: n.Comment()}
	switch n.kind() {
	case Map:
		y.Kind, y.Tag = yaml.MappingNode, "!!map"
		for _, kid := range n.held() {
			value := kid.YAML()
			key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: kid.name(), HeadComment: value.HeadComment}
			value.HeadComment = ""
			y.Content = append(y.Content, key, value)
		}
	case List:
		y.Kind, y.Tag = yaml.SequenceNode, "!!seq"
		for _, kid := range n.held() {
			y.Content = append(y.Content, kid.YAML())
		}
	default:
		y.Kind, y.Tag, y.Value = yaml.ScalarNode, n.tagText(), n.word()
		if n.tag == tagStr && scalarTag(y) != "!!str" {
			y.Style = yaml.DoubleQuotedStyle
		}
	}
	return y
}
