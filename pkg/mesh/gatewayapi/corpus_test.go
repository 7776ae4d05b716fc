package gatewayapi

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/meshtest"
	"github.com/transmesh/transmesh/pkg/source"
)

// Every file of the corpus is read without a panic, no value of our kinds is
// left unread, and what is written reads back as the same model, for every
// version.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(meshtest.Shared(t, "corpus"), "gatewayapi", "*", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, version := range versions {
			t.Run(filepath.Base(file)+"@"+version, func(t *testing.T) { roundTrip(t, version, data) })
		}
	}
}

// roundTrip reads, writes and reads again.
func roundTrip(t *testing.T, version string, data []byte) {
	objs, problems := source.Parse("in.yaml", data, source.Options{})
	for _, p := range problems {
		t.Logf("%v: %s", p.Ref, p.Message)
	}
	in := inputOf(version, objs)
	m, diags := read(in)
	for _, o := range in.Objects {
		o.Root.Leaves(func(l source.Leaf) {
			if !l.Read && l.Skipped == "" && l.Inert == "" {
				t.Errorf("unread: %v = %q", l.Ref(), l.Value())
			}
		})
	}
	tgt, _ := target(version)
	out := write(m, tgt)
	var text bytes.Buffer
	if err := manifest.WriteYAML(&text, out); err != nil {
		t.Fatal(err)
	}
	again, problems := source.Parse("out.yaml", text.Bytes(), source.Options{})
	if len(problems) > 0 {
		t.Fatalf("output does not parse: %v\n%s", problems, text.String())
	}
	back := inputOf(version, again)
	back.Inventory = in.Inventory
	m2, diags2 := read(back)
	if r := decide.Compare(m, m2, decide.Options{Defaults: true}); r.Verdict != decide.Same {
		t.Errorf("read back is %s: %+v\n%s", r.Verdict, r.Differences, text.String())
	}
	if a, b := printed(m), printed(m2); a != b {
		t.Errorf("read back differs\n--- before\n%s\n--- after\n%s\n--- output\n%s\n%v\n%v", a, b, text.String(), diags, diags2)
	}
}

// printed prints what round trips keep.
func printed(m *intent.Model) string {
	return intent.Print(&intent.Model{Routing: m.Routing, Entries: m.Entries})
}
