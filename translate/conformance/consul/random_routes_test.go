package consul

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
)

// TestRandomRoutes holds what is read of random resolvers, splitters and routers to
// the route tables of sidecars. Sets that the server refuses the reader must have
// something against, too.
func TestRandomRoutes(t *testing.T) {
	rounds := 80
	if testing.Short() {
		rounds = 20
	}
	agent := start(t)["allow"]
	var n tally
	refused := 0
	for seed := range uint64(rounds) {
		g := &generator{rand.New(rand.NewPCG(seed, 2)), fmt.Sprintf("s%d-", seed)}
		entries := encoded(inOrder(g.routing()))
		m, _ := read(t, entries, input{}.under("allow"))
		wrong := complaints(entries, refusals)
		if why := refusedBy(agent, entries); why != "" {
			refused++
			if wrong == "" {
				t.Fatalf("seed %d: the server refuses %s, and the reader says nothing\n%s", seed, why, joined(entries))
			}
			cleaned(t, agent)
			continue
		}
		if wrong != "" {
			t.Fatalf("seed %d: the reader refuses what the server takes: %s\n%s", seed, wrong, joined(entries))
		}
		w := newWorld(t, agent, entries, m)
		w.more = g.requests(40)
		for _, s := range w.services {
			if wrong := w.settled(t, func(n *tally) []string { return w.routing(s, n) }, &n); len(wrong) > 0 {
				t.Fatalf("seed %d, %d of them:\n%s\n%s\n%s", seed, len(wrong), wrong[0], joined(entries), intent.Print(m))
			}
		}
		cleaned(t, agent)
	}
	t.Logf("%d sets refused by both; %s", refused, n)
	if n.routed < 2000 && !testing.Short() || refused*2 > rounds {
		t.Errorf("too few: %s", n)
	}
}
