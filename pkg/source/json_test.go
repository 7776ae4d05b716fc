package source

import (
	"fmt"
	"testing"
)

// Text that is meant to be JSON is judged as such, where it stops to be; YAML in
// flow style stays YAML.
func TestBrokenJSON(t *testing.T) {
	for in, want := range map[string]string{
		"{\"kind\": \"A\",\n \"spec\": {\"a\": [1}}\n":   "2:18 the document is neither JSON nor YAML: invalid character '}' after array element",
		"{\"kind\": \"A\",\n \"spec\": {\"a\": 1}\n":     "2:18 the document is neither JSON nor YAML: unexpected end of JSON input",
		"{\"kind\": \"A\" \"x\": 1}":                     "1:14 the document is neither JSON nor YAML: invalid character '\"' after object key:value pair",
		"{kind: A, a: 'b', \"c\": }":                     "",
		"{\"kind\": \"A\"}\n{\"kind\": \"B\", \"x\": [}": "2:21 the document is neither JSON nor YAML: invalid character '}' looking for beginning of value",
	} {
		_, problems := Parse("in.json", []byte(in), Options{})
		got := ""
		if len(problems) > 0 {
			got = fmt.Sprintf("%d:%d %s", problems[0].Ref.Pos.Line, problems[0].Ref.Pos.Col, problems[0].Message)
		}
		if got != want || len(problems) > 1 {
			t.Errorf("%s: %s %v", in, got, problems)
		}
	}
}

// Several JSON values need no marker between them, and each has its own lines.
func TestStreamOfJSON(t *testing.T) {
	objs, problems := Parse("-", []byte("{\"kind\": \"A\"}\n{\"kind\": \"B\",\n\"x\": 1}{\"kind\": \"C\"}\n"), Options{})
	if len(problems) > 0 || len(objs) != 3 {
		t.Fatal(objs, problems)
	}
	for i, want := range []string{"A 1", "B 2", "C 3"} {
		if got := fmt.Sprint(objs[i].Kind, " ", objs[i].Root.Get("kind").Ref().Pos.Line); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// JSON escapes characters beyond the first plane by two codes, backslashes by one, and
// may escape slashes.
func TestSurrogates(t *testing.T) {
	objs, problems := Parse("-", []byte(`{"kind": "\ud83d\ude00 \\ud83d\\ude00\/"}`), Options{})
	if len(problems) > 0 || len(objs) != 1 || objs[0].Kind != "\U0001F600 \\ud83d\\ude00/" {
		t.Error(objs, problems)
	}
}
