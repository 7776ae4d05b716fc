package translate

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/legal"
)

// shopFiles are the manifests of the shop in one dialect.
func shopFiles(t testing.TB, mesh string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "examples", "shop", mesh, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no shop for", mesh, err)
	}
	return files
}

// TestShop holds what each pair of dialects compares to: the shop as written by
// hand in one, translated to another. A pair that is not the same says which
// features keep it so.
func TestShop(t *testing.T) {
	var b strings.Builder
	for _, from := range []string{"istio", "linkerd", "consul", "cilium", "gatewayapi"} {
		for _, to := range targets {
			source, _ := findMesh(t, from)
			target, version := findMesh(t, to)
			r := Run(readFiles(t, shopFiles(t, from)), Options{From: source, To: target, ToVersion: version})
			checkLaws(t, "shop "+from+" to "+to, r)
			fmt.Fprintf(&b, "%s to %s: %s\n", from, to, r.Verdict)
			lost := featuresOf(r)
			if r.Verdict != decide.Same && len(lost) == 0 {
				t.Errorf("%s to %s is %s, and no feature says why", from, to, r.Verdict)
			}
			for _, l := range lost {
				fmt.Fprintf(&b, "  %s\n", l)
			}
		}
	}
	golden(t, filepath.Join("..", "examples", "shop", "table.txt"), []byte(b.String()))
}

// featuresOf lists the features whose values did not come out with the same
// meaning, with what became of them.
func featuresOf(r *Result) []string {
	seen := map[string]bool{}
	for _, c := range r.Changes {
		if c.Fate == legal.FateDropped || c.Fate == legal.FateDrifted || c.Fate == legal.FateWithheld {
			seen[fmt.Sprintf("%s %s", c.Feature, c.Fate)] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// golden compares with a file, or writes it.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs (run with -update and read the diff)\nwant\n%s\ngot\n%s", file, want, got)
	}
}
