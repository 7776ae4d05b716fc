package cilium

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
	"github.com/transmesh/transmesh/translate/conformance/cilium/engine"
)

// rewritten is a set of manifests of Cilium's, translated to Cilium.
func rewritten(set []string) *translate.Result {
	objs, problems := source.Parse("set.yaml", []byte(strings.Join(set, "---\n")), source.Options{})
	in := translate.Input{Objects: objs, Problems: problems}
	return translate.Run(in, translate.Options{From: cilium.Mesh, To: cilium.Mesh})
}

// printed are the manifests that a translation writes.
func printed(t testing.TB, r *translate.Result) (docs []string) {
	t.Helper()
	for _, m := range r.Manifests {
		var b bytes.Buffer
		if err := manifest.WriteYAML(&b, []*manifest.Object{m}); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, b.String())
	}
	return docs
}

// start is an engine that knows endpoints, with manifests in force.
func start(docs []string, endpoints []engine.Endpoint) (*engine.Cluster, error) {
	c := engine.New()
	for _, e := range endpoints {
		c.Add(e)
	}
	for _, d := range docs {
		if err := c.Apply([]byte(d)); err != nil {
			return nil, fmt.Errorf("%w in\n%s", err, d)
		}
	}
	return c, nil
}
