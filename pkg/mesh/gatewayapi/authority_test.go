package gatewayapi

import (
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// hostHeaders says the authority by headers: of a rule twice, beside a URLRewrite, and of
// a backend.
const hostHeaders = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: cart, namespace: shop}
spec:
  parentRefs: [{group: "", kind: Service, name: cart, port: 80}]
  rules:
  - matches: [{path: {type: Exact, value: /all}}]
    filters:
    - {type: RequestHeaderModifier, requestHeaderModifier: {add: [{name: host, value: added.example.com}], set: [{name: Host, value: set.example.com}]}}
    backendRefs: [{name: cart, port: 80}]
  - matches: [{path: {type: Exact, value: /both}}]
    filters:
    - {type: URLRewrite, urlRewrite: {hostname: rewrite.example.com}}
    - {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: Host, value: lost.example.com}]}}
    backendRefs: [{name: cart, port: 80}]
  - backendRefs:
    - name: cart
      port: 80
      filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: Host, value: own.example.com}]}}]
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{port: 80}]}
`

// Istio takes the header Host for the authority, unless a URLRewrite says another.
func TestHostHeader(t *testing.T) {
	m, diags := read(input(t, versionIstio, hostHeaders))
	var got []string
	for _, rule := range m.Routing[0].Rules {
		for _, s := range append(slices.Clone(rule.Steps), rule.Then.(intent.Forward).To[0].Steps...) {
			rw, is := s.(intent.Rewrite)
			if !is {
				t.Errorf("%+v", s)
			}
			got = append(got, rw.Host)
		}
	}
	if want := []string{"set.example.com", "rewrite.example.com", "own.example.com"}; !slices.Equal(got, want) {
		t.Error(got)
	}
	if n := len(slices.DeleteFunc(codes(diags), func(c diag.Code) bool { return c != diag.Inert })); n != 2 {
		t.Errorf("%d have no effect", n)
	}
	m, _ = read(input(t, versionSpec, hostHeaders))
	if _, header := m.Routing[0].Rules[0].Steps[0].(intent.Headers); !header {
		t.Error("the specification does not tell")
	}
}
