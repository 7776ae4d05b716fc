package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/parallel"
	"go.yaml.in/yaml/v3"
)

// WriteYAML prints objects as one stream of documents, in the given order: two
// spaces a level, lists at the level of their key, as kubectl prints them.
func WriteYAML(w io.Writer, objs []*Object) error {
	sheets := make([]layout, sheetsAtOnce)
	errs := make([]error, sheetsAtOnce)
	for from := 0; from < len(objs); from += perSheet * sheetsAtOnce {
		some := objs[from:min(len(objs), from+perSheet*sheetsAtOnce)]
		n := (len(some) + perSheet - 1) / perSheet
		parallel.Each(n, func(i int) {
			at := i * perSheet
			errs[i] = writeSheet(&sheets[i], some[at:min(len(some), at+perSheet)])
		})
		for i := range n {
			if errs[i] != nil {
				return errs[i]
			}
			if from+i > 0 {
				if _, err := io.WriteString(w, separator); err != nil {
					return err
				}
			}
			if _, err := sheets[i].WriteTo(w); err != nil {
				return err
			}
		}
	}
	return nil
}

const separator = "---\n"

// Documents are printed in sheets, of which several are in memory.
const (
	perSheet     = 32
	sheetsAtOnce = 8
)

// writeSheet prints documents.
func writeSheet(w *layout, objs []*Object) error {
	w.Reset()
	for i, o := range objs {
		if i > 0 {
			w.WriteString(separator)
		}
		if err := w.writeDocument(o); err != nil {
			return fmt.Errorf("print %s %s/%s: %w", o.Kind, o.Namespace, o.Name, err)
		}
	}
	return nil
}

func (l *layout) writeDocument(o *Object) error {
	if simple(o.Root) {
		return l.document(o.Root)
	}
	return encode(l, o.Root.YAML())
}

// encode prints a document with the YAML library. Each has an encoder of its
// own: the library's keeps all that it was ever told.
func encode(w io.Writer, doc *yaml.Node) error {
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	enc.CompactSeqIndent()
	if err := enc.Encode(doc); err != nil {
		return err
	}
	return enc.Close()
}

func flowIfEmpty(n *Node) yaml.Style {
	if len(n.Kids) == 0 {
		return yaml.FlowStyle
	}
	return 0
}

var scalarTags = [...]string{StringKind: "!!str", IntKind: "!!int", FloatKind: "!!float", BoolKind: "!!bool", NullKind: "!!null"}

// Tag is the YAML tag of a kind of scalar; "" of maps and lists.
func (k Kind) Tag() string { return scalarTags[k] }

// ambiguous reports whether a plain scalar would not be read as a string.
func ambiguous(s string) bool {
	if s == "" || len(s) <= len("false") && slices.Contains(constants[:], strings.ToLower(s)) {
		return true
	}
	if c := s[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
		return (&yaml.Node{Kind: yaml.ScalarNode, Value: s}).ShortTag() != "!!str"
	}
	return false
}

// constants are words that some reader of YAML takes for no strings, in lower case.
var constants = [...]string{"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"}

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
	return writeJSON(w, Map().Set("apiVersion", Str("v1")).Set("kind", Str("List")).Set("items", items))
}

// WriteJSONObject prints one object as JSON, which is not an item of a List then: what
// is no object of Kubernetes has no place in one.
func WriteJSONObject(w io.Writer, o *Object) error { return writeJSON(w, o.Root) }

func writeJSON(w io.Writer, n *Node) error {
	compact, err := n.MarshalJSON()
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
			key, err := json.Marshal(kid.Key)
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
