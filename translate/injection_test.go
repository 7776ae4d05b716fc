package translate

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/source"
)

// Who moves to a mesh with proxies of its own is told to ask for them, where the input
// asks for those of the other mesh only.
func TestInjection(t *testing.T) {
	const namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels: {LABELS}\n  annotations: {ANNOTATIONS}\n"
	for _, c := range []struct {
		labels, annotations string
		to                  mesh.Mesh
		told                bool
	}{
		{"istio-injection: enabled", "", linkerd.Mesh, true},
		{"istio-injection: disabled", "", linkerd.Mesh, false},
		{"", "", linkerd.Mesh, false},
		{"istio-injection: enabled", "linkerd.io/inject: enabled", linkerd.Mesh, false},
		{"istio-injection: enabled", "", cilium.Mesh, false},
		{"istio-injection: enabled", "", istio.Mesh, false},
	} {
		text := strings.NewReplacer("LABELS", c.labels, "ANNOTATIONS", c.annotations).Replace(namespace)
		objs, problems := source.Parse("in.yaml", []byte(text), source.Options{})
		var at []string
		for _, f := range Run(Input{Objects: objs, Problems: problems}, Options{From: istio.Mesh, To: c.to}).Findings {
			if f.Code == diag.Prerequisite {
				at = append(at, f.At[0].Pos.String())
			}
		}
		if (len(at) > 0) != c.told || c.told && at[0] != "in.yaml:5:29" {
			t.Errorf("%s, %s, to %s: told at %v", c.labels, c.annotations, c.to.Name, at)
		}
	}
}
