package source

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// said is all that is known of objects and problems.
func said(objs []*Object, problems []Problem) string {
	var b strings.Builder
	for _, o := range objs {
		fmt.Fprintln(&b, o.Ref(), o.Namespace, o.Name)
		saidOf(&b, o.Root)
	}
	for _, p := range problems {
		fmt.Fprintf(&b, "%+v\n", p)
	}
	return b.String()
}

func saidOf(b *strings.Builder, n *Node) {
	fmt.Fprintf(b, "%v %v %v %q %q %q\n", n.Ref(), n.key(), n.kind(), n.tagText(), n.word(), n.Comment())
	for _, kid := range n.held() {
		if n.kind() == Map {
			fmt.Fprintf(b, "%q: ", kid.name())
		}
		saidOf(b, kid)
	}
}

// alone parses each document by a parser of its own.
func alone(data []byte, o Options) (objs []*Object, problems []Problem) {
	for _, d := range split(utf8Text(data)) {
		r := parseDocument("f.yaml", d, o)
		objs, problems = append(objs, r.objs...), append(problems, r.problems...)
	}
	return objs, problems
}

// sameAlone holds what is parsed of a file to what is parsed of each of its documents.
func sameAlone(t *testing.T, data []byte, o Options) {
	t.Helper()
	if got, want := said(Parse("f.yaml", data, o)), said(alone(data, o)); got != want {
		t.Errorf("documents of\n%s\nare, parsed together:\n%s\nand alone:\n%s", data, got, want)
	}
}

// Documents are the same whether one parser reads many or each has its own.
func TestChunks(t *testing.T) {
	for _, text := range []string{
		"---\na: 1\n---\nb: 2\n",
		"---\na: 1\n\n\n---\n\n\nb:\n  c: [1, 2]\n---\n{d: 3}\n",
		"---\na: 1\n---\na: [\n---\nb: 2\n",
		"---\na: 1\n---\n\"b\n---\nc: 3\n---\nd: 4\n",
		"---\na: |\n  x\n---\nb: >+\n  y\n\n---\nc: 3\n",
		"---\n!!null\n---\nb: 2\n---\n- 1\n---\n\"\"\n",
		"---\na: 1\n...\n---\nb: 2\n---\nc: 3\n...\nd: 4\n",
		"---\na: &x 1\n---\nb: *x\n",
		"---\nb: *x\n---\nc: 1\n---\nd: 1\n",
		"---\na: 1\n# of b\n---\n# too\nb: 2\n---\nc: 3\n---\nd: 4\n",
		"---\na: 1\n%TAG ! tag:x,2000:\n---\nb: !y 2\n---\nc: 3\n",
		"---\n---- \n-\n\n\r-\n---\n-\n-\n---", "---\na: b\u2028c\n---\nd: 1\n---\ne: 1\n",
		"---\nkind: List\nitems: [{kind: A}, {kind: B}]\n---\nkind: C\n---\nkind: D",
		strings.Repeat("---\nkind: A\nmetadata: {name: a}\n", 3*inChunk+1),
	} {
		sameAlone(t, []byte(text), Options{})
	}
	for _, text := range commentedEverywhere("---\na:\n  b: 1\n  c:\n  - d: 2\n    e: |\n      f\n  - g\nh: {i: 3}\n") {
		sameAlone(t, []byte(text), Options{})
	}
	files := 0
	for _, folder := range []string{"../../examples", "../../testdata", "../../../shared/corpus"} {
		_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			sameAlone(t, data, Options{})
			files++
			return nil
		})
	}
	if files < 100 {
		t.Error("hardly any file is parsed")
	}
}

// commentedEverywhere is a document behind and before others, with a comment at each place
// of it, and with two.
func commentedEverywhere(document string) []string {
	lines := strings.SplitAfter(document, "\n")
	var marked []string
	for i := 1; i < len(lines); i++ {
		for _, comment := range []string{"# one\n", "  # two\n", "\n  # three\n\n", "      # four\n# five\n"} {
			marked = append(marked, strings.Join(lines[:i], "")+comment+strings.Join(lines[i:], ""))
		}
		if before, ok := strings.CutSuffix(lines[i], "\n"); ok {
			marked = append(marked, strings.Join(lines[:i], "")+before+" # six\n"+strings.Join(lines[i+1:], ""))
		}
	}
	var out []string
	for _, a := range marked {
		for _, b := range marked {
			out = append(out, document+a+b+document)
		}
	}
	return out
}
