package source

import (
	"bytes"
	"errors"
	"io"

	"github.com/transmesh/transmesh/pkg/place"
	"go.yaml.in/yaml/v3"
)

// inChunk is how many documents are parsed one after the other on one processor. What
// a parser needs for itself is a tenth of what a document of usual size takes.
const inChunk = 128

// parseChunk parses documents that follow each other in a file: those between which
// there can be no doubt where one ends by one parser, and the others one by one.
func parseChunk(file string, docs []document, read []parsed, o Options) {
	for len(docs) > 0 {
		n := 0
		for n < len(docs) && separable(file, docs[n], o) {
			n++
		}
		if n < 2 || !parseRun(file, docs[:n], read[:n], o) {
			n = max(n, 1)
			for i, d := range docs[:n] {
				read[i] = parseDocument(file, d, o)
			}
		}
		docs, read = docs[n:], read[n:]
	}
}

// separable reports whether a document means the same behind others: it has a marker
// of its own, no comment that could count as another's, no name for a value that
// another could use, no directive, and no line that ends by other than a line feed.
func separable(file string, d document, o Options) bool {
	return bytes.HasPrefix(d.text, []byte("---\n")) && bytes.HasSuffix(d.text, []byte("\n")) && !bytes.ContainsRune(d.text, '&') && !otherBreaks(d.text) &&
		commentedWithin(d.text) && !bytes.Contains(d.text, []byte("\n%")) && tooMuch(place.Pos{File: file, Line: d.line, Col: 1}, d, o) == nil
}

// otherBreaks reports whether there are characters that YAML counts as the end of a line,
// beside the line feed by which editors do.
// go.yaml.in/yaml/v3 yamlprivateh.go is_break
func otherBreaks(text []byte) bool {
	for _, b := range []string{"\r", "\u0085", "\u2028", "\u2029"} {
		if bytes.Contains(text, []byte(b)) {
			return true
		}
	}
	return false
}

// commentedWithin reports whether the comments of a document, if any, stand between two
// lines of its content, so that they are about what is in it.
func commentedWithin(text []byte) bool {
	if !bytes.ContainsRune(text, '#') {
		return true
	}
	content := bytes.TrimSpace(text[len("---\n"):])
	first, _, _ := bytes.Cut(content, []byte("\n"))
	last := content[bytes.LastIndexByte(content, '\n')+1:]
	return !bytes.ContainsRune(first, '#') && !bytes.ContainsRune(last, '#')
}

// parseRun parses documents by one parser. It reports whether each of them was found
// where it stands and could be read: if not, nothing is known of any.
func parseRun(file string, docs []document, read []parsed, o Options) bool {
	dec := yaml.NewDecoder(&run{docs: docs})
	line := 0 // how many lines of the run are before the document
	for i, d := range docs {
		var doc yaml.Node
		if dec.Decode(&doc) != nil || len(doc.Content) == 0 {
			return false
		}
		root, lines := doc.Content[0], bytes.Count(d.text, []byte("\n"))
		if root.Line <= line || root.Line > line+lines {
			return false
		}
		shift(root, d.line-1-line)
		line += lines
		at := place.Pos{File: file, Line: d.line, Col: 1}
		root, p := rootOf(&doc, at, d)
		read[i] = parsedTree(file, root, p, d, o)
	}
	return errors.Is(dec.Decode(new(yaml.Node)), io.EOF)
}

// run reads documents as one stream.
type run struct {
	docs []document
	at   int // in the first
}

func (r *run) Read(to []byte) (int, error) {
	if len(r.docs) == 0 {
		return 0, io.EOF
	}
	n := copy(to, r.docs[0].text[r.at:])
	if r.at += n; r.at == len(r.docs[0].text) {
		r.docs, r.at = r.docs[1:], 0
	}
	return n, nil
}
