package consul

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
)

// TestRandomWritten has random facts about admission fitted to Consul and written,
// under both default policies: the server takes what is written, its sidecars let
// nobody in whom the facts keep out, and most of what the facts let in.
func TestRandomWritten(t *testing.T) {
	rounds := 40
	if testing.Short() {
		rounds = 8
	}
	agents := start(t)
	target, _ := consul.Mesh.Target(consul.Mesh.Versions[0])
	var same, narrower, allowed, demanding int
	for _, policy := range policies {
		for seed := range uint64(rounds) {
			g := &generator{rand.New(rand.NewPCG(seed, 3)), fmt.Sprintf("w%d-", seed)}
			m := g.model(policy)
			fit, _ := legal.Legalize(m.Clone(), target, legal.Options{From: "istio"})
			out := printed(t, fmt.Sprint("seed ", seed), consul.Mesh.Write(fit, target), m.Env)
			out.model.Inventory = m.Inventory
			if strings.Contains(out.text, "providers:") {
				demanding++
			}
			w := newWorld(t, agents[policy], out.entries, out.model)
			w.more = g.requests(40)
			var wider []string
			for range 4 { // what was written may reach sidecars a moment later
				var once [3]int
				if once, wider = w.against(m); len(wider) == 0 {
					same, narrower, allowed = same+once[0], narrower+once[1], allowed+once[2]
					break
				}
				w.dump(t)
			}
			if len(wider) > 0 {
				t.Fatalf("default %s, seed %d, %d of them:\n%s\n%s\n%s", policy, seed, len(wider), wider[0], intent.Print(m), out.text)
			}
			cleaned(t, agents[policy])
		}
	}
	t.Logf("%d requests: %d of %d that are let in are let in as written, %d are kept out; %d sets demand tokens", same+narrower, allowed-narrower, allowed, narrower, demanding)
	if (same+narrower < 8000 || demanding < 5) && !testing.Short() || narrower*2 > allowed {
		t.Errorf("hardly anything is said: %d same, %d narrower, %d let in, %d sets demand tokens", same, narrower, allowed, demanding)
	}
}

// against asks the sidecars and the facts that were to be written: how many
// requests they decide alike, how many only the sidecars keep out, how many the
// facts let in, and which only the sidecars let in.
func (w *world) against(m *intent.Model) (n [3]int, wider []string) {
	for _, service := range w.services {
		in := w.inbound[service]
		for _, from := range append(slices.Clone(w.services), stranger) {
			questions := w.questions(service, from)
			for _, q := range w.more {
				if in.HTTP() {
					questions = append(questions, onto(w.at(w.as(new(match.Request), from), service).Set(match.Protocol, "", "http"), q))
				}
			}
			for _, q := range questions {
				state := decide.NoToken
				if _, there := q.Lookup(match.Token, "principal"); there {
					state = decide.GoodToken
				}
				r := request(q, from)
				got, want := in.Admits(r), decide.Admit(m, q, state).Allowed
				if want {
					n[2]++
				}
				switch {
				case got == want:
					n[0]++
				case want:
					n[1]++
				default:
					wider = append(wider, fmt.Sprintf("%s to %s %v", from, service, r.HTTP))
				}
			}
		}
	}
	return n, wider
}
