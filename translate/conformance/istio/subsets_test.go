package conformance

import (
	"testing"

	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
)

// TestSubsetsAtGateways asks which subsets the proxies of a gateway find, as the case
// gateway-subsets has it: its pods run in the namespace ingress.
func TestSubsetsAtGateways(t *testing.T) {
	w := engine.NewWorld(t, []byte(`
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: pay, namespace: shop}
spec: {selector: {app: pay}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec: {host: cart, subsets: [{name: new, labels: {version: v2}}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: web}
spec: {host: cart.shop.svc.cluster.local, subsets: [{name: new, labels: {version: v3}}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: pay, namespace: ingress}
spec: {host: pay.shop.svc.cluster.local, subsets: [{name: new, labels: {version: v4}}]}
`), nil)
	for namespace, want := range map[string][2]string{"ingress": {"v2", "v4"}, "web": {"v3", ""}, "elsewhere": {"v2", ""}} {
		g := w.Gateway(namespace, map[string]string{"app": "shown"})
		for i, name := range []string{"cart", "pay"} {
			host := name + ".shop.svc.cluster.local"
			if got := g.Subset(host, "new")["version"]; got != want[i] || g.Has("outbound|80|new|"+host) != (want[i] != "") {
				t.Errorf("in %s the subset of %s is %q", namespace, name, got)
			}
		}
	}
}
