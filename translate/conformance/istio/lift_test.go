package conformance

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
	"github.com/transmesh/transmesh/translate/conformance/rbac"
)

// convert translates manifests.
func convert(manifests []byte, from, to mesh.Mesh, version string, env *intent.Environment) *translate.Result {
	objs, problems := source.Parse("in.yaml", manifests, source.Options{})
	return translate.Run(translate.Input{Objects: objs, Problems: problems}, translate.Options{From: from, To: to, ToVersion: version, Env: env, PassThrough: true})
}

// rewritten is Istio's manifests, translated to Istio.
func rewritten(manifests []byte, env *intent.Environment) *translate.Result {
	return convert(manifests, istio.Mesh, istio.Mesh, "", env)
}

// printed is all that is to be applied: manifests, the input's other objects, and
// patches of objects that are not in the input.
func printed(t testing.TB, r *translate.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := manifest.WriteYAML(&b, slices.Concat(r.Manifests, r.Patches)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// verdicts asks Istio's engine about requests.
type verdicts struct {
	mesh    *engine.Mesh
	filters map[string][]rbac.Filter
}

func enforce(t testing.TB, manifests []byte, env *intent.Environment) *verdicts {
	t.Helper()
	objs, err := engine.Parse(manifests)
	if err != nil {
		t.Fatalf("%v in\n%s", err, manifests)
	}
	for _, o := range objs {
		if err := o.Validate(); err != nil {
			t.Fatalf("Istio rejects: %v in\n%s", err, manifests)
		}
	}
	m, err := engine.NewMesh(objs, meshConfig(env))
	if err != nil {
		t.Fatal(err)
	}
	return &verdicts{m, map[string][]rbac.Filter{}}
}

// judge is what the proxy of the workload that a request is for decides.
func (v *verdicts) judge(r *match.Request) rbac.Verdict {
	w := workloadOf(r)
	key := fmt.Sprint(text(r, match.Protocol), w)
	filters, known := v.filters[key]
	if !known {
		filters = v.mesh.Filters(w, text(r, match.Protocol) == "http")
		v.filters[key] = filters
	}
	return rbac.Judge(filters, asEnvoy(r))
}
