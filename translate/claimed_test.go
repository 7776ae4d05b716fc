package translate

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/source"
)

const cartOfTwoMeshes = `apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec: {selector: {matchLabels: {app: cart}}, template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: cart, ports: [{containerPort: 80}]}]}}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec: {hosts: [cart], http: [{route: [{destination: {host: cart}}]}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: cart, namespace: shop}
spec: {selector: {matchLabels: {app: cart}}, rules: [{from: [{source: {namespaces: [shop]}}]}]}
---
`

// What documents of two meshes both configure is an error that names both, whichever of
// them is translated; what only one of them does is none.
func TestMeshesCollide(t *testing.T) {
	for _, c := range []struct{ name, other, want string }{
		{
			"requests of one Service",
			`{apiVersion: policy.linkerd.io/v1beta3, kind: HTTPRoute, metadata: {name: slow, namespace: shop}, spec: {parentRefs: [{group: "", kind: Service, name: cart, port: 80}], rules: [{timeouts: {request: 5s}}]}}`,
			"VirtualService shop/cart of Istio and HTTPRoute shop/slow of Linkerd both configure the requests of shop/cart",
		},
		{
			"requests of another Service",
			`{apiVersion: policy.linkerd.io/v1beta3, kind: HTTPRoute, metadata: {name: slow, namespace: shop}, spec: {parentRefs: [{group: "", kind: Service, name: web, port: 80}], rules: [{timeouts: {request: 5s}}]}}`,
			"",
		},
		{
			"who reaches one workload",
			`{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: in, namespace: shop}, spec: {endpointSelector: {matchLabels: {app: cart}}, ingress: [{}]}}`,
			"AuthorizationPolicy shop/cart of Istio and CiliumNetworkPolicy shop/in of Cilium both configure who reaches Deployment shop/cart",
		},
		{
			"who reaches another workload",
			`{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: in, namespace: shop}, spec: {endpointSelector: {matchLabels: {app: web}}, ingress: [{}]}}`,
			"",
		},
		{
			"a document without a name",
			`{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {namespace: shop}, spec: {endpointSelector: {}, ingress: [{}]}}`,
			"",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			objs, problems := source.Parse("two.yaml", []byte(cartOfTwoMeshes+c.other+"\n"), source.Options{})
			r := Run(Input{Objects: objs, Problems: problems}, Options{From: istio.Mesh, To: consul.Mesh, Beside: all.Sources})
			var got []string
			for _, d := range r.Findings {
				if d.Code == diag.MeshesCollide {
					got = append(got, d.Summary)
					if d.Severity != diag.Error || len(d.At) != 2 || d.At[0].Object == d.At[1].Object {
						t.Errorf("%+v", d)
					}
				}
			}
			if strings.Join(got, "\n") != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}
