package gatewayapi

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
)

const redirected = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: cart, namespace: shop}
spec:
  parentRefs: [{group: "", kind: Service, name: cart, port: 8080}]
  rules:
  - matches: [{path: {type: Exact, value: /a}}]
    filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]
  - matches: [{path: {type: Exact, value: /b}}]
    filters: [{type: RequestRedirect, requestRedirect: {scheme: https, hostname: other.example.com}}]
  - matches: [{path: {type: Exact, value: /c}}]
    filters: [{type: RequestRedirect, requestRedirect: {hostname: other.example.com}}]
  - matches: [{path: {type: Exact, value: /d}}]
    filters: [{type: RequestRedirect, requestRedirect: {scheme: https, port: 443}}]
  - matches: [{path: {type: Exact, value: /e}}]
    filters: [{type: RequestRedirect, requestRedirect: {scheme: https, port: 8443}}]
`

// Pilot leaves the port of a scheme out, and Envoy then keeps the one that was asked,
// unless the host is another.
func TestRedirectsOfIstio(t *testing.T) {
	for version, want := range map[string][]int{versionSpec: {443, 443, 8080, 443, 8443}, versionIstio: {8080, 443, 8080, 8080, 8443}} {
		m, _ := read(input(t, version, redirected))
		for i, rule := range m.Routing[0].Rules {
			to := rule.Then.(intent.Redirect)
			if got := (Asked{Port: 8080, Scheme: "http"}).Means(to); got != want[i] {
				t.Errorf("%s: the redirect %d leads to port %d", version, i, got)
			}
		}
	}
}
