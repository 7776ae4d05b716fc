package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
)

// logMesh is a mesh whose providers are files that are called as they are.
const logMesh = `accessLogFile: /mesh
extensionProviders:
- {name: x, envoyFileAccessLog: {path: x}}
- {name: w, envoyFileAccessLog: {path: w}}
- {name: spans, zipkin: {service: zipkin.logs.svc.cluster.local, port: 9411}}
`

// TestRandomAccessLogs has Istio's control plane and the reader tell what proxies record, for
// random Telemetries of the mesh, of a namespace and of workloads.
func TestRandomAccessLogs(t *testing.T) {
	for i := range uint64(400) {
		g := rand.New(rand.NewPCG(7, i))
		conf := logMesh
		if g.IntN(2) == 0 {
			conf += "defaultProviders: {accessLogging: [w]}\n"
		}
		manifests := randomTelemetries(g)
		objs, err := engine.Parse([]byte(manifests))
		if err != nil {
			t.Fatal(err)
		}
		logs := engine.NewLogs(t, objs, conf)
		whole := manifests + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata:\n  mesh: |\n    " + strings.ReplaceAll(conf, "\n", "\n    ") + "\n"
		source := rewritten([]byte(whole), nil).Source
		for _, w := range []engine.Workload{
			{Namespace: "shop"}, {Namespace: "shop", Labels: map[string]string{"app": "a"}}, {Namespace: "shop", Labels: map[string]string{"app": "a", "version": "b"}},
			{Namespace: "web", Labels: map[string]string{"app": "a"}}, {Namespace: "istio-system", Labels: map[string]string{"app": "a"}},
		} {
			for _, side := range []intent.LogSide{intent.LogServed, intent.LogSent} {
				want, decided := logs.Recorded(w, side == intent.LogServed)
				if !decided {
					want = []string{"/mesh "}
				}
				if got := recordedBy(source, w, side); !slices.Equal(got, want) {
					t.Fatalf("%v %s: read as %q, Istio has %q, of\n%s\n%s", w, side, got, want, manifests, conf)
				}
			}
		}
	}
}

// recordedBy is where the first fact for a workload has records go.
func recordedBy(m *intent.Model, w engine.Workload, side intent.LogSide) []string {
	at := new(match.Request).Set(match.Namespace, "", w.Namespace)
	for k, v := range w.Labels {
		at.Set(match.Label, k, v)
	}
	var out []string
	for _, l := range m.Logs {
		if l.Side&side != 0 && match.Eval(match.Simplify(l.Scope.Subject), at) {
			for _, s := range l.To {
				out = append(out, s.Path+" "+s.Filter)
			}
			break
		}
	}
	slices.Sort(out)
	return out
}

// randomTelemetries are some of the mesh, of a namespace, and of its workloads.
func randomTelemetries(g *rand.Rand) string {
	var out strings.Builder
	for i, at := range []string{"namespace: istio-system", "namespace: shop", "namespace: shop, app: a", "namespace: shop, version: b", "namespace: istio-system, app: a"} {
		if g.IntN(3) == 0 {
			continue
		}
		namespace, label, _ := strings.Cut(at, ", ")
		fmt.Fprintf(&out, "---\napiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: t%d, %s}\nspec:\n", i, namespace)
		if label != "" {
			fmt.Fprintf(&out, "  selector: {matchLabels: {%s}}\n", label)
		}
		out.WriteString("  accessLogging:\n")
		for range 1 + g.IntN(3) {
			out.WriteString("  - {" + strings.Join(randomEntry(g), ", ") + "}\n")
		}
	}
	return out.String()
}

func randomEntry(g *rand.Rand) []string {
	out := []string{[]string{"match: {mode: CLIENT_AND_SERVER}", "match: {mode: CLIENT}", "match: {mode: SERVER}"}[g.IntN(3)]}
	names := slices.DeleteFunc([]string{"x", "w", "spans", "gone"}, func(string) bool { return g.IntN(3) > 0 })
	if len(names) > 0 {
		out = append(out, "providers: [{name: "+strings.Join(names, "}, {name: ")+"}]")
	}
	if g.IntN(3) == 0 {
		out = append(out, "disabled: true")
	}
	if g.IntN(3) == 0 {
		out = append(out, fmt.Sprintf("filter: {expression: code > %d}", g.IntN(3)))
	}
	return out
}
