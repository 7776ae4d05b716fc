package cilium_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

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

// Every case of the other meshes is written for Cilium so that it reads back as
// what was to be written, and lets in nobody who was kept out without a finding that says so of the aspect.
func TestCases(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		for _, from := range []mesh.Mesh{istio.Mesh, linkerd.Mesh, gatewayapi.Mesh} {
			in := caseOf(t, file, from.Name)
			if len(in.Objects) == 0 {
				continue
			}
			t.Run(filepath.Base(file)+" from "+from.Name, func(t *testing.T) {
				r := translate.Run(in, translate.Options{From: from, To: cilium.Mesh})
				told := map[string]bool{}
				for _, f := range r.Findings {
					told[f.Aspect] = told[f.Aspect] || f.Code == diag.Widened
					if f.Code == diag.CheckFailed {
						t.Errorf("%s\n%s\n%s", f.Summary, f.Detail, f.Witness)
					}
				}
				for _, d := range r.Differences {
					if d.Verdict == decide.Wider && !told[string(d.Aspect)] {
						t.Errorf("%s: %s", d.Scope, d.Witness)
					}
				}
			})
		}
	}
}

// caseOf is what a case has as the input of a mesh, with the cluster beside it.
func caseOf(t *testing.T, file, mesh string) translate.Input {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var in, cluster translate.Input
	for _, f := range txtar.Parse(data).Files {
		name, isInput := strings.CutPrefix(f.Name, "in/")
		to := &cluster
		switch {
		case !isInput:
			continue
		case name == mesh+".yaml":
			to = &in
		case name != "cluster.yaml":
			continue
		}
		objs, problems := source.Parse(f.Name, f.Data, source.Options{})
		to.Objects, to.Problems = append(to.Objects, objs...), append(to.Problems, problems...)
	}
	if len(in.Objects) == 0 {
		return in
	}
	in.Objects, in.Problems = append(in.Objects, cluster.Objects...), append(in.Problems, cluster.Problems...)
	return in
}
