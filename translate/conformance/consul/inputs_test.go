package consul

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
)

const root = "../../.."

// input is what is translated to Consul.
type input struct {
	name  string
	from  mesh.Mesh
	files []txtar.File
	env   *intent.Environment // nil is the default
}

// parse reads the files afresh, since reading marks them.
func (i input) parse() translate.Input {
	var in translate.Input
	for _, f := range i.files {
		objs, problems := source.Parse(f.Name, f.Data, source.Options{})
		in.Objects, in.Problems = append(in.Objects, objs...), append(in.Problems, problems...)
	}
	return in
}

// under is the environment with a default policy.
func (i input) under(policy string) intent.Environment {
	env := intent.Defaults()
	if i.env != nil {
		env = *i.env
	}
	env.Consul.DefaultIntention = policy
	return env
}

func meshNamed(name string) (mesh.Mesh, bool) {
	i := slices.IndexFunc(all.Sources, func(m mesh.Mesh) bool { return m.Name == name })
	if i < 0 {
		return mesh.Mesh{}, false
	}
	return all.Sources[i], true
}

// goldenCases are those of testdata.
func goldenCases(t *testing.T) []input {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "testdata", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	var out []input
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		i := input{name: strings.TrimSuffix(filepath.Base(f), ".txtar")}
		for _, s := range a.Files {
			name, in := strings.CutPrefix(s.Name, "in/")
			if !in {
				continue
			}
			if name == "environment.yaml" {
				env, err := inventory.Environment(s.Name, s.Data)
				if err != nil {
					t.Fatal(err)
				}
				i.env = &env
				continue
			}
			if m, ok := meshNamed(strings.TrimSuffix(name, filepath.Ext(name))); ok {
				i.from = m
			}
			i.files = append(i.files, s)
		}
		if i.from.Name == "" {
			t.Fatal(f, "is of no mesh")
		}
		out = append(out, i)
	}
	return out
}

// shops are the application of the examples in each dialect.
func shops(t *testing.T) []input {
	t.Helper()
	var out []input
	for _, m := range all.Sources {
		if files, _ := filepath.Glob(filepath.Join(root, "examples", "shop", m.Name, "*.yaml")); len(files) > 0 {
			out = append(out, fromFiles(t, "shop of "+m.Name, m, files))
		}
	}
	if len(out) < 5 {
		t.Error("shops are missing")
	}
	return out
}

// corpus is every file of the shared corpus by itself.
func corpus(t *testing.T) []input {
	t.Helper()
	dir := filepath.Join(root, "..", "shared", "corpus")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("TRANSMESH_REQUIRE_SHARED") == "1" {
			t.Fatalf("no corpus at %s", dir)
		}
		return nil
	}
	var out []input
	for _, m := range all.Sources {
		files, err := filepath.Glob(filepath.Join(dir, m.Name, "*", "*.*"))
		if err != nil || len(files) == 0 {
			t.Fatal("no files of", m.Name, err)
		}
		for _, f := range files {
			out = append(out, fromFiles(t, m.Name+" "+filepath.Base(f), m, []string{f}))
		}
	}
	return out
}

func fromFiles(t *testing.T, name string, from mesh.Mesh, files []string) input {
	t.Helper()
	i := input{name: name, from: from}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		i.files = append(i.files, txtar.File{Name: filepath.Base(f), Data: data})
	}
	return i
}

// lifted reads manifests as transmesh does: those of Consul beside the others.
func lifted(objs []*source.Object, env intent.Environment) *intent.Model {
	consulMesh, _ := meshNamed("consul")
	in := mesh.Input{Env: env, Version: consulMesh.Versions[0]}
	var others []*source.Object
	for _, o := range objs {
		if ours(consulMesh, o) {
			in.Objects = append(in.Objects, o)
		} else {
			others = append(others, o)
		}
	}
	slices.SortStableFunc(in.Objects, source.Compare)
	in.Inventory = inventory.Read(others)
	m, _ := consulMesh.Read(in)
	m.Inventory, m.Env = *in.Inventory, env
	return m
}

func ours(m mesh.Mesh, o *source.Object) bool {
	return slices.ContainsFunc(m.Kinds, func(k mesh.Kind) bool { return k.Kind == o.Kind && k.Group == o.Group() })
}

// consulName is the name in Consul of a Service: what its pods say, or its own.
func consulName(inv *intent.Inventory, s *intent.Service) string {
	said := ""
	for _, w := range inv.Workloads {
		if w.Name.Namespace == s.Name.Namespace && s.Selects(w.Labels) {
			said, _ = intent.Lookup(w.Annotations, "consul.hashicorp.com/connect-service")
		}
	}
	return cmp.Or(said, s.Name.Name)
}
