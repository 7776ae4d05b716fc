package envoy

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/translate/conformance/envoy/engine"
)

// TestCases serves the configurations of Envoy that are read of the golden cases and
// of the shops, and all that are written of them.
func TestCases(t *testing.T) {
	b := &batch{behind: engine.NewUpstream(t)}
	for _, i := range append(goldenCases(t), shops(t)...) {
		b.addAll(t, i.translated())
	}
	n := b.judge(t)
	t.Log(len(b.sets), "sets:", n)
	if n.tables < 30 || n.forwarded < 100 || n.redirected < 5 {
		t.Error("hardly anything is asked")
	}
}

// TestCorpus does so for every file of the corpus.
func TestCorpus(t *testing.T) {
	files := corpus(t)
	if len(files) == 0 {
		t.Skip("there is no corpus beside the repository")
	}
	b := &batch{behind: engine.NewUpstream(t)}
	for _, i := range files {
		in := i.translated()
		if i.from.Name == cilium.Mesh.Name {
			b.add(i, func() *intent.Model { return in.Source })
		}
		out := in.written(t)
		b.add(out, out.lifted)
	}
	if len(b.sets) == 0 {
		t.Fatal("no file of the corpus has anything to ask about")
	}
	t.Log(len(b.sets), "sets:", b.judge(t))
}
