package istio_test

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/source"
)

// object writes a manifest of namespace shop; more are fields of its metadata.
func object(kind, name, spec string, more ...string) string {
	group := "networking"
	if strings.HasSuffix(kind, "Policy") || strings.HasSuffix(kind, "Authentication") {
		group = "security"
	}
	meta := append([]string{"name: " + name}, more...)
	if !strings.Contains(strings.Join(more, " "), "namespace:") {
		meta = append(meta, "namespace: shop")
	}
	return "---\napiVersion: " + group + ".istio.io/v1\nkind: " + kind + "\nmetadata: {" + strings.Join(meta, ", ") + "}\nspec: " + spec + "\n"
}

// read lifts manifests; values that are wrong fail the test.
func read(t *testing.T, manifests string, env intent.Environment) (*intent.Model, diag.List) {
	t.Helper()
	objs, problems := source.Parse("in.yaml", []byte(manifests), source.Options{})
	if len(problems) > 0 {
		t.Fatal(problems, "in", manifests)
	}
	m, diags := istio.Mesh.Read(mesh.Input{Objects: objs, Inventory: &intent.Inventory{}, Env: env})
	for _, o := range objs {
		if p := o.Root.Problems(); len(p) > 0 {
			t.Fatal(p, "in", manifests)
		}
	}
	m.Env = env
	return m, diags
}

// lifted prints what manifests ask for: the mesh's own facts are left out.
func lifted(t *testing.T, manifests string) string {
	t.Helper()
	m, _ := read(t, manifests, intent.Defaults())
	own, _ := read(t, "", intent.Defaults())
	text := strings.TrimSuffix(intent.Print(m), "\n")
	for _, line := range strings.Split(strings.TrimSpace(intent.Print(own)), "\n") {
		if i := strings.LastIndex(text, line); i >= 0 {
			text = text[:i] + strings.TrimPrefix(text[i+len(line):], "\n")
		}
	}
	return strings.TrimSpace(text)
}

var defaults = intent.Defaults()

// printed prints tables.
func printed(ts []*intent.Routing) string {
	return strings.TrimSpace(intent.Print(&intent.Model{Routing: ts}))
}

func trim(want string) string { return strings.TrimSpace(want) }

// reading is a specification with what is lifted from it.
type reading struct{ name, spec, want string }

// each reads the specifications of a table, each of one object of a kind.
func each(t *testing.T, kind string, all []reading) {
	t.Helper()
	for _, c := range all {
		if got := lifted(t, object(kind, "x", c.spec)); got != trim(c.want) {
			t.Errorf("%s %s: lifted as\n%s\nwant\n%s", kind, c.name, got, c.want)
		}
	}
}
