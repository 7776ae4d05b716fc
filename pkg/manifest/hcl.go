package manifest

import (
	"fmt"
	"io"
	"regexp"
	"strings"
)

// WriteHCL prints objects in HashiCorp's configuration language, version 1: each
// as attributes of a file, with a blank line between objects. Maps are objects in
// braces, and lists are lists. A comment above an object stands above its first
// line.
// https://github.com/hashicorp/hcl/tree/hcl1
func WriteHCL(w io.Writer, objs []*Object) error {
	for i, o := range objs {
		p := &hclPrinter{}
		if i > 0 {
			p.b.WriteByte('\n')
		}
		p.comment(o.Root.Comment(), 0)
		p.attributes(o.Root, 0)
		if _, err := io.WriteString(w, p.b.String()); err != nil {
			return fmt.Errorf("print %s %s/%s: %w", o.Kind, o.Namespace, o.Name, err)
		}
	}
	return nil
}

type hclPrinter struct{ b strings.Builder }

// hclName is what HCL takes for a key without quotes.
var hclName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// attributes prints the entries of a map, their equals signs below each other.
func (p *hclPrinter) attributes(n *Node, depth int) {
	widest := 0
	for _, kid := range n.Kids {
		widest = max(widest, len(hclKey(kid.Key)))
	}
	for _, kid := range n.Kids {
		p.comment(kid.Comment(), depth)
		p.indent(depth)
		fmt.Fprintf(&p.b, "%-*s = ", widest, hclKey(kid.Key))
		p.value(kid.Node, depth)
		p.b.WriteByte('\n')
	}
}

func hclKey(key string) string {
	if hclName.MatchString(key) {
		return key
	}
	return hclString(key)
}

func (p *hclPrinter) value(n *Node, depth int) {
	switch {
	case n.Kind == MapKind && len(n.Kids) == 0:
		p.b.WriteString("{}")
	case n.Kind == MapKind:
		p.b.WriteString("{\n")
		p.attributes(n, depth+1)
		p.indent(depth)
		p.b.WriteByte('}')
	case n.Kind == ListKind:
		p.list(n, depth)
	case n.Kind == StringKind:
		p.b.WriteString(hclString(n.Text))
	case n.Kind == NullKind:
		p.b.WriteString("null")
	default:
		p.b.WriteString(n.Text)
	}
}

// list prints scalars on one line, and each map on lines of its own.
func (p *hclPrinter) list(n *Node, depth int) {
	flat := true
	for _, kid := range n.Kids {
		flat = flat && kid.Kind != MapKind && kid.Kind != ListKind && kid.Comment() == ""
	}
	if flat {
		p.b.WriteByte('[')
		for i, kid := range n.Kids {
			if i > 0 {
				p.b.WriteString(", ")
			}
			p.value(kid.Node, depth)
		}
		p.b.WriteByte(']')
		return
	}
	p.b.WriteString("[\n")
	for i, kid := range n.Kids {
		p.comment(kid.Comment(), depth+1)
		p.indent(depth + 1)
		p.value(kid.Node, depth+1)
		if i < len(n.Kids)-1 {
			p.b.WriteByte(',')
		}
		p.b.WriteByte('\n')
	}
	p.indent(depth)
	p.b.WriteByte(']')
}

func (p *hclPrinter) indent(depth int) { p.b.WriteString(strings.Repeat("  ", depth)) }

func (p *hclPrinter) comment(text string, depth int) {
	if text == "" {
		return
	}
	for _, line := range strings.Split(hashed(text), "\n") {
		p.indent(depth)
		p.b.WriteString(line + "\n")
	}
}

// hclEscapes are the characters that a string cannot hold as they are; "${" would
// begin an expression.
var hclEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`, "${", `\u0024{`)

func hclString(s string) string { return `"` + hclEscapes.Replace(s) + `"` }
