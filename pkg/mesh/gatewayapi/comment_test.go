package gatewayapi

import "testing"

// Comments above objects and rules come out above them.
func TestComments(t *testing.T) {
	const text = `# The cart.
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: cart
  namespace: shop
spec:
  parentRefs:
  - group: ""
    kind: Service
    name: cart
  rules:
  # For testers.
  - matches:
    - path:
        type: Exact
        value: /a
    backendRefs:
    - name: v2
      port: 80
  # For all.
  - backendRefs:
    - name: v1
      port: 80
`
	m, _ := read(input(t, "1.6", text))
	if got := written(t, m, "1.6"); got != text {
		t.Error(got)
	}
}
