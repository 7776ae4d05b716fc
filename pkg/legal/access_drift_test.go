package legal_test

import (
	"math/rand/v2"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
)

// Every change shows the drift that it declares, in the aspect that it declares,
// and nothing else.
func TestChangesDeclareTheirDrift(t *testing.T) {
	drifts := map[decide.Verdict]intent.Drift{decide.Narrower: intent.Narrower, decide.Wider: intent.Wider, decide.Different: intent.Other}
	for name, target := range targets() {
		t.Run(name, func(t *testing.T) {
			shown := 0
			for seed := range uint64(150) {
				g := gen{Rand: rand.New(rand.NewPCG(seed, 4))}
				m := g.model()
				_, changes := legal.Legalize(m, target, legal.Options{})
				for _, c := range changes {
					if c.Before == nil || c.After == nil {
						continue
					}
					for _, d := range decide.Compare(c.Before, c.After, decide.Options{Defaults: true}).Differences {
						shown++
						if d.Aspect != c.Aspect || drifts[d.Verdict] != c.Drift {
							t.Fatalf("seed %d: %s %q declares %s in %s, but shows %s in %s: %s, %s, by %s\nmodel:\n%s\nbefore:\n%s\nafter:\n%s", seed, c.Pass, c.Summary, c.Drift, c.Aspect, d.Verdict, d.Aspect,
								d.A, d.B, d.Witness, intent.Print(m), intent.Print(c.Before), intent.Print(c.After))
						}
					}
				}
			}
			t.Logf("%d differences", shown)
		})
	}
}

func targets() map[string]legal.Target {
	return map[string]legal.Target{"partition": partitioning(), "denying": denying(), "plain": plain()}
}
