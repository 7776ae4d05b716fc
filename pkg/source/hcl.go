package source

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/hcl/ast"
	"github.com/hashicorp/hcl/hcl/parser"
	"github.com/hashicorp/hcl/hcl/token"
	"github.com/transmesh/transmesh/pkg/place"
	"go.yaml.in/yaml/v3"
)

// isHCL reports whether a file is in HCL, the language of Consul's
// configuration, and not in JSON, which may stand in such a file too.
func isHCL(file string, data []byte) bool {
	return namedHCL(file) && !strings.HasPrefix(strings.TrimSpace(string(data)), "{")
}

func namedHCL(file string) bool { return strings.HasSuffix(strings.ToLower(file), ".hcl") }

// parseHCL reads a file of HCL as one document.
func parseHCL(file string, text []byte, o Options) ([]*Object, []Problem) {
	d := document{text, 1}
	root, p := decodeHCL(file, d, o)
	if p != nil {
		return nil, []Problem{guess(*p, text, o)}
	}
	if len(root.Content) == 0 {
		return nil, nil
	}
	objs, p := objects(file, root, o)
	if p != nil {
		return objs, []Problem{guess(*p, text, o)}
	}
	return objs, nil
}

// decodeHCL parses a document into the tree that YAML has.
func decodeHCL(file string, d document, o Options) (*yaml.Node, *Problem) {
	at := place.Pos{File: file, Line: 1, Col: 1}
	switch {
	case len(d.text) > o.maxBytes():
		return nil, &Problem{Ref: place.Ref{Pos: at}, Kind: OverLimit, Message: "the document is larger than the limit of " + bytesText(o.maxBytes())}
	case dense(d.text) > o.maxValues():
		return nil, &Problem{Ref: place.Ref{Pos: at}, Kind: OverLimit, Message: "the document holds more values than the limit of " + strconv.Itoa(o.maxValues())}
	}
	if i := deeper(d.text, maxDepth); i >= 0 {
		return nil, problemAt(at, d.text, i, OverLimit, tooDeep)
	}
	if p := notHCL(at, d.text); p != nil {
		return nil, p
	}
	root, err := treeOfHCL(d.text)
	if p := templateOfHCL(at, d.text, root); p != nil {
		return nil, p
	}
	var bad *parser.PosError
	switch {
	case errors.As(err, &bad):
		at.Line, at.Col = max(bad.Pos.Line, 1), max(bad.Pos.Column, 1)
		return nil, &Problem{Ref: place.Ref{Pos: at}, Kind: NotReadable, Message: "the document is not HCL: " + bad.Err.Error()}
	case err != nil:
		return nil, &Problem{Ref: place.Ref{Pos: at}, Kind: NotReadable, Message: "the document is not HCL: " + err.Error()}
	}
	return root, nil
}

// notHCL finds what HCL never holds, and of which its parser tells less.
func notHCL(at place.Pos, text []byte) *Problem {
	if bytes.HasPrefix(text, []byte("\ufeff")) {
		return &Problem{Ref: place.Ref{Pos: at}, Kind: NotReadable, Message: "the document is not HCL: it begins with a byte order mark, which Consul does not take"}
	}
	if i := bytes.IndexFunc(text, control); i >= 0 {
		return problemAt(at, text, i, NotReadable, "the document is not HCL: it holds the control character "+strconv.QuoteRune(rune(text[i])))
	}
	if i := invalid(text); i >= 0 {
		return problemAt(at, text, i, NotReadable, "the document is not text in UTF-8")
	}
	return conflicting(at, text)
}

// templateOfHCL finds what a template engine has yet to fill in, of a text that is not
// HCL for that reason, where root is nil, or that is so nonetheless.
func templateOfHCL(at place.Pos, text []byte, root *yaml.Node) *Problem {
	if !bytes.Contains(text, []byte("{{")) {
		return nil
	}
	if root == nil {
		if m := template.FindIndex(text); m != nil {
			return problemAt(at, text, m[0], LooksForeign, isTemplate)
		}
		return nil
	}
	if n := templated(root); n != nil {
		at.Line, at.Col = n.Line, n.Column
		return &Problem{Ref: place.Ref{Pos: at}, Kind: LooksForeign, Message: isTemplate}
	}
	return nil
}

// deeper is where brackets nest deeper than a limit, -1 where they do not; those
// within text count too.
func deeper(text []byte, limit int) int {
	depth := 0
	for i, c := range text {
		switch c {
		case '[', '{':
			if depth++; depth > limit {
				return i
			}
		case ']', '}':
			depth = max(depth-1, 0)
		}
	}
	return -1
}

// treeOfHCL parses text. The library panics on some texts that are not HCL, such
// as numbers that do not fit.
func treeOfHCL(text []byte) (root *yaml.Node, err error) {
	defer func() {
		if recover() != nil {
			root, err = nil, errors.New("it holds a value that cannot be read")
		}
	}()
	f, err := parser.Parse(text)
	if err != nil {
		return nil, err
	}
	list, ok := f.Node.(*ast.ObjectList)
	if !ok {
		return nil, errors.New("it is not a list of settings")
	}
	return (&blocks{}).mapping(list, token.Pos{Line: 1, Column: 1}), nil
}

// blocks turns HCL into the tree of the same values in YAML. A block is a map. A
// block that stands there several times is a list of maps; with labels it is a
// map from labels to maps.
type blocks struct {
	// lists are those that were made of blocks, not written as lists.
	lists map[*yaml.Node]bool
}

func (b *blocks) mapping(list *ast.ObjectList, at token.Pos) *yaml.Node {
	m := node(yaml.MappingNode, "!!map", at)
	for _, item := range list.Items {
		if len(item.Keys) == 0 {
			panic("hcl: an item without a key")
		}
		value := b.value(item.Val)
		if _, block := item.Val.(*ast.ObjectType); block && !item.Assign.IsValid() {
			value.Line, value.Column = position(item.Pos())
		}
		b.add(m, item.Keys, value, comment(item.LeadComment))
	}
	return m
}

// add sets the value of a key, or of labels below it.
func (b *blocks) add(m *yaml.Node, keys []*ast.ObjectKey, value *yaml.Node, above string) {
	if len(keys) > 1 {
		inner := node(yaml.MappingNode, "!!map", keys[1].Pos())
		b.add(inner, keys[1:], value, "")
		b.set(m, scalarKey(keys[0], above), inner, true)
		return
	}
	b.set(m, scalarKey(keys[0], above), value, false)
}

// set adds an entry; labelled tells maps of labels, which are united.
func (b *blocks) set(m, key, value *yaml.Node, labelled bool) {
	old := valueAt(m, key.Value)
	switch {
	case old == nil || value.Kind != yaml.MappingNode || old.Kind == yaml.ScalarNode || old.Kind == yaml.SequenceNode && !b.lists[old]:
		m.Content = append(m.Content, key, value)
	case labelled && old.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(value.Content); i += 2 {
			b.set(old, value.Content[i], value.Content[i+1], false)
		}
	case b.lists[old]:
		old.Content = append(old.Content, value)
	default:
		first := *old
		*old = *node(yaml.SequenceNode, "!!seq", token.Pos{Line: first.Line, Column: first.Column})
		old.Content = []*yaml.Node{&first, value}
		if b.lists == nil {
			b.lists = map[*yaml.Node]bool{}
		}
		b.lists[old] = true
	}
}

func (b *blocks) value(n ast.Node) *yaml.Node {
	switch n := n.(type) {
	case *ast.ObjectType:
		return b.mapping(n.List, n.Lbrace)
	case *ast.ListType:
		list := node(yaml.SequenceNode, "!!seq", n.Lbrack)
		for _, item := range n.List {
			list.Content = append(list.Content, b.value(item))
		}
		return list
	case *ast.LiteralType:
		return literal(n.Token)
	}
	panic("hcl: an unknown kind of value")
}

// literal is a scalar. Text is marked as quoted, so that "yes" stays text, or as of
// several lines.
func literal(t token.Token) *yaml.Node {
	switch t.Type {
	case token.NUMBER, token.FLOAT:
		t.Value() // panics where it does not fit
		y := node(yaml.ScalarNode, map[token.Type]string{token.NUMBER: "!!int", token.FLOAT: "!!float"}[t.Type], t.Pos)
		y.Value = t.Text
		return y
	case token.BOOL:
		y := node(yaml.ScalarNode, "!!bool", t.Pos)
		y.Value = t.Text
		return y
	}
	y := node(yaml.ScalarNode, "!!str", t.Pos)
	y.Style, y.Value = yaml.DoubleQuotedStyle, t.Value().(string)
	if t.Type == token.HEREDOC {
		y.Style = yaml.LiteralStyle
	}
	return y
}

func scalarKey(k *ast.ObjectKey, above string) *yaml.Node {
	y := node(yaml.ScalarNode, "!!str", k.Pos())
	y.Value, y.HeadComment = k.Token.Value().(string), above
	return y
}

func node(kind yaml.Kind, tag string, at token.Pos) *yaml.Node {
	line, col := position(at)
	return &yaml.Node{Kind: kind, Tag: tag, Line: line, Column: col}
}

func position(at token.Pos) (line, col int) { return max(at.Line, 1), max(at.Column, 1) }

// comment is the text above an item, as YAML writes comments.
func comment(g *ast.CommentGroup) string {
	if g == nil {
		return ""
	}
	var lines []string
	for _, c := range g.List {
		text := strings.TrimSuffix(strings.TrimPrefix(c.Text, "/*"), "*/")
		text = strings.TrimPrefix(strings.TrimPrefix(text, "//"), "#")
		for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
			lines = append(lines, strings.TrimRight("# "+strings.TrimPrefix(line, " "), " "))
		}
	}
	return strings.Join(lines, "\n")
}
