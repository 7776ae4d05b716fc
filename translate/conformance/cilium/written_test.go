package cilium

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
	"github.com/transmesh/transmesh/translate/conformance/cilium/engine"
)

// written is a set of policies as transmesh writes them.
func written(t *testing.T, set []string) (docs []string, r *translate.Result) {
	t.Helper()
	objs, problems := source.Parse("set.yaml", []byte(strings.Join(set, "---\n")), source.Options{})
	r = translate.Run(translate.Input{Objects: objs, Problems: problems}, translate.Options{From: cilium.Mesh, To: cilium.Mesh})
	for _, m := range r.Manifests {
		var b bytes.Buffer
		if err := manifest.WriteYAML(&b, []*manifest.Object{m}); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, b.String())
	}
	return docs, r
}

// start is an engine with policies in force; ok is false where one is refused.
func start(t *testing.T, set []string) (c *engine.Cluster, err error) {
	t.Helper()
	c = engine.New()
	for _, p := range pods {
		c.Add(p)
	}
	for _, p := range set {
		if err := c.Apply([]byte(p)); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// TestWritten holds random policies that are read and written again to the
// engine's verdicts of the originals: the same, and where something is not
// translated, never more.
func TestWritten(t *testing.T) {
	rounds := 100
	if testing.Short() {
		rounds = 25
	}
	pairs, same, narrower := 0, 0, 0
	for seed := range uint64(rounds) {
		g := gen{rand.New(rand.NewPCG(seed, 2))}
		set := g.set()
		before, err := start(t, set)
		if err != nil {
			continue
		}
		docs, r := written(t, set)
		after, err := start(t, docs)
		if err != nil {
			t.Fatalf("seed %d: the engine refuses what is written: %v\n%s", seed, err, strings.Join(docs, "---\n"))
		}
		for _, from := range pods {
			for _, to := range pods[:4] {
				for _, port := range []int{80, 8080} {
					for _, http := range requests {
						req := engine.Request{From: from, To: to, Port: port, HTTP: http}
						a, errA := before.Judge(req)
						b, errB := after.Judge(req)
						if errA != nil || errB != nil || a.Refused || b.Refused {
							continue
						}
						pairs++
						switch {
						case a.Allowed() == b.Allowed():
							same++
						case a.Allowed():
							narrower++
						default:
							t.Fatalf("seed %d: %+v http %+v is let in only as written (%s)\n%s\n=== written\n%s", seed, req, http, r.Verdict, strings.Join(set, "---\n"), strings.Join(docs, "---\n"))
						}
					}
				}
			}
		}
	}
	t.Logf("%d pairs: %d same, %d narrower", pairs, same, narrower)
	if narrower*20 > pairs {
		t.Errorf("%d of %d pairs are narrower", narrower, pairs)
	}
}
