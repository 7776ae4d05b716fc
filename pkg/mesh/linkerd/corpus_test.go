package linkerd

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/transmesh/transmesh/pkg/mesh/meshtest"
	"github.com/transmesh/transmesh/pkg/source"
)

// Every file of the corpus is read without a panic, no value of our kinds is left
// unread, and what is written reads back as the same model, for every version.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(meshtest.Shared(t, "corpus"), Name, "*", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, version := range Mesh.Versions {
			t.Run(filepath.Base(file)+"@"+version, func(t *testing.T) { roundTrip(t, version, data) })
		}
	}
}

// roundTrip reads what the API server would take, writes it and reads it again.
func roundTrip(t *testing.T, version string, data []byte) {
	objs, _ := source.Parse("in.yaml", data, source.Options{})
	in := inputOf(objs)
	in.Version = version
	m, _ := read(in)
	var valid []*source.Object
	for _, o := range objs {
		if len(o.Root.Problems()) == 0 {
			valid = append(valid, o)
		}
	}
	if len(valid) < len(objs) {
		in = inputOf(valid)
		m, _ = read(in)
	}
	for _, o := range in.Objects {
		o.Root.Leaves(func(l source.Leaf) {
			if !l.Read && l.Skipped == "" && l.Inert == "" {
				t.Errorf("unread: %v = %q", l.Ref(), l.Value())
			}
		})
	}
	checkReadBack(t, m, Name, version)
}
