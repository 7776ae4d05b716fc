package translate

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/source"
)

// beside is a workload whose policy takes next to nothing.
const beside = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec: {serviceAccountName: cart, containers: [{name: main, image: example/cart, ports: [{containerPort: 8080}]}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/web]}}], to: [{operation: {ports: ["8080"]}}]}]
`

// Past the budget workloads are closed, those first that take most: it is told, nothing is
// let in that was kept out, others are translated as ever, and several processors come to
// the same.
func TestBudget(t *testing.T) {
	var web strings.Builder
	for _, action := range []string{"ALLOW", "DENY"} {
		fmt.Fprintf(&web, "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: web-%s, namespace: shop}\nspec:\n  selector: {matchLabels: {app: web}}\n  action: %s\n  rules:\n", strings.ToLower(action), action)
		for i := range 4 {
			fmt.Fprintf(&web, "  - {from: [{source: {namespaces: [n%d]}}], to: [{operation: {paths: [/%s%d]}}]}\n", i, strings.ToLower(action), i)
		}
	}
	objs, problems := source.Parse("shop.yaml", []byte(oneService+web.String()+beside), source.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	run := func(budget int) *Result {
		return Run(Input{Objects: objs}, Options{From: istio.Mesh, To: linkerd.Mesh, Budget: budget})
	}
	for budget, closed := range map[int]bool{0: false, 20: true} {
		r := run(budget)
		told := 0
		for _, d := range r.Findings {
			if d.Code == diag.Withheld && strings.Contains(d.Summary, fmt.Sprintf("budget of %d conditions", budget)) {
				if told++; d.Severity != diag.Error || len(d.At) == 0 || d.Fix == "" {
					t.Errorf("%+v", d)
				}
			}
			if d.Code == diag.CheckFailed {
				t.Errorf("%+v", d)
			}
		}
		if (told == 1) != closed || r.Verdict == decide.Wider {
			t.Errorf("budget %d: told %d times, verdict %s", budget, told, r.Verdict)
		}
		if out := outputOf(t, r); !strings.Contains(out, "name: cart") || strings.Contains(out, "HTTPRoute") == closed {
			t.Errorf("budget %d:\n%s", budget, out)
		}
	}
	want := on(1, func() string { return outputOf(t, run(20)) })
	if got := on(8, func() string { return outputOf(t, run(20)) }); got != want {
		t.Error("another translation on 8 processors")
	}
}

func outputOf(t *testing.T, r *Result) string {
	t.Helper()
	var out bytes.Buffer
	if err := manifest.WriteYAML(&out, r.Manifests); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
