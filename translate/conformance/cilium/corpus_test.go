package cilium

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
)

// TestShop holds what is written of the shop in each dialect to the definitions,
// the sanitizer and Envoy.
func TestShop(t *testing.T) {
	for _, from := range all.Meshes {
		files, err := filepath.Glob(filepath.Join("../../../examples/shop", from.Name, "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if len(files) == 0 {
			t.Errorf("no shop for %s", from.Name)
		}
		kinds := map[string]int{}
		accepted(t, "shop "+from.Name, from, files, kinds)
		t.Log(from.Name, kinds)
	}
}

// TestCorpus holds what is written of every file of the corpus to the same.
func TestCorpus(t *testing.T) {
	dir := filepath.Join("../../../../shared/corpus")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("TRANSMESH_REQUIRE_SHARED") == "1" {
			t.Fatal("no corpus at", dir)
		}
		t.Skip("no corpus at", dir)
	}
	for _, from := range all.Meshes {
		files, err := filepath.Glob(filepath.Join(dir, from.Name, "*", "*.*"))
		if err != nil || len(files) == 0 {
			t.Fatal("no files of", from.Name, err)
		}
		kinds := map[string]int{}
		for _, f := range files {
			accepted(t, f, from, []string{f}, kinds)
		}
		t.Log(from.Name, len(files), "files", slices.Sorted(maps.Keys(kinds)), kinds)
	}
}

// accepted translates files to Cilium, and holds each object of what is written
// to what the cluster takes.
func accepted(t *testing.T, name string, from mesh.Mesh, files []string, kinds map[string]int) {
	t.Helper()
	var in translate.Input
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		objs, problems := source.Parse(f, data, source.Options{})
		in.Objects, in.Problems = append(in.Objects, objs...), append(in.Problems, problems...)
	}
	r := translate.Run(in, translate.Options{From: from, To: cilium.Mesh})
	for _, m := range r.Manifests {
		kinds[m.Kind]++
	}
	docs := printed(t, r)
	if _, err := start(docs, nil); err != nil {
		t.Errorf("%s: Cilium refuses what is written: %v", name, err)
	}
}
