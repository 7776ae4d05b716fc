package source

import (
	"bytes"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// document is the text of one document and the line on which it begins.
type document struct {
	text []byte
	line int
}

// split cuts a file at its document markers, so that one bad document does not
// hide the others. A line that begins with "---" or "..." and then ends or goes
// on with white space is a marker anywhere in YAML.
func split(data []byte) []document {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var docs []document
	start, startLine, line := 0, 1, 1
	for at := 0; at < len(data); line++ {
		end := len(data)
		if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		switch {
		case isMarker(data[at:end], "---"):
			docs = appendDoc(docs, data[start:at], startLine)
			start, startLine = at, line
		case isMarker(data[at:end], "..."):
			docs = appendDoc(docs, data[start:at], startLine)
			start, startLine = end, line+1
		}
		at = end
	}
	return appendDoc(docs, data[start:], startLine)
}

func isMarker(line []byte, marker string) bool {
	return bytes.HasPrefix(line, []byte(marker)) && (len(line) == 3 || strings.IndexByte(" \t\r\n", line[3]) >= 0)
}

// onlyDirectives is what may stand before a document's marker: %YAML and
// comments.
var onlyDirectives = regexp.MustCompile(`\A(?:\s*(?:[%#].*)?(?:\n|\z))*\z`)

func appendDoc(docs []document, text []byte, line int) []document {
	if len(bytes.TrimSpace(bytes.TrimPrefix(text, []byte("---")))) == 0 || text[0] == '%' && onlyDirectives.Match(text) {
		return docs
	}
	return append(docs, document{text, line})
}

// shift moves the positions of a document to where it stands in its file.
func shift(y *yaml.Node, lines int) {
	if lines == 0 {
		return
	}
	y.Line += lines
	for _, c := range y.Content {
		shift(c, lines)
	}
}
