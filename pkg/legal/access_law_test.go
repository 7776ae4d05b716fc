package legal_test

import (
	"math/rand/v2"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
)

// Nothing is admitted after legalization that was not before, but where a change
// says so.
func TestNothingIsLetIn(t *testing.T) {
	points := universe()
	for name, target := range targets() {
		t.Run(name, func(t *testing.T) {
			admitted, denied := 0, 0
			for seed := range uint64(400) {
				g := gen{Rand: rand.New(rand.NewPCG(seed, 1))}
				m := g.model()
				after, changes := legal.Legalize(m, target, legal.Options{})
				if err := legal.Verify(after, target); err != nil {
					t.Fatalf("seed %d: %v\nbefore:\n%s\nafter:\n%s", seed, err, intent.Print(m), intent.Print(after))
				}
				for _, p := range points {
					was, is := admits(m, p), admits(after, p)
					if is {
						admitted++
					} else {
						denied++
					}
					if is && !was && !declared(changes, p) {
						t.Fatalf("seed %d lets in %+v\nbefore:\n%s\nafter:\n%s", seed, p, intent.Print(m), intent.Print(after))
					}
				}
			}
			t.Logf("%d admitted, %d denied", admitted, denied)
		})
	}
}

// declared reports whether a change declares that the point's namespace is wider
// open: only those that no manifest names may be.
func declared(changes []legal.Change, p point) bool {
	for _, c := range changes {
		if c.Drift == intent.Wider && p.namespace == "nowhere" {
			return true
		}
	}
	return false
}

// Where every condition can be said and no denial is in play, nothing is lost
// either at the ports that the inventory shows.
func TestNothingIsLost(t *testing.T) {
	points := universe()
	for seed := range uint64(400) {
		g := gen{Rand: rand.New(rand.NewPCG(seed, 2)), positive: true}
		m := g.model()
		after, changes := legal.Legalize(m, partitioning(), legal.Options{})
		for _, p := range points {
			if !shown(m, p) {
				continue
			}
			if was, is := admits(m, p), admits(after, p); was != is && !ranked(changes) {
				t.Fatalf("seed %d: %v before, %v after: %+v\nbefore:\n%s\nafter:\n%s", seed, was, is, p, intent.Print(m), intent.Print(after))
			}
		}
	}
}

// shown reports whether the inventory shows the point's workload and port.
func shown(m *intent.Model, p point) bool {
	for _, w := range m.Inventory.Workloads {
		if w.Name == (intent.Name{Namespace: p.namespace, Name: p.app}) && p.version == "" {
			for _, port := range w.Ports {
				if port.Port == p.port {
					return true
				}
			}
		}
	}
	return false
}

// ranked reports whether a change says that routes or connections could not be
// told apart.
func ranked(changes []legal.Change) bool {
	for _, c := range changes {
		if c.Drift == intent.Narrower && c.Feature == legal.AccessAllow {
			return true
		}
	}
	return false
}
