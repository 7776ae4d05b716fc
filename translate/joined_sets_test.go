package translate

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"golang.org/x/tools/txtar"
)

// TestJoinedSets holds sets of documents that stand in each other's place to the laws. Each
// is a file of testdata/joined: what it is about, then lines "From: MESH", "To: TARGET ..."
// and, if need be, "Tells: CODE" and "Writes: TEXT" of what a user must see, and the
// documents.
func TestJoinedSets(t *testing.T) {
	files, err := filepath.Glob("testdata/joined/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no sets")
	}
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range strings.Fields(linesOf(a, "To")[0]) {
			t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar")+"/"+to, func(t *testing.T) { checkSet(t, a, to) })
		}
	}
}

// linesOf are the values of the lines of an archive's comment that begin with a key.
func linesOf(a *txtar.Archive, key string) []string {
	var out []string
	for line := range strings.Lines(string(a.Comment)) {
		if v, ok := strings.CutPrefix(line, key+": "); ok {
			out = append(out, strings.TrimSpace(v))
		}
	}
	return out
}

func checkSet(t *testing.T, a *txtar.Archive, to string) {
	c := &testCase{archive: a, from: sourceNamed(t, linesOf(a, "From")[0])}
	for _, f := range a.Files {
		if f.Name == "environment.yaml" {
			c.env = environment(t, f)
			continue
		}
		c.in = append(c.in, f)
	}
	target, version := findMesh(t, to)
	o := Options{From: c.from, To: target, ToVersion: version, Env: c.env}
	r := Run(c.parse(), o)
	for _, broken := range lawsBroken(r) {
		t.Error(broken)
	}
	back := c.parse()
	slices.Reverse(back.Objects)
	out := printed(t, r)
	if again := printed(t, Run(back, o)); !bytes.Equal(out, again) {
		t.Errorf("the order of documents changes the output:\n%s\n%s", out, again)
	}
	for _, code := range linesOf(a, "Tells") {
		if !slices.ContainsFunc(r.Findings, func(d diag.Diagnostic) bool { return string(d.Code) == code }) {
			t.Errorf("%s is not told", code)
		}
	}
	for _, text := range linesOf(a, "Writes") {
		if !bytes.Contains(out, []byte(text)) {
			t.Errorf("%q is not written:\n%s", text, out)
		}
	}
	for _, text := range linesOf(a, "Omits") {
		if bytes.Contains(out, []byte(text)) {
			t.Errorf("%q is written:\n%s", text, out)
		}
	}
}

func sourceNamed(t *testing.T, name string) mesh.Mesh {
	t.Helper()
	for _, m := range all.Sources {
		if m.Name == name {
			return m
		}
	}
	t.Fatal("no mesh ", name)
	return mesh.Mesh{}
}
