package consul

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
)

// What is written as configuration entries, in HCL and JSON, reads back as what is
// written as custom resources does. Entries have no namespaces, so that the
// Services must be in the input.
func TestEntriesReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 60 {
		for _, m := range []*intent.Model{randomTables(r), randomAdmission(r)} {
			out := translated(t, m, versionCommunity)
			entries, rest := Entries(out.objs)
			if len(entries) == 0 {
				continue
			}
			for file, text := range map[string]string{"out.hcl": hclOf(t, entries), "out.json": jsonOf(t, entries)} {
				back := entriesRead(t, file, text, rest, out.fit)
				if r := decide.Compare(out.back, back, decide.Options{Defaults: true}); r.Verdict != decide.Same {
					t.Fatalf("%s is %s: %+v\n%s", file, r.Verdict, r.Differences, text)
				}
			}
		}
	}
}

// hclOf prints entries as a part of an agent's configuration.
func hclOf(t *testing.T, entries []*manifest.Object) string {
	t.Helper()
	var b bytes.Buffer
	if err := manifest.WriteHCL(&b, []*manifest.Object{Bootstrap(entries)}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func jsonOf(t *testing.T, entries []*manifest.Object) string {
	t.Helper()
	text, err := Bootstrap(entries).Root.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func entriesRead(t *testing.T, file, text string, patches []*manifest.Object, m *intent.Model) *intent.Model {
	t.Helper()
	objs, problems := source.Parse(file, []byte(text), source.Options{})
	if len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, text)
	}
	inv := m.Inventory
	inv.Workloads = slices.Clone(inv.Workloads)
	for _, o := range patches {
		annotate(inv.Workloads, o)
	}
	slices.SortFunc(objs, source.Compare)
	back, _ := read(mesh.Input{Version: versionCommunity, Env: m.Env, Inventory: &inv, Objects: objs})
	for _, o := range objs {
		if p := o.Root.Problems(); len(p) > 0 {
			t.Errorf("%s: %v\n%s", file, p, text)
		}
	}
	back.Inventory = m.Inventory
	return back
}

// Fields are spelled in CamelCase, names stay as they are, and the destination of
// intentions is the entry's name.
func TestEntryForm(t *testing.T) {
	spec := manifest.Map().Set("destination", manifest.Map().Set("name", manifest.Str("web"))).Set("sources", manifest.List(
		manifest.Map().Set("name", manifest.Str("cart")).Set("permissions", manifest.List(
			manifest.Map().Set("action", manifest.Str("allow")).Set("http", manifest.Map().Set("pathPrefix", manifest.Str(`/a"${`)).Set("methods", manifest.Strs("GET", "PUT")))))))
	intentions := manifest.New(apiVersion, kindIntentions, "shop", "any")
	intentions.Root.Above("for the web").Set("spec", spec)
	resolver := manifest.New(apiVersion, kindResolver, "shop", "web")
	resolver.Root.Set("spec", manifest.Map().Set("subsets", manifest.Map().Set("v-1", manifest.Map().Set("onlyPassing", manifest.Bool(true)))))
	entries, rest := Entries([]*manifest.Object{intentions, resolver, manifest.New("v1", "Service", "shop", "web")})
	if len(rest) != 1 {
		t.Errorf("%d objects are no entries", len(rest))
	}
	var b bytes.Buffer
	if err := manifest.WriteHCL(&b, entries); err != nil {
		t.Fatal(err)
	}
	const want = `# for the web
Kind    = "service-intentions"
Name    = "web"
Sources = [
  {
    Name        = "cart"
    Permissions = [
      {
        Action = "allow"
        HTTP   = {
          PathPrefix = "/a\"\u0024{"
          Methods    = ["GET", "PUT"]
        }
      }
    ]
  }
]

Kind    = "service-resolver"
Name    = "web"
Subsets = {
  "v-1" = {
    OnlyPassing = true
  }
}
`
	if b.String() != want {
		t.Error(b.String())
	}
}
