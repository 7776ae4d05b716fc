package manifest

import "go.yaml.in/yaml/v3"

// FromYAML copies a YAML node, such as one that a reader keeps verbatim. Its
// aliases must be expanded already.
func FromYAML(y *yaml.Node) *Node {
	n := new(Node).Above(y.HeadComment)
	switch y.Kind {
	case yaml.MappingNode:
		n.Kind = MapKind
		for i := 0; i+1 < len(y.Content); i += 2 {
			value := FromYAML(y.Content[i+1])
			if value.Comment() == "" {
				value.Above(y.Content[i].HeadComment)
			}
			n.Kids = append(n.Kids, Kid{y.Content[i].Value, value})
		}
	case yaml.SequenceNode:
		n.Kind = ListKind
		for _, c := range y.Content {
			n.Append(FromYAML(c))
		}
	default:
		n.Kind, n.Text = scalarKind(y), y.Value
	}
	return n
}

func scalarKind(y *yaml.Node) Kind {
	for k, tag := range scalarTags {
		if tag == y.ShortTag() && tag != "" {
			return Kind(k)
		}
	}
	return StringKind
}
