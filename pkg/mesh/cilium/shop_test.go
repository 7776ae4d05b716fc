package cilium_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
)

// The shop is written for Cilium from each mesh that has it: what comes out is
// what was to be written, and nobody more is let in.
func TestShop(t *testing.T) {
	for _, from := range []mesh.Mesh{istio.Mesh, linkerd.Mesh, gatewayapi.Mesh, cilium.Mesh} {
		for _, version := range cilium.Mesh.Versions {
			t.Run(from.Name+" to "+version, func(t *testing.T) {
				r := translate.Run(shop(t, from.Name), translate.Options{From: from, To: cilium.Mesh, ToVersion: version})
				for _, f := range r.Findings {
					if f.Code == diag.CheckFailed {
						t.Errorf("%s\n%s\n%s", f.Summary, f.Detail, f.Witness)
					}
				}
				for _, d := range r.Differences {
					if d.Verdict == decide.Wider {
						t.Errorf("%s: %s", d.Scope, d.Witness)
					}
				}
				if len(r.Manifests) == 0 {
					t.Error("nothing is written")
				}
			})
		}
	}
}

func shop(t *testing.T, mesh string) translate.Input {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "examples", "shop", mesh, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no shop for", mesh, err)
	}
	var in translate.Input
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		objs, problems := source.Parse(f, data, source.Options{})
		in.Objects, in.Problems = append(in.Objects, objs...), append(in.Problems, problems...)
	}
	return in
}
