package envoy

import (
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/translate/conformance/envoy/engine"
)

var (
	randoms = flag.Int("randoms", 150, "how many random configurations are asked about")
	seed    = flag.Uint64("seed", 1, "of random configurations")
)

// TestRandomRead serves random configurations of Envoy: what they do is what is read
// of them.
func TestRandomRead(t *testing.T) {
	b := &batch{behind: engine.NewUpstream(t)}
	for n := range *randoms {
		g := generator{rand.New(rand.NewPCG(*seed, uint64(n)))}
		i := g.config(n).translated()
		b.add(i.input, func() *intent.Model { return i.Source })
	}
	n := b.judge(t)
	t.Log(n)
	if n.tables*2 < *randoms || n.kept*2 > *randoms {
		t.Error("hardly anything is read")
	}
}
