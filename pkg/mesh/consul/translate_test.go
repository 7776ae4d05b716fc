package consul_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
	"golang.org/x/tools/txtar"
)

// The shop and all cases are written for Consul under both default policies, and
// every check holds: nobody is let in who was kept out.
func TestTranslations(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	for _, name := range []string{"istio", "linkerd", "gatewayapi"} {
		files, err := filepath.Glob(filepath.Join(root, "examples", "shop", name, "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatal("no shop of", name, err)
		}
		var a txtar.Archive
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			a.Files = append(a.Files, txtar.File{Name: "in/" + filepath.Base(f), Data: data})
		}
		translateArchive(t, "shop of "+name, meshNamed(name), &a)
	}
	cases, err := filepath.Glob(filepath.Join(root, "testdata", "*.txtar"))
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, f := range cases {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, section := range a.Files {
			if m := meshNamed(strings.TrimSuffix(strings.TrimPrefix(section.Name, "in/"), ".yaml")); m != nil {
				translateArchive(t, filepath.Base(f), m, a)
			}
		}
	}
}

// meshNamed is a mesh other than Consul, or nil.
func meshNamed(name string) *mesh.Mesh {
	for i := range all.Meshes {
		if all.Meshes[i].Name == name && name != consul.Name {
			return &all.Meshes[i]
		}
	}
	return nil
}

func translateArchive(t *testing.T, name string, from *mesh.Mesh, a *txtar.Archive) {
	t.Helper()
	for _, policy := range []string{"allow", "deny"} {
		var in translate.Input
		for _, f := range a.Files {
			if base, ok := strings.CutPrefix(f.Name, "in/"); ok && base != "environment.yaml" {
				objs, problems := source.Parse(base, f.Data, source.Options{})
				in.Objects, in.Problems = append(in.Objects, objs...), append(in.Problems, problems...)
			}
		}
		env := intent.Defaults()
		env.Consul.DefaultIntention = policy
		r := translate.Run(in, translate.Options{From: *from, To: consul.Mesh, Env: &env})
		for _, d := range r.Findings {
			if d.Code == diag.CheckFailed {
				t.Errorf("%s with default %s: %s: %s; %s", name, policy, d.Summary, d.Detail, d.Witness)
			}
		}
	}
}
