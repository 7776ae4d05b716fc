package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"unicode/utf16"

	"github.com/transmesh/transmesh/pkg/place"
)

// isJSON reports whether a document is meant to be JSON. Flow style of YAML begins
// like it.
func isJSON(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 1 && (text[0] == '{' && text[1] != '{' && text[1] != '%' || text[0] == '[')
}

// notJSON finds where a document stops to be JSON; nil if it does not, or is not
// meant to be JSON.
func notJSON(at place.Pos, text []byte) *Problem {
	if !isJSON(text) {
		return nil
	}
	var bad *json.SyntaxError
	if err := json.Unmarshal(text, new(json.RawMessage)); !errors.As(err, &bad) {
		return nil
	}
	return problemAt(at, text, min(max(int(bad.Offset)-1, 0), len(bytes.TrimSpace(text))), NotReadable, "the document is neither JSON nor YAML: "+bad.Error())
}

// stream cuts a document at the ends of the JSON values in it, which need no
// marker between them; nil where there are not several.
func stream(d document) []document {
	if !isJSON(d.text) {
		return nil
	}
	var out []document
	dec := json.NewDecoder(bytes.NewReader(d.text))
	for start := 0; ; {
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			break
		}
		end := int(dec.InputOffset())
		out = append(out, document{d.text[start:end], d.line + bytes.Count(d.text[:start], []byte("\n"))})
		start = end
	}
	if len(out) == 0 {
		return nil
	}
	read := out[len(out)-1]
	if rest := d.text[int(dec.InputOffset()):]; isJSON(rest) {
		out = append(out, document{rest, read.line + bytes.Count(read.text, []byte("\n"))})
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// escapes are those that YAML does not know: a character beyond the first plane as
// two codes, and a slash; and a backslash that escapes another.
var escapes = regexp.MustCompile(`\\\\|\\/|\\u[dD][89abAB][[:xdigit:]]{2}\\u[dD][c-fC-F][[:xdigit:]]{2}`)

// unescaped writes the characters as they are that JSON escapes in a way which YAML
// does not know.
func unescaped(text []byte) []byte {
	return escapes.ReplaceAllFunc(text, func(m []byte) []byte {
		switch string(m) {
		case `\\`:
			return m
		case `\/`:
			return m[1:]
		}
		high, _ := strconv.ParseUint(string(m[2:6]), 16, 16)
		low, _ := strconv.ParseUint(string(m[8:]), 16, 16)
		return []byte(string(utf16.DecodeRune(rune(high), rune(low))))
	})
}
