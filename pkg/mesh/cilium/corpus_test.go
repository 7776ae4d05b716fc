package cilium

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/meshtest"
	"github.com/transmesh/transmesh/pkg/source"
)

// ours reports whether an object is of a kind that Cilium has.
func ours(o *source.Object) bool {
	return slices.ContainsFunc(kinds, func(k mesh.Kind) bool {
		return k.Group == o.Group() && k.Kind == o.Kind && slices.Contains(k.Versions, o.Version())
	})
}

// inputOf parts objects as translate would hand them to the reader.
func inputOf(objs []*source.Object) mesh.Input {
	in := mesh.Input{Version: version, Env: intent.Defaults()}
	var context []*source.Object
	for _, o := range objs {
		switch {
		case ours(o):
			in.Objects = append(in.Objects, o)
		case inventory.Belongs(o):
			context = append(context, o)
		}
	}
	slices.SortFunc(in.Objects, source.Compare)
	in.Inventory = inventory.Read(context)
	return in
}

// Every file of the corpus is read without a panic, no value of our kinds is left
// unread, and what is written reads back as the same model.
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
		t.Run(filepath.Base(file), func(t *testing.T) { roundTrip(t, data) })
	}
}

// noFields are values of the corpus in fields that Cilium does not have.
var noFields = []string{"spec.egress[0].auth.type"}

// roundTrip reads what the API server would take, writes it and reads it again.
func roundTrip(t *testing.T, data []byte) {
	objs, _ := source.Parse("in.yaml", data, source.Options{})
	in := inputOf(objs)
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
			if !l.Read && l.Skipped == "" && l.Inert == "" && !slices.Contains(noFields, l.Ref().Path) {
				t.Errorf("unread: %v = %q", l.Ref(), l.Value())
			}
		})
	}
	checkReadBack(t, m)
}
