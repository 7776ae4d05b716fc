package engine

import (
	"strings"
	"testing"
)

const envoyConfig = `apiVersion: cilium.io/v2
kind: CiliumEnvoyConfig
metadata: {name: cart, namespace: shop}
spec:
  services: [{name: cart, namespace: shop, listener: cart}]
  backendServices: [{name: cart, namespace: shop, number: ["80"]}]
  resources:
  - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
    name: cart
    filterChains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typedConfig:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          statPrefix: cart
          rds: {routeConfigName: cart}
          httpFilters:
          - name: envoy.filters.http.router
            typedConfig: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
  - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
    name: cart
    virtualHosts:
    - name: cart
      domains: ["*"]
      routes: [{match: {prefix: /}, route: {cluster: "shop/cart:80"}}]
  - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
    name: shop/cart:80
    type: EDS
`

// Each fault in a configuration that is right is found.
func TestEnvoyConfig(t *testing.T) {
	for name, edit := range map[string][2]string{
		"":                        {},
		"no such field":           {"statPrefix", "statsPrefix"},
		"no such field of a spec": {"backendServices", "backends"},
		"no such type":            {"router.v3.Router}", "router.v3.Routers}"},
		"a value that is refused": {"statPrefix: cart", `statPrefix: ""`},
		"no such route":           {"routeConfigName: cart", "routeConfigName: web"},
		"no such cluster":         {`cluster: "shop/cart:80"`, `cluster: "shop/cart:81"`},
		"no such endpoints":       {`number: ["80"]`, `number: ["81"]`},
		"no such listener":        {"listener: cart", "listener: web"},
		"no namespace":            {"{name: cart, namespace: shop, listener", `{name: cart, namespace: "", listener`},
	} {
		t.Run(name, func(t *testing.T) {
			text := envoyConfig
			if edit[0] != "" {
				text = strings.Replace(text, edit[0], edit[1], 1)
			}
			if err := New().Apply([]byte(text)); (err == nil) != (edit[0] == "") {
				t.Error(err)
			}
		})
	}
}

// What the definitions refuse is refused.
func TestValidate(t *testing.T) {
	const head = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: shop}\n"
	for text, want := range map[string]bool{
		head + "spec: {endpointSelector: {}, ingress: [{}]}":                      true,
		head + "spec: {endpointSelector: {}, ingress: [{fromEntitys: [all]}]}":    false,
		head + "spec: {endpointSelector: {}, ingress: [{fromEntities: [pods]}]}":  false,
		head + "spec: {endpointSelector: {}, enableDefaultDeny: {ingress: true}}": false,
		head + "status: {}": false,
		"apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r, namespace: shop}\nspec: {rules: [{backendRefs: [{name: cart}]}]}": false,
	} {
		if err := New().Apply([]byte(text)); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
	if !Defined("cilium.io/v2", "CiliumEnvoyConfig") || !Defined("gateway.networking.k8s.io/v1", "HTTPRoute") {
		t.Error("a definition is missing")
	}
}
