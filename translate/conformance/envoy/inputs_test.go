package envoy

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
)

const root = "../../.."

// input is what is read, or translated.
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

// translated is an input with what it means and what is written of it.
type translated struct {
	input
	*translate.Result
}

func (i input) translated() translated {
	return translated{i, translate.Run(i.parse(), translate.Options{From: i.from, To: cilium.Mesh, Env: i.env})}
}

// written is what is written for Cilium, with the rest of the input beside it.
func (i translated) written(t testing.TB) input {
	t.Helper()
	out := printed(t, i.name+" as written", i.Manifests, i.Source.Env)
	for _, f := range i.files {
		if strings.HasSuffix(f.Name, "cluster.yaml") {
			out.files = append(out.files, f)
		}
	}
	return out
}

// printed are manifests of Cilium's.
func printed(t testing.TB, name string, objs []*manifest.Object, env intent.Environment) input {
	t.Helper()
	var b bytes.Buffer
	if err := manifest.WriteYAML(&b, objs); err != nil {
		t.Fatal(err)
	}
	return input{name: name, from: cilium.Mesh, env: &env, files: []txtar.File{{Name: "out.yaml", Data: b.Bytes()}}}
}

// lifted is what manifests mean that were written here.
func (i input) lifted() *intent.Model {
	in := i.parse()
	inv := inventory.Read(in.Objects)
	var ours []*source.Object
	for _, o := range in.Objects {
		if !inventory.Belongs(o) {
			ours = append(ours, o)
		}
	}
	m, _ := i.from.Read(mesh.Input{Objects: ours, Inventory: inv, Env: *i.env, Version: i.from.Versions[0]})
	m.Inventory, m.Env = *inv, *i.env
	return m
}

func named(name string) (mesh.Mesh, bool) {
	i := slices.IndexFunc(all.Sources, func(m mesh.Mesh) bool { return m.Name == name })
	if i < 0 {
		return mesh.Mesh{}, false
	}
	return all.Sources[i], true
}

// goldenCases are those of testdata.
func goldenCases(t testing.TB) []input {
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
		out = append(out, ofCase(t, strings.TrimSuffix(filepath.Base(f), ".txtar"), a))
	}
	return out
}

func ofCase(t testing.TB, name string, a *txtar.Archive) input {
	i := input{name: name}
	for _, s := range a.Files {
		file, in := strings.CutPrefix(s.Name, "in/")
		if !in {
			continue
		}
		if file == "environment.yaml" {
			env, err := inventory.Environment(s.Name, s.Data)
			if err != nil {
				t.Fatal(err)
			}
			i.env = &env
			continue
		}
		if m, ok := named(strings.TrimSuffix(file, filepath.Ext(file))); ok {
			i.from = m
		}
		i.files = append(i.files, s)
	}
	if i.from.Name == "" {
		t.Fatal(name, "is of no mesh")
	}
	return i
}

// shops are the application of the examples in each dialect.
func shops(t testing.TB) []input {
	t.Helper()
	var out []input
	for _, m := range all.Sources {
		files, _ := filepath.Glob(filepath.Join(root, "examples", "shop", m.Name, "*.yaml"))
		if len(files) > 0 {
			out = append(out, ofFiles(t, "shop of "+m.Name, m, files))
		}
	}
	if len(out) < 5 {
		t.Error("shops are missing")
	}
	return out
}

func ofFiles(t testing.TB, name string, m mesh.Mesh, files []string) input {
	t.Helper()
	i := input{name: name, from: m}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		i.files = append(i.files, txtar.File{Name: f, Data: data})
	}
	return i
}

// corpus is every file of the shared corpus by itself.
func corpus(t testing.TB) []input {
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
			out = append(out, ofFiles(t, m.Name+" "+filepath.Base(f), m, []string{f}))
		}
	}
	return out
}
