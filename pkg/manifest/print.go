package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// WriteYAML prints objects as one stream of documents, in the given order: two
// spaces a level, lists at the level of their key, as kubectl prints them.
//
// Each document has an encoder of its own: the library's keeps all that it was
// ever told.
func WriteYAML(w io.Writer, objs []*Object) error {
	for i, o := range objs {
		if i > 0 {
			if _, err := io.WriteString(w, "---\n"); err != nil {
				return err
			}
		}
		if err := writeDocument(w, o); err != nil {
			return fmt.Errorf("print %s %s/%s: %w", o.Kind, o.Namespace, o.Name, err)
		}
	}
	return nil
}

func writeDocument(w io.Writer, o *Object) error {
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	enc.CompactSeqIndent()
	if err := enc.Encode(o.Root.YAML()); err != nil {
		return err
	}
	return enc.Close()
}

// YAML makes the node of the YAML library.
func (n *Node) YAML() *yaml.Node {
	y := &yaml.Node{HeadComment: hashed(n.Comment)}
	switch n.Kind {
	case MapKind:
		y.Kind, y.Tag = yaml.MappingNode, "!!map"
		y.Content = make([]*yaml.Node, 0, 2*len(n.Kids))
		for i, kid := range n.Kids {
			key, value := scalarYAML(StringKind, n.Keys[i]), kid.YAML()
			key.HeadComment, value.HeadComment = value.HeadComment, ""
			y.Content = append(y.Content, key, value)
		}
		y.Style = flowIfEmpty(n)
	case ListKind:
		y.Kind, y.Tag = yaml.SequenceNode, "!!seq"
		y.Content = make([]*yaml.Node, 0, len(n.Kids))
		for _, kid := range n.Kids {
			y.Content = append(y.Content, kid.YAML())
		}
		y.Style = flowIfEmpty(n)
	default:
		s := scalarYAML(n.Kind, n.Text)
		s.HeadComment = y.HeadComment
		return s
	}
	return y
}

func flowIfEmpty(n *Node) yaml.Style {
	if len(n.Kids) == 0 {
		return yaml.FlowStyle
	}
	return 0
}

var scalarTags = [...]string{StringKind: "!!str", IntKind: "!!int", FloatKind: "!!float", BoolKind: "!!bool", NullKind: "!!null"}

// scalarYAML makes a scalar. Strings that YAML 1.1 or 1.2 would read as
// something else are quoted.
func scalarYAML(k Kind, text string) *yaml.Node {
	y := &yaml.Node{Kind: yaml.ScalarNode, Tag: scalarTags[k], Value: text}
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

// ambiguous reports whether a plain scalar would not be read as a string.
func ambiguous(s string) bool {
	switch strings.ToLower(s) {
	case "", "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~":
		return true
	}
	if c := s[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
		return (&yaml.Node{Kind: yaml.ScalarNode, Value: s}).ShortTag() != "!!str"
	}
	return false
}

// hashed gives every line of a comment its "#".
func hashed(comment string) string {
	if comment == "" {
		return ""
	}
	lines := strings.Split(strings.TrimRight(comment, "\n"), "\n")
	for i, l := range lines {
		if !strings.HasPrefix(l, "#") {
			lines[i] = strings.TrimRight("# "+l, " ")
		}
	}
	return strings.Join(lines, "\n")
}

// WriteJSON prints objects as one List, indented. Comments have no place in
// JSON and are left out.
func WriteJSON(w io.Writer, objs []*Object) error {
	items := List()
	for _, o := range objs {
		items.Append(o.Root)
	}
	list := Map().Set("apiVersion", Str("v1")).Set("kind", Str("List")).Set("items", items)
	compact, err := list.MarshalJSON()
	if err != nil {
		return fmt.Errorf("print JSON: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, compact, "", "  "); err != nil {
		return fmt.Errorf("print JSON: %w", err)
	}
	out.WriteByte('\n')
	_, err = out.WriteTo(w)
	return err
}

// MarshalJSON prints the value with its keys in their order.
func (n *Node) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := n.json(&b)
	return b.Bytes(), err
}

func (n *Node) json(b *bytes.Buffer) error {
	switch n.Kind {
	case MapKind:
		return n.jsonKids(b, '{', '}')
	case ListKind:
		return n.jsonKids(b, '[', ']')
	case StringKind:
		text, err := json.Marshal(n.Text)
		b.Write(text)
		return err
	case NullKind:
		b.WriteString("null")
	default:
		b.WriteString(n.Text)
	}
	return nil
}

func (n *Node) jsonKids(b *bytes.Buffer, open, end byte) error {
	b.WriteByte(open)
	for i, kid := range n.Kids {
		if i > 0 {
			b.WriteByte(',')
		}
		if n.Kind == MapKind {
			key, err := json.Marshal(n.Keys[i])
			if err != nil {
				return err
			}
			b.Write(key)
			b.WriteByte(':')
		}
		if err := kid.json(b); err != nil {
			return err
		}
	}
	b.WriteByte(end)
	return nil
}
