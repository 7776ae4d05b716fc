package meshtest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
)

// Shop writes the shop of the examples for every version of a mesh, from each mesh that
// is named: what comes out is what was to be written, and nobody more is let in.
func Shop(t *testing.T, to mesh.Mesh, from ...mesh.Mesh) {
	t.Helper()
	for _, f := range from {
		for _, version := range to.Versions {
			t.Run(f.Name+" to "+version, func(t *testing.T) {
				sound(t, translate.Run(shop(t, f.Name), translate.Options{From: f, To: to, ToVersion: version}))
			})
		}
	}
}

func sound(t *testing.T, r *translate.Result) {
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
}

func shop(t *testing.T, name string) translate.Input {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(Root(t), "examples", "shop", name, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no shop for", name, err)
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
