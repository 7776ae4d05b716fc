package source

import (
	"strings"
	"testing"
)

// What broke a document is told at its place.
func TestBroken(t *testing.T) {
	for name, c := range map[string]struct{ text, at, want string }{
		"a list left open":     {"kind: A\nx: [1\ny: 2\n", "f.yaml:2:1", `not YAML: did not find expected ',' or ']'`},
		"the end of the text":  {"kind: A\nx: [\n\n\n", "f.yaml:2:1", "not YAML: did not find expected node content"},
		"a map in a scalar":    {"kind: A\nx: 1\n  y: 2\n", "f.yaml:3:3", "not YAML: mapping values are not allowed"},
		"a tab":                {"kind: A\nx:\n\ty: 2\n", "f.yaml:3:1", "indented with a tab"},
		"a NUL":                {"kind: A\nx: a\x00b\n", "f.yaml:2:5", `control character '\x00'`},
		"no UTF-8":             {"kind: A\nx: a\xff\n", "f.yaml:2:5", "not text in UTF-8"},
		"two documents":        {"kind: A\rx: 1\r---\rkind: B\r", "f.yaml:1:1", "goes on behind its end"},
		"an action for a line": {"kind: A\n{{- if .Values.x }}\nx: 1\n{{- end }}\n", "f.yaml:2:1", "template"},
		"an action as a value": {"kind: A\nx: {{ .Values.x }}\n", "f.yaml:2:4", "template"},
		"an action in a text":  {"kind: A\nx: \"{{ .Values.x }}-y\"\n", "f.yaml:2:4", "template"},
		"a function":           {"kind: A\nx: {{ include \"y\" . | nindent 4 }}\n", "f.yaml:2:4", "template"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Parse("f.yaml", []byte(c.text), Options{})
			if len(problems) != 1 {
				t.Fatalf("problems: %v", problems)
			}
			if p := problems[0]; p.Ref.Pos.String() != c.at || !strings.Contains(p.Message, c.want) {
				t.Errorf("%s: %s", p.Ref.Pos, p.Message)
			}
		})
	}
}

// Documents that only look like a template, or that stand between unusual
// markers, are read.
func TestSound(t *testing.T) {
	for name, text := range map[string]string{
		"a template in a text of lines": "kind: A\ndata:\n  x: |\n    {{- if .Values.x }}\n    {{ end }}\n",
		"a template in a comment":       "kind: A # {{ .Values.x }}\n",
		"braces in a regex":             "kind: A\nx: \"/a{{2}}\"\n",
		"the end of a document":         "kind: A\n...\n",
		"UTF-16 as PowerShell writes":   "\xff\xfek\x00i\x00n\x00d\x00:\x00 \x00A\x00\n\x00-\x00-\x00-\x00\n\x00",
		"many empty documents":          strings.Repeat("---\n", 1000) + "kind: A\n",
		"directives":                    "%YAML 1.1\n---\nkind: A\n",
	} {
		if objs, problems := Parse("f.yaml", []byte(text), Options{}); len(objs) != 1 || len(problems) > 0 || objs[0].Kind != "A" {
			t.Errorf("%s: %d objects, problems %v", name, len(objs), problems)
		}
	}
	objs, problems := Parse("f.yaml", []byte("kind: A\n...\nkind: B\n...\n---\nkind: C\n"), Options{})
	if len(objs) != 3 || len(problems) > 0 || objs[1].Ref().Pos.Line != 3 {
		t.Errorf("after the end of a document: %d objects, problems %v", len(objs), problems)
	}
}

// The number of values is bounded with the number of bytes.
func TestManyValues(t *testing.T) {
	text := "kind: A\nx: [" + strings.Repeat("1,", 1<<20) + "]\n"
	_, problems := Parse("f.yaml", []byte(text), Options{MaxBytes: 4 << 20})
	if len(problems) != 1 || problems[0].Kind != OverLimit || !strings.Contains(problems[0].Message, "more values than the limit of 524288") {
		t.Errorf("problems: %v", problems)
	}
	if objs, problems := Parse("f.yaml", []byte(text), Options{}); len(objs) != 1 || len(problems) > 0 {
		t.Errorf("within the limit: %d objects, problems %v", len(objs), problems)
	}
}

// Every kind in an unreadable text is told, and a namespace only where it surely
// is the object's.
func TestGuess(t *testing.T) {
	const broken = "x: [\n"
	for name, c := range map[string]struct{ text, kinds, namespace string }{
		"nothing":                   {"", "", "default"},
		"no namespace":              {"kind: A\nmetadata:\n  name: x\n", "A", "default"},
		"a namespace":               {"kind: A\nmetadata:\n  name: x\n  namespace: \"shop\"\n", "A", "shop"},
		"in braces":                 {"kind: A\nmetadata: {name: x, namespace: shop}\n", "A", "shop"},
		"a label of that name":      {"kind: A\nmetadata:\n  labels:\n    namespace: other\n  namespace: shop\n", "A", "shop"},
		"only a label of that name": {"kind: A\nmetadata:\n  labels:\n    namespace: other\n", "A", ""},
		"of something else":         {"kind: A\nspec:\n  namespace: shop\n", "A", ""},
		"a template without":        {"kind: A\n{{- include \"meta\" . }}\n", "A", ""},
		"a template":                {"kind: A\nmetadata:\n  namespace: {{ .Release.Namespace }}\n", "A", ""},
		"a list":                    {"kind: List\nitems:\n- kind: A\n  metadata:\n    namespace: shop\n- {\"kind\": \"B\"}\n", "List A B", ""},
		"JSON":                      {"{\"kind\": \"A\", \"metadata\": {\"namespace\": \"shop\"}, ", "A", ""},
	} {
		_, problems := Parse("f.yaml", []byte(c.text+broken), Options{})
		if len(problems) != 1 {
			t.Fatalf("%s: problems: %v", name, problems)
		}
		if p := problems[0]; strings.Join(p.ObjectKinds, " ") != c.kinds || p.Namespace != c.namespace {
			t.Errorf("%s: kinds %q in %q", name, p.ObjectKinds, p.Namespace)
		}
	}
}
