package translate

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/pkg/source"
	"go.yaml.in/yaml/v3"
)

var (
	schemaInputs = flag.Int("schema-inputs", 150, "random inputs for each mesh in TestRandomDocuments")
	schemaSeed   = flag.Uint64("schema-seed", 7, "seed of the inputs in TestRandomDocuments")
)

// TestRandomDocuments reads documents that the schemas allow, with random fields
// and values, and translates them to one target after the other: nothing panics,
// every value has its fate, and the laws hold. What breaks one is shown shrunken.
func TestRandomDocuments(t *testing.T) {
	for i, m := range all.Meshes {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			g := &documents{Rand: rand.New(rand.NewPCG(uint64(i), *schemaSeed)), resources: resourcesIn(t, definitions(t, m.Name)...)}
			g.resources = slices.DeleteFunc(g.resources, func(r resource) bool { _, ok := knownKind(m, r); return !ok })
			written := 0
			for n := range *schemaInputs {
				to := targets[n%len(targets)]
				data := g.input(t)
				r := runRandom(t, m, to, data)
				written += len(r.Manifests)
				laws := func(r *Result) []string { return append(lawsBroken(r), schemaFieldsUnknown(r)...) }
				if broken := laws(r); len(broken) > 0 {
					small := shrink(t, data, func(d []byte) bool { return sameLaw(broken, laws(runRandom(t, m, to, d))) })
					t.Errorf("input %d to %s: %s\nof:\n%s", n, to, strings.Join(broken, "\n"), small)
				}
			}
			t.Logf("%d inputs, %d objects written", *schemaInputs, written)
		})
	}
}

// schemaFieldsUnknown lists values that nobody read, though the schemas have their
// fields: those of objects without effect too.
func schemaFieldsUnknown(r *Result) []string {
	var out []string
	for e := range r.Ledger.All() {
		if e.Finding == diag.UnknownField {
			out = append(out, "unknown: "+e.Ref.Path)
		}
	}
	return out
}

func runRandom(t *testing.T, from mesh.Mesh, to string, data []byte) *Result {
	t.Helper()
	objs, problems := source.Parse("in.yaml", data, source.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	m, version := findMesh(t, to)
	return runGuarded(t, data, Input{Objects: objs}, Options{From: from, To: m, ToVersion: version})
}

// runGuarded shows the input of a panic.
func runGuarded(t *testing.T, data []byte, in Input, o Options) *Result {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Logf("to %s:\n%s", o.To.Name, data)
			panic(p)
		}
	}()
	return keptRun(in, o)
}

// documents makes random ones.
type documents struct {
	*rand.Rand
	resources []resource
}

func (g *documents) input(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(randomCluster)
	for range 1 + g.IntN(4) {
		r := g.resources[g.IntN(len(g.resources))]
		doc, _ := g.value(r.schema, "", 0).(map[string]any)
		if doc == nil {
			doc = map[string]any{}
		}
		meta := map[string]any{"name": g.name()}
		if r.namespaced {
			meta["namespace"] = pick(g.Rand, "shop", "shop", "ops", "istio-system")
		}
		doc["apiVersion"], doc["kind"], doc["metadata"] = r.group+"/"+r.version, r.kind, meta
		delete(doc, "status")
		data, err := yaml.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("---\n" + string(data))
	}
	return b.Bytes()
}

const randomCluster = `apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart, version: v1}}
    spec: {serviceAccountName: cart, containers: [{name: c, image: i, ports: [{containerPort: 8080}]}]}
`

func (g *documents) name() string { return pick(g.Rand, "cart", "web", "x", "global") }

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// value is random; fields are rarer the deeper they are.
func (g *documents) value(s *schema, name string, depth int) any {
	switch {
	case s == nil || depth > deepest:
		return "x"
	case s.Type == "array" && s.Items != nil:
		out := []any{}
		for range g.IntN(3) + 1 {
			out = append(out, g.value(s.Items, name, depth+1))
		}
		return out
	case len(s.Properties) > 0:
		return g.fields(s, depth)
	case s.Values != nil && s.Type == "object":
		return map[string]any{pick(g.Rand, "app", "version", "x-key", "80", "8080"): g.value(s.Values, name, depth+1)}
	}
	return g.scalar(s, name)
}

func (g *documents) fields(s *schema, depth int) map[string]any {
	out := map[string]any{}
	names := slices.Sorted(maps.Keys(s.Properties))
	wanted := 1 + g.IntN(3)
	for _, name := range names {
		if slices.Contains(s.Required, name) || depth == 0 && name == "spec" || g.IntN(len(names)) < wanted {
			out[name] = g.value(s.Properties[name], name, depth+1)
		}
	}
	return out
}

// randomTexts are values of strings: names, hosts, paths, patterns, durations,
// identities, and some that mean nothing.
var randomTexts = []string{
	"cart", "web", "shop", "*", "cart.shop.svc.cluster.local", "*.example.com", "/a", "/a/*", "/a.*", "a(b", "GET", "10.0.0.0/8", "1s", "0s", "80", "http", "v1", "",
	"cluster.local/ns/shop/sa/web", "x-key", "503", "5xx,reset", "https://login.example.com", "all", "mesh", "global",
}

func (g *documents) scalar(s *schema, name string) any {
	switch {
	case len(s.Enum) > 0 && g.IntN(20) > 0:
		return pick(g.Rand, s.Enum...)
	case s.IntOrString:
		return pick[any](g.Rand, 80, "http", "500m", 8080)
	case s.Type == "boolean":
		return g.IntN(2) == 0
	case s.Type == "integer" || s.Type == "number":
		return pick(g.Rand, 0, 1, 2, 80, 100, 503, 8080, -1)
	case s.Type == "object":
		return map[string]any{}
	case strings.Contains(strings.ToLower(name), "kind") && g.IntN(2) == 0:
		return pick(g.Rand, "Service", "ServiceAccount", "Server", "HTTPRoute", "Gateway")
	case name == "protocol" && g.IntN(2) == 0:
		return pick(g.Rand, "TCP", "HTTP", "HTTPS")
	case words[name] != nil && g.IntN(2) == 0:
		return fmt.Sprint(words[name])
	}
	return pick(g.Rand, randomTexts...)
}
