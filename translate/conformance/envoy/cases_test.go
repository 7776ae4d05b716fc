package envoy

import (
	"testing"

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
