package source

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/place"
	"go.yaml.in/yaml/v3"
)

// document is the text of one document and the line on which it begins.
type document struct {
	text []byte
	line int
}

// split cuts a file at its document markers, so that one bad document does not
// hide the others. A line that begins with "---" and then ends or goes on with
// white space is a marker anywhere in YAML.
func split(data []byte) []document {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var docs []document
	start, startLine, line := 0, 1, 1
	for at := 0; at < len(data); line++ {
		end := len(data)
		if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if isMarker(data[at:end]) {
			docs = appendDoc(docs, data[start:at], startLine)
			start, startLine = at, line
		}
		at = end
	}
	return appendDoc(docs, data[start:], startLine)
}

func isMarker(line []byte) bool {
	return bytes.HasPrefix(line, []byte("---")) && (len(line) == 3 || strings.IndexByte(" \t\r\n", line[3]) >= 0)
}

func appendDoc(docs []document, text []byte, line int) []document {
	if len(bytes.TrimSpace(text)) == 0 {
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

var (
	conflict = regexp.MustCompile(`(?m)^(<<<<<<< |>>>>>>> |=======\r?$)`)
	template = regexp.MustCompile(`(?m)^\s*(- )?\{\{|: +\{\{|\{\{-|\{\{ *(if|range|include|end|\.Values)`)
	kindLine = regexp.MustCompile(`(?m)^(?:- |  )?"?kind"?: *"?(\w+)`)
	nsLine   = regexp.MustCompile(`(?m)^\s*"?namespace"?: *"?([\w-]+)`)
	atLine   = regexp.MustCompile(`line (\d+)`)
)

// guess tells from the text of an unreadable document what object it describes.
func guess(p Problem, text []byte) Problem {
	if m := kindLine.FindSubmatch(text[:min(len(text), 64<<10)]); m != nil {
		p.ObjectKind = string(m[1])
	}
	if m := nsLine.FindSubmatch(text[:min(len(text), 64<<10)]); m != nil {
		p.Namespace = string(m[1])
	}
	return p
}

// foreign finds text that is not meant to be read yet: a merge conflict or a
// template.
func foreign(at place.Pos, text []byte) *Problem {
	if m := conflict.FindIndex(text); m != nil && conflict.Match(text) && bytes.Contains(text, []byte("<<<<<<< ")) {
		return foreignAt(at, text, m[0], "the document holds merge-conflict markers; resolve the conflict first")
	}
	if !bytes.Contains(text, []byte("{{")) {
		return nil
	}
	if m := template.FindIndex(text); m != nil {
		return foreignAt(at, text, m[0], "the document is a template; render it first, for example with helm template")
	}
	return nil
}

func foreignAt(at place.Pos, text []byte, offset int, message string) *Problem {
	for offset < len(text) && (text[offset] == '\n' || text[offset] == ' ') {
		offset++
	}
	at.Line += bytes.Count(text[:offset], []byte("\n"))
	at.Col = offset - bytes.LastIndexByte(text[:offset], '\n')
	return &Problem{Ref: place.Ref{Pos: at}, Kind: LooksForeign, Message: message}
}

// yamlProblem puts a parser's error, which names a line of the document, to its
// place in the file: the first character of the line.
func yamlProblem(at place.Pos, d document, err error) *Problem {
	at0, message := at, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := atLine.FindStringSubmatch(message); m != nil {
		line, _ := strconv.Atoi(m[1])
		at.Line, at.Col = d.line+line-1, indent(d.text, line)
		message = strings.TrimPrefix(message, m[0]+": ")
	}
	if i := bytes.IndexFunc(d.text, control); i >= 0 && strings.Contains(message, "control characters") {
		p := foreignAt(at0, d.text, i, message)
		p.Kind = NotReadable
		return p
	}
	kind := NotReadable
	if strings.Contains(message, "exceeded max depth") {
		kind = OverLimit
	}
	return &Problem{Ref: place.Ref{Pos: at}, Kind: kind, Message: message}
}

// control finds characters that YAML does not allow.
func control(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f }

// indent is the column of the first character that is not white space.
func indent(text []byte, line int) int {
	lines := bytes.SplitN(text, []byte("\n"), line+1)
	if line < 1 || line > len(lines) {
		return 1
	}
	l := lines[line-1]
	return len(l) - len(bytes.TrimLeft(l, " ")) + 1
}

func bytesText(n int) string {
	if n >= 1<<20 && n%(1<<20) == 0 {
		return strconv.Itoa(n>>20) + " MiB"
	}
	return strconv.Itoa(n) + " bytes"
}
