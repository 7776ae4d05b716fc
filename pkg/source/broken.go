package source

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/transmesh/transmesh/pkg/place"
	"go.yaml.in/yaml/v3"
)

var (
	conflict = regexp.MustCompile(`(?m)^(<<<<<<< |>>>>>>> |=======\r?$)`)
	template = regexp.MustCompile(`\{\{-? *(/\*|if|else|range|with|include|template|define|block|end|toYaml|\.|\$)`)
	atLine   = regexp.MustCompile(`line (\d+): `)
)

const isTemplate = "the document is a template; render it first, for example with helm template"

// conflicting finds the markers of a merge that was not finished.
func conflicting(at place.Pos, text []byte) *Problem {
	if !bytes.Contains(text, []byte("<<<<<<< ")) {
		return nil
	}
	m := conflict.FindIndex(text)
	if m == nil {
		return nil
	}
	return problemAt(at, text, m[0], LooksForeign, "the document holds merge-conflict markers; resolve the conflict first")
}

// templated finds a value that a template engine has yet to fill in: a map as a
// key, which is how YAML takes {{ x }}, or an action within a string of one line.
// Text of several lines may well hold a template that belongs there.
func templated(y *yaml.Node) *yaml.Node {
	if y.Kind == yaml.ScalarNode && y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 && template.MatchString(y.Value) {
		return y
	}
	for i, c := range y.Content {
		if y.Kind == yaml.MappingNode && i%2 == 0 && c.Kind == yaml.MappingNode {
			return y
		}
		if n := templated(c); n != nil {
			return n
		}
	}
	return nil
}

// brokenBy puts a parser's error, which names a line of the document, to its
// place in the file: the first character of the line.
func brokenBy(at place.Pos, d document, err error) *Problem {
	if m := template.FindIndex(d.text); m != nil {
		return problemAt(at, d.text, m[0], LooksForeign, isTemplate)
	}
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	if strings.Contains(message, "exceeded max depth") {
		return &Problem{Ref: place.Ref{Pos: lineOf(at, d, message)}, Kind: OverLimit, Message: tooDeep}
	}
	if i := bytes.IndexFunc(d.text, control); i >= 0 && strings.Contains(message, "control characters") {
		return problemAt(at, d.text, i, NotReadable, "the document is not YAML: it holds the control character "+strconv.QuoteRune(rune(d.text[i])))
	}
	if i := invalid(d.text); i >= 0 {
		return problemAt(at, d.text, i, NotReadable, "the document is not text in UTF-8")
	}
	if p := notJSON(at, d.text); p != nil {
		return p
	}
	at = lineOf(at, d, message)
	message = "the document is not YAML: " + atLine.ReplaceAllString(message, "")
	if tabbed(d, at.Line) {
		message += " (the line is indented with a tab; YAML takes spaces only)"
	}
	return &Problem{Ref: place.Ref{Pos: at}, Kind: NotReadable, Message: message}
}

// problemAt is a problem at an offset of a document.
func problemAt(at place.Pos, text []byte, offset int, kind ProblemKind, message string) *Problem {
	at.Line += bytes.Count(text[:offset], []byte("\n"))
	at.Col = offset - bytes.LastIndexByte(text[:offset], '\n')
	return &Problem{Ref: place.Ref{Pos: at}, Kind: kind, Message: message}
}

// lineOf finds the line that an error names. The library counts lines from 0 in
// errors of its parser, which are those that miss something, and from 1 in those
// of its scanner.
func lineOf(at place.Pos, d document, message string) place.Pos {
	m := atLine.FindStringSubmatch(message)
	if m == nil {
		return at
	}
	line, _ := strconv.Atoi(m[1])
	if strings.Contains(message, "did not find expected") {
		line++
	}
	line = min(line, 1+bytes.Count(bytes.TrimRight(d.text, " \t\r\n"), []byte("\n"))) // the end of the text is its last line
	text := d.lineAt(line)
	at.Line, at.Col = d.line+line-1, len(text)-len(bytes.TrimLeft(text, " "))+1
	return at
}

// lineAt is the text of a line, counted from 1; nil where there is none.
func (d document) lineAt(line int) []byte {
	lines := bytes.SplitN(d.text, []byte("\n"), line+1)
	if line < 1 || line > len(lines) {
		return nil
	}
	return lines[line-1]
}

// tabbed reports whether a line of the file begins with white space that holds a
// tab.
func tabbed(d document, line int) bool {
	text := d.lineAt(line - d.line + 1)
	return bytes.IndexByte(text[:len(text)-len(bytes.TrimLeft(text, " \t"))], '\t') >= 0
}

// control finds characters that YAML does not allow.
func control(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f }

// invalid is the offset of the first byte that is not UTF-8; -1 if there is none.
func invalid(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

func bytesText(n int) string {
	if n >= 1<<20 && n%(1<<20) == 0 {
		return strconv.Itoa(n>>20) + " MiB"
	}
	return strconv.Itoa(n) + " bytes"
}
