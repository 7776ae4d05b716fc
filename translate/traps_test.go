package translate

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// trap is one thing of a mesh that a translation gets wrong when nobody thinks of
// it, and the cases testdata/<name>.txtar that pin it.
type trap struct {
	item  string   // "istio 03", "linkerd t04"; of what is hard to translate, its words
	says  string   // in a clause
	cases []string // none where why says the reason
	why   string   // why no case pins it; empty otherwise
}

// changes is how the comment of a case names the change under which it fails.
var changes = regexp.MustCompile(`(?i)\bfails (with|if|when)\b`)

// checkTraps holds a table of traps to testdata: each item has a case or a
// reason, each case is there and says what breaks it, and each case of the mesh
// whose name begins with trap- or hard- is in the table.
func checkTraps(t *testing.T, mesh string, traps []trap) {
	t.Helper()
	listed, seen := map[string]bool{}, map[string]bool{}
	for _, tr := range traps {
		if seen[tr.item] {
			t.Errorf("%s is listed twice", tr.item)
		}
		seen[tr.item] = true
		if (len(tr.cases) == 0) == (tr.why == "") {
			t.Errorf("%s (%s) needs either a case or the reason why none pins it", tr.item, tr.says)
		}
		for _, name := range tr.cases {
			listed[name] = true
			if err := checkTrapCase(name); err != nil {
				t.Errorf("%s: %v", tr.item, err)
			}
		}
	}
	for _, name := range trapCases(t, mesh) {
		if !listed[name] {
			t.Errorf("%s pins no item of the table", name)
		}
	}
}

func checkTrapCase(name string) error {
	a, err := txtar.ParseFile(filepath.Join("..", "testdata", name+".txtar"))
	if err != nil {
		return err
	}
	if !changes.Match(a.Comment) {
		return fmt.Errorf("%s does not say under which change it fails", name)
	}
	if !slices.ContainsFunc(a.Files, func(f txtar.File) bool { return f.Name == "probes" }) {
		return fmt.Errorf("%s has no probes", name)
	}
	return nil
}

func trapCases(t *testing.T, mesh string) []string {
	t.Helper()
	var names []string
	for _, kind := range []string{"trap-", "hard-"} {
		files, err := filepath.Glob("../testdata/" + kind + mesh + "-*.txtar")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			names = append(names, strings.TrimSuffix(filepath.Base(f), ".txtar"))
		}
	}
	return names
}
