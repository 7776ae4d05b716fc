package translate

import (
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/source"
)

// Who moves to a mesh with proxies of its own is told to ask for them, where the input
// asks for those of the other mesh only.
func TestInjection(t *testing.T) {
	const namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels: {LABELS}\n  annotations: {ANNOTATIONS}\n"
	for _, c := range []struct {
		labels, annotations string
		to                  mesh.Mesh
		told                bool
	}{
		{"istio-injection: enabled", "", linkerd.Mesh, true},
		{"istio-injection: disabled", "", linkerd.Mesh, false},
		{"", "", linkerd.Mesh, false},
		{"istio-injection: enabled", "linkerd.io/inject: enabled", linkerd.Mesh, false},
		{"istio-injection: enabled", "", cilium.Mesh, false},
		{"istio-injection: enabled", "", istio.Mesh, false},
	} {
		text := strings.NewReplacer("LABELS", c.labels, "ANNOTATIONS", c.annotations).Replace(namespace)
		objs, problems := source.Parse("in.yaml", []byte(text), source.Options{})
		var at []string
		for _, f := range Run(Input{Objects: objs, Problems: problems}, Options{From: istio.Mesh, To: c.to}).Findings {
			if f.Code == diag.Prerequisite {
				at = append(at, f.At[0].Pos.String())
			}
		}
		if (len(at) > 0) != c.told || c.told && at[0] != "in.yaml:5:29" {
			t.Errorf("%s, %s, to %s: told at %v", c.labels, c.annotations, c.to.Name, at)
		}
	}
}

// Who moves from a mesh without proxies is told to ask for some, where the source keeps
// somebody out of a workload of the input.
func TestInjectionAtAll(t *testing.T) {
	const text = `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: cart, namespace: shop}
spec: {endpointSelector: {matchLabels: {app: NAME}}, ingress: [{fromEntities: [world]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec: {template: {metadata: {labels: {app: cart}, annotations: {ANNOTATION: enabled}}, spec: {containers: [{name: main}]}}}
`
	for _, c := range []struct {
		name, annotation string
		to               mesh.Mesh
		told             bool
	}{
		{"cart", "a", istio.Mesh, true},
		{"cart", "a", linkerd.Mesh, true},
		{"cart", "a", cilium.Mesh, false},
		{"web", "a", istio.Mesh, false},
		{"cart", "linkerd.io/inject", linkerd.Mesh, false},
	} {
		objs, problems := source.Parse("in.yaml", []byte(strings.NewReplacer("NAME", c.name, "ANNOTATION", c.annotation).Replace(text)), source.Options{})
		r := Run(Input{Objects: objs, Problems: problems}, Options{From: cilium.Mesh, To: c.to})
		told := slices.ContainsFunc(r.Findings, func(d diag.Diagnostic) bool {
			return d.Code == diag.Prerequisite && strings.Contains(d.Summary, "nothing in the input asks") && d.At[0].Pos.Line == 7
		})
		if told != c.told {
			t.Errorf("%s, %s, to %s: told %v", c.name, c.annotation, c.to.Name, told)
		}
	}
}

// Pods past the target's proxies are told of where something of their namespace is
// converted, and the verdict is that of the part with them.
func TestPastProxiesOfPart(t *testing.T) {
	const text = `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: cart, namespace: shop}
spec: {endpointSelector: {matchLabels: {app: cart}}, ingress: [{}]}
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: api, namespace: web}
spec: {endpointSelector: {matchLabels: {app: api}}, ingress: [{}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec: {template: {metadata: {labels: {app: cart}, annotations: {sidecar.istio.io/inject: "false"}}, spec: {containers: [{name: main}]}}}
`
	for namespace, told := range map[string]bool{"shop": true, "web": false} {
		objs, problems := source.Parse("in.yaml", []byte(text), source.Options{})
		r := Run(Input{Objects: objs, Problems: problems}, Options{
			From: cilium.Mesh, To: istio.Mesh, Part: func(o *source.Object) bool { return o.Namespace == namespace },
		})
		widened := slices.ContainsFunc(r.Findings, func(d diag.Diagnostic) bool { return d.Code == diag.Widened && strings.Contains(d.Summary, "sidecar") })
		if widened != told || (r.Verdict == decide.Wider) != told {
			t.Errorf("namespace %s: told %v, verdict %s", namespace, widened, r.Verdict)
		}
	}
}
