package gatewayapi

import (
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// severalFilters has filters on two backends, one of which has two.
const severalFilters = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: cart, namespace: shop}
spec:
  parentRefs: [{group: "", kind: Service, name: cart, port: 80}]
  rules:
  - filters:
    - {type: RequestHeaderModifier, requestHeaderModifier: {add: [{name: x-via, value: rule}]}}
    backendRefs:
    - name: cart
      port: 80
      filters:
      - {type: RequestHeaderModifier, requestHeaderModifier: {add: [{name: x-via, value: share}]}}
      - {type: ResponseHeaderModifier, responseHeaderModifier: {set: [{name: x-from, value: cart}]}}
    - {name: next, port: 80}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: next, namespace: shop}
spec: {selector: {app: next}, ports: [{port: 80}]}
`

// Istio and Cilium have Envoy change headers for a share first, and Cilium takes the
// last filter of a share alone.
func TestFiltersOfSeveralBackends(t *testing.T) {
	for version, want := range map[string]string{
		versionIstio:   "set response header x-from: cart; add request header x-via: share,rule",
		versionLinkerd: "add request header x-via: share; set response header x-from: cart",
		versionCilium:  "set response header x-from: cart",
	} {
		m, diags := read(input(t, version, severalFilters))
		share := m.Routing[0].Rules[0].Then.(intent.Forward).To[0]
		var got []string
		for _, on := range []intent.Message{intent.OnResponse, intent.OnRequest} {
			for _, h := range OneEach(share.Steps, on) {
				got = append(got, strings.TrimSpace([]string{"set", "add", "remove"}[h.Op]+" "+[]string{"request", "response"}[on]+" header "+h.Name+": "+h.Value))
			}
		}
		parts := strings.Split(want, "; ")
		slices.Sort(parts)
		slices.Sort(got)
		if !slices.Equal(got, parts) {
			t.Errorf("%s: %q", version, got)
		}
		if inert := slices.Contains(codes(diags), diag.Inert); inert != (version == versionCilium) {
			t.Errorf("%s: %v", version, diags)
		}
	}
}

// What Cilium does not do with filters of backends is not written for it.
func TestCiliumBackends(t *testing.T) {
	change := func(on intent.Message) intent.Step { return intent.Headers{On: on, Name: "x", Value: "1"} }
	table := func(p intent.Protocol, to ...intent.Backend) *intent.Routing {
		return &intent.Routing{Protocol: p, Rules: []intent.Rule{{Then: intent.Forward{To: to}}}}
	}
	backend := func(name string, steps ...intent.Step) intent.Backend {
		return intent.Backend{Host: intent.Host{Service: intent.Name{Namespace: "shop", Name: name}}, Port: 80, Weight: 1, Steps: steps}
	}
	both := []intent.Step{change(intent.OnRequest), change(intent.OnResponse)}
	for _, c := range []struct {
		name  string
		table *intent.Routing
		fits  bool
	}{
		{"one backend", table(intent.HTTP, backend("a", both...)), true},
		{"one side of several", table(intent.HTTP, backend("a", both[0]), backend("b", both[1])), true},
		{"both sides of several", table(intent.HTTP, backend("a", both...), backend("b")), false},
		{"one Service twice", table(intent.HTTP, backend("a", both[0]), backend("a")), false},
		{"gRPC", table(intent.GRPC, backend("a", both[0])), false},
		{"gRPC without filters", table(intent.GRPC, backend("a"), backend("b")), true},
	} {
		if why := ciliumBackends(c.table); (why == "") != c.fits {
			t.Errorf("%s: %q", c.name, why)
		}
	}
}
