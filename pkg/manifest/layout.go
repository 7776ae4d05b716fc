package manifest

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// layout prints documents in blocks, byte for byte as the YAML library does.
//
// The library's encoder keeps every event that it was ever told, some 330 bytes
// each, which is two fifths of the memory that a whole translation asks for; so
// it prints the scalars that need thought, and the documents that hold more than
// plain layout.
type layout struct {
	bytes.Buffer
}

// simple reports whether plain layout holds all of a value: its keys are plain,
// its scalars have one line, and comments stand where a line begins.
func simple(n *Node) bool {
	if n.Kind == StringKind && severalLines(n.Text) {
		return false
	}
	for _, kid := range n.Kids {
		if n.Kind == MapKind && (!plain(kid.Key) || len(kid.Key) > longestKey) || n.Kind == ListKind && startsWithComment(kid.Node) {
			return false
		}
		if !simple(kid.Node) {
			return false
		}
	}
	return true
}

// severalLines reports whether a text has a line break, as YAML knows them.
func severalLines(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\n' || c == '\r':
			return true
		case c >= utf8.RuneSelf:
			return strings.ContainsAny(s[i:], "\n\r\u0085\u2028\u2029")
		}
	}
	return false
}

// longestKey is well within what the library prints before a colon; longer ones
// take a line that begins with "?".
const longestKey = 100

// startsWithComment reports whether the first entry of a list's item is one with
// a comment of its own, which has no line to stand on.
func startsWithComment(item *Node) bool {
	return len(item.Kids) > 0 && (item.Kids[0].Comment() != "" || startsWithComment(item.Kids[0].Node))
}

// plain reports whether a string is printed as it is, wherever it stands: a
// narrow answer, which leaves the doubtful ones to the library.
func plain(s string) bool {
	if s == "" || !isWord(s[0]) && s[0] != '/' && s[0] != '_' || ambiguous(s) {
		return false
	}
	sexagesimal := !isLetter(s[0]) // may be, to YAML 1.1, with a colon
	for i := 1; i < len(s); i++ {
		if !isWord(s[i]) && strings.IndexByte("_-./*=+@", s[i]) < 0 && (s[i] != ':' || sexagesimal || i+1 == len(s) || !isWord(s[i+1])) {
			return false
		}
	}
	return true
}

// quotable reports whether an ambiguous string is printed between quotes as it
// is: again a narrow answer.
func quotable(s string) bool {
	for i := range len(s) {
		if !isWord(s[i]) && strings.IndexByte("_-./~+", s[i]) < 0 {
			return false
		}
	}
	return ambiguous(s)
}

func isWord(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// document prints a whole document.
func (l *layout) document(n *Node) error {
	l.comment(n.Comment(), 0)
	if len(n.Kids) == 0 {
		return l.line(n)
	}
	return l.entries(n, 0)
}

// entries prints what a map or a list holds. The first line is begun already as
// far as the indent, as behind the dash of an item.
func (l *layout) entries(n *Node, indent int) error {
	for i, kid := range n.Kids {
		if i > 0 {
			l.indent(indent)
		}
		if l.comment(kid.Comment(), indent); kid.Comment() != "" {
			l.indent(indent)
		}
		if err := l.entry(n, i, indent); err != nil {
			return err
		}
	}
	return nil
}

// entry prints one entry, its line begun.
func (l *layout) entry(n *Node, i, indent int) error {
	kid := n.Kids[i]
	if n.Kind == ListKind {
		l.WriteString("- ")
		if len(kid.Kids) > 0 {
			return l.entries(kid.Node, indent+2)
		}
		return l.line(kid.Node)
	}
	l.WriteString(kid.Key)
	l.WriteByte(':')
	if len(kid.Kids) == 0 {
		l.WriteByte(' ')
		return l.line(kid.Node)
	}
	l.WriteByte('\n')
	if kid.Kind == MapKind {
		indent += 2
	}
	l.indent(indent)
	return l.entries(kid.Node, indent)
}

func (l *layout) indent(n int) {
	const spaces = "                                "
	for ; n > len(spaces); n -= len(spaces) {
		l.WriteString(spaces)
	}
	l.WriteString(spaces[:n])
}

// comment prints the lines of a comment, the first one's line begun.
func (l *layout) comment(text string, indent int) {
	if text == "" {
		return
	}
	for i, line := range strings.Split(hashed(text), "\n") {
		if i > 0 {
			l.indent(indent)
		}
		l.WriteString(line)
		l.WriteByte('\n')
	}
}

// line prints a value that takes the rest of a line.
func (l *layout) line(n *Node) error {
	switch {
	case n.Kind == MapKind:
		l.WriteString("{}\n")
	case n.Kind == ListKind:
		l.WriteString("[]\n")
	case n.Kind == NullKind:
		l.WriteString("null\n")
	case n.Kind != StringKind || plain(n.Text):
		l.WriteString(n.Text)
		l.WriteByte('\n')
	case quotable(n.Text):
		l.WriteByte('"')
		l.WriteString(n.Text)
		l.WriteString("\"\n")
	default:
		return encode(l, (&Node{Kind: n.Kind, Text: n.Text}).YAML())
	}
	return nil
}
