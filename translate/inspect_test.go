package translate

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/pkg/source"
)

// TestInspectCorpus looks at every file of the corpus: each value has a fate, and
// what nobody knows a finding.
func TestInspectCorpus(t *testing.T) {
	dir := corpusDir(t)
	for _, m := range all.Sources {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			found := map[diag.Code]int{}
			inputs := corpusInputs(t, dir, m.Name)
			for _, name := range slices.Sorted(maps.Keys(inputs)) {
				var in Input
				for _, f := range inputs[name] {
					data, err := os.ReadFile(f)
					if err != nil {
						t.Fatal(err)
					}
					objs, problems := source.Parse(filepath.Base(f), data, source.Options{})
					in.Objects, in.Problems = append(in.Objects, objs...), append(in.Problems, problems...)
				}
				r := Inspect(Side{Input: in, Mesh: m})
				checkLaws(t, name, r)
				for _, f := range r.Findings {
					found[f.Code]++
				}
			}
			t.Log(len(inputs), "inputs", found)
		})
	}
}
