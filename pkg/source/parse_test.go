package source

import (
	"fmt"
	"strings"
	"testing"
)

// Each bad document is one positioned problem, and its neighbours are read.
func TestBadDocuments(t *testing.T) {
	good := "kind: A\nmetadata: {name: a}\n---\n"
	for name, c := range map[string]struct {
		text string
		kind ProblemKind
		line int
		want string
	}{
		"not YAML":        {"kind: B\n  x: [1\n", NotReadable, 5, "mapping values"},
		"a scalar":        {"just text\n", NotReadable, 4, "not a map"},
		"List of nothing": {"kind: List\nitem: []\n", NotReadable, 4, "no list of items"},
		"a list":          {"- a\n- b\n", NoManifest, 4, "no manifest"},
		"conflict":        {"kind: B\n<<<<<<< HEAD\nx: 1\n=======\nx: 2\n>>>>>>> b\n", LooksForeign, 5, "merge-conflict"},
		"template value":  {"kind: B\nmetadata:\n  name: {{ .Values.n }}\n", LooksForeign, 6, "template"},
		"template block":  {"kind: B\n{{- if .Values.x }}\nx: 1\n{{- end }}\n", LooksForeign, 5, "template"},
		"tab":             {"kind: B\nspec:\n\tx: 1\n", NotReadable, 6, "cannot start any token"},
		"NUL":             {"kind: B\nx: \x00\n", NotReadable, 5, "control character"},
		"no marker":       {"apiVersion: v1\nkind: B\napiVersion: v1\nkind: B\n", NotReadable, 6, "another manifest"},
		"nested brackets": {"kind: B\nx: " + strings.Repeat("[", 100_000) + "\n", OverLimit, 5, "deeper"},
		"deep but closed": {"kind: B\nx: " + strings.Repeat("[", 600) + strings.Repeat("]", 600) + "\n", OverLimit, 4, "deeper"},
		"too large":       {"kind: B\nx: " + strings.Repeat("a", 5000) + "\n", OverLimit, 3, "larger"},
		"long paths":      {"kind: B\n" + strings.Repeat("k", 1000) + ": [" + strings.Repeat("a, ", 300) + "a]\n", OverLimit, 4, "below long keys"},
		"paths by alias":  {"kind: B\nx: &a [1, 2, 3, 4]\ny:\n  " + strings.Repeat("k", 900) + ": [" + strings.Repeat("*a, ", 40) + "*a]\n", OverLimit, 4, "aliases"},
		"alias bomb":      {bomb(), OverLimit, 4, "aliases"},
		"alias of itself": {"kind: B\nx: &a [*a]\n", OverLimit, 4, ""},
	} {
		t.Run(name, func(t *testing.T) {
			objs, problems := Parse("f.yaml", []byte(good+c.text+"---\nkind: C\n"), Options{MaxBytes: limitFor(name)})
			if len(problems) != 1 {
				t.Fatalf("problems: %v", problems)
			}
			p := problems[0]
			if p.Kind != c.kind || !strings.Contains(p.Message, c.want) || p.Ref.Pos.Line < 3 || p.Ref.Pos.Col < 1 {
				t.Errorf("got %v kind %d: %s", p.Ref.Pos, p.Kind, p.Message)
			}
			if c.kind != OverLimit && p.Ref.Pos.Line != c.line {
				t.Errorf("at line %d, want %d: %s", p.Ref.Pos.Line, c.line, p.Message)
			}
			if len(objs) != 2 || objs[0].Kind != "A" || objs[1].Kind != "C" {
				t.Errorf("neighbours: %v", objs)
			}
		})
	}
}

func limitFor(name string) int {
	switch name {
	case "too large", "long paths", "paths by alias":
		return 4096
	}
	return 0
}

func bomb() string {
	var b strings.Builder
	b.WriteString("kind: B\na0: &a0 [x,x,x,x,x,x,x,x,x]\n")
	for _, i := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		prev := string(i[0] - 1)
		b.WriteString("a" + i + ": &a" + i + " [" + strings.TrimSuffix(strings.Repeat("*a"+prev+",", 9), ",") + "]\n")
	}
	return b.String()
}

// Valid but unusual text is read.
func TestUnusualText(t *testing.T) {
	for name, text := range map[string]string{
		"BOM":            "\xef\xbb\xbfkind: A\nmetadata: {name: x}\n",
		"CRLF":           "kind: A\r\nmetadata:\r\n  name: x\r\n",
		"JSON":           "{\n\t\"kind\": \"A\", \"metadata\": {\"name\": \"x\"}}\n",
		"List":           "kind: List\nitems:\n- kind: A\n  metadata: {name: x}\n",
		"List in List":   "kind: List\nitems:\n- kind: List\n  items:\n  - kind: A\n    metadata: {name: x}\n",
		"kindless items": "apiVersion: v1\nkind: AList\nitems:\n- metadata: {name: x}\n",
		"empty List":     "kind: List\nitems:\n---\nkind: A\nmetadata: {name: x}\n",
		"typed list":     `{"kind": "AList", "items": [{"kind": "A", "metadata": {"name": "x"}}]}`,
		"merge key":      "m: &m {name: x}\nkind: A\nmetadata:\n  <<: *m\n",
		"alias":          "m: &m {name: x}\nkind: A\nmetadata: *m\n",
		"comment first":  "# words\n---\n# more\nkind: A\nmetadata: {name: x}\n",
		"marker in text": "kind: A\nmetadata:\n  name: x\ndata:\n  y: |\n    a\n    ---\n    b\n",
	} {
		t.Run(name, func(t *testing.T) {
			objs, problems := Parse("f.yaml", []byte(text), Options{Namespace: "n"})
			if len(problems) != 0 || len(objs) != 1 {
				t.Fatalf("objects %d, problems %v", len(objs), problems)
			}
			if o := objs[0]; o.Kind != "A" || o.Name != "x" || o.Namespace != "n" || !o.NamespaceImplied {
				t.Errorf("got %+v", o)
			}
		})
	}
}

func TestValues(t *testing.T) {
	text := "kind: A\nspec:\n  weight: \"ten\"\n  port: 80\n  on: yes\n  name: 5\n  d: 1x\n  empty: []\n  rest: {a: 1}\n  twice: 1\n  twice: 2\n"
	objs, _ := Parse("f.yaml", []byte(text), Options{})
	spec := objs[0].Root.Get("spec")
	if spec.Get("port").Int() != 80 || spec.Get("weight").Int() != 0 || !spec.Get("on").Bool() {
		t.Error("wrong values")
	}
	spec.Get("name").Str()
	spec.Get("d").Duration()
	if len(spec.Get("empty").Items()) != 0 {
		t.Error("empty list has items")
	}
	var unread, problems []string
	objs[0].Root.Leaves(func(l Leaf) {
		if !l.Read {
			unread = append(unread, l.Ref().Path)
		}
	})
	for _, p := range objs[0].Root.Problems() {
		problems = append(problems, p.Ref.Path)
	}
	if got := strings.Join(unread, " "); got != "spec.rest.a spec.twice spec.twice" {
		t.Errorf("unread: %s", got)
	}
	if got := strings.Join(problems, " "); got != "spec.weight spec.name spec.d spec.twice" {
		t.Errorf("problems: %s", got)
	}
}

func TestWideMapIsLinear(t *testing.T) {
	var b strings.Builder
	b.WriteString("kind: A\n")
	for i := range 200_000 {
		b.WriteString("k" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + ": 1\n")
	}
	if objs, problems := Parse("f.yaml", []byte(b.String()), Options{}); len(objs) != 1 || len(problems) != 0 {
		t.Fatalf("objects %d, problems %v", len(objs), problems)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("kind: A\nspec: {a: [1, 2]}\n---\nkind: B\n"))
	f.Add([]byte(bomb()))
	f.Add([]byte("---\nkind: A\n---\nkind: B\n---\nkind: [\n---\nkind: D\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		sameAlone(t, data, Options{MaxBytes: 1 << 16})
		objs, _ := Parse("f.yaml", data, Options{MaxBytes: 1 << 16})
		for _, o := range objs {
			o.Root.Leaves(func(Leaf) {})
			o.Root.Problems()
		}
	})
}

// TestNamed holds values to the positions of their keys, and elements to that of
// their list's. What nobody read is named by the outermost value that nobody read.
func TestNamed(t *testing.T) {
	objs, _ := Parse("a.yaml", []byte("kind: A\nspec:\n  x: 1\n  deep: {y: [2,\n    {z: 3}]}\n"), Options{})
	named := func(want map[string]string) {
		t.Helper()
		objs[0].Root.Leaves(func(l Leaf) {
			if got := fmt.Sprintf("%d:%d %s", l.Named().Pos.Line, l.Named().Pos.Col, l.Named().Path); got != want[l.Ref().Path] {
				t.Errorf("%s is named at %s", l.Ref().Path, got)
			}
		})
	}
	named(map[string]string{"kind": "1:1 kind", "spec.x": "2:1 spec", "spec.deep.y[0]": "2:1 spec", "spec.deep.y[1].z": "2:1 spec"})
	objs[0].Root.Get("spec").Get("x")
	named(map[string]string{"kind": "1:1 kind", "spec.x": "3:3 spec.x", "spec.deep.y[0]": "4:3 spec.deep", "spec.deep.y[1].z": "4:3 spec.deep"})
	objs[0].Root.Get("spec").Get("deep").Get("y").Items()
	named(map[string]string{"kind": "1:1 kind", "spec.x": "3:3 spec.x", "spec.deep.y[0]": "4:10 spec.deep.y[0]", "spec.deep.y[1].z": "4:10 spec.deep.y[1]"})
}
