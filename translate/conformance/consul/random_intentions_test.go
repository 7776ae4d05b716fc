package consul

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// read is the model of entries, each a file, without anything else of a cluster.
func read(t *testing.T, entries [][]byte, env intent.Environment) (*intent.Model, []*source.Object) {
	t.Helper()
	var objs []*source.Object
	for i, e := range entries {
		parsed, problems := source.Parse(fmt.Sprintf("e%d.json", i), e, source.Options{})
		if len(problems) > 0 {
			t.Fatalf("%v in %s", problems, e)
		}
		objs = append(objs, parsed...)
	}
	m := lifted(objs, env)
	return m, objs
}

// TestRandomIntentions holds what is read of random intentions to what the server
// has sidecars enforce, under both default policies: each request that tells
// conditions apart, of each client, at each service.
func TestRandomIntentions(t *testing.T) {
	rounds := 40
	if testing.Short() {
		rounds = 10
	}
	agents := start(t)
	var n tally
	for _, policy := range policies {
		for seed := range uint64(rounds) {
			g := &generator{rand.New(rand.NewPCG(seed, 1)), fmt.Sprintf("r%d-", seed)}
			entries := encoded(inOrder(g.intentions()))
			env := input{}.under(policy)
			m, objs := read(t, entries, env)
			for _, o := range objs {
				if p := o.Root.Problems(); len(p) > 0 {
					t.Fatalf("seed %d: the reader refuses what the server takes: %v\n%s", seed, p, joined(entries))
				}
			}
			w := newWorld(t, agents[policy], entries, m)
			w.more = g.requests(60)
			for _, s := range w.services {
				if wrong := w.settled(t, func(n *tally) []string { return w.admission(s, n) }, &n); len(wrong) > 0 {
					t.Fatalf("default %s, seed %d, %d of them:\n%s\n%s\n%s", policy, seed, len(wrong), wrong[0], joined(entries), intent.Print(m))
				}
			}
			cleaned(t, agents[policy])
		}
	}
	t.Log(n)
	if all := n.allowed + n.denied; all < 10000 && !testing.Short() || n.allowed*10 < 3*all || n.denied*10 < 3*all {
		t.Errorf("too few, or too few on one side: %s", n)
	}
}
