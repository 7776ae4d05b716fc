package conformance

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// questions asks the manifests of Istio in the golden cases, those read and those
// written, that hold one of some kinds; it returns how many questions there were.
func questions(t *testing.T, ask func(t *testing.T, name, manifests, probes string) int, kinds ...string) int {
	t.Helper()
	files, err := filepath.Glob("../../../testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		sections := map[string]string{}
		for _, s := range a.Files {
			sections[s.Name] = string(s.Data)
		}
		for _, name := range []string{"in/istio.yaml", "out/istio.yaml"} {
			holds := func(kind string) bool { return strings.Contains(sections[name], "kind: "+kind+"\n") }
			if slices.ContainsFunc(kinds, holds) {
				asked += ask(t, filepath.Base(f)+" "+name, sections[name], sections["probes"])
			}
		}
	}
	return asked
}
