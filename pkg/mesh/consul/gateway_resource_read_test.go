package consul

import (
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
)

// resource is an object of the Gateway API.
func resource(kind, name, spec string) string {
	return "apiVersion: gateway.networking.k8s.io/v1\nkind: " + kind + "\nmetadata: {name: " + name + ", namespace: shop}\nspec:\n  " + strings.ReplaceAll(spec, "\n", "\n  ") + "\n---\n"
}

// What consul-k8s makes of objects of the Gateway API.
func TestGatewayResources(t *testing.T) {
	edge := resource("Gateway", "edge", "gatewayClassName: consul\nlisteners: [{name: a, port: 80, protocol: HTTP}]")
	route := func(rest string) string {
		return resource("HTTPRoute", "web", "parentRefs: [{name: edge}]\nrules: ["+rest+"]")
	}
	const toWeb = "backendRefs: [{name: web, port: 80}]"
	for name, c := range map[string]struct {
		text, found string
		rules       int  // of the table; 0 is no table
		guards      bool // what is kept may keep requests out
	}{
		"a route":             {edge + route("{"+toWeb+"}"), "", 1, false},
		"of another gateway":  {edge + resource("HTTPRoute", "web", "parentRefs: [{name: other}]\nrules: [{"+toWeb+"}]"), "", 0, false},
		"a redirect alone":    {edge + route("{filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]}"), "consul-k8s leaves it out", 0, false},
		"a redirect":          {edge + route("{filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}], "+toWeb+"}"), "a filter of type RequestRedirect over", 1, false},
		"a weight of nothing": {edge + route("{backendRefs: [{name: web, weight: 0}, {name: api}]}"), "counts as 1", 1, false},
		"a missing filter":    {edge + route("{filters: [{type: ExtensionRef, extensionRef: {group: consul.hashicorp.com, kind: RouteRetryFilter, name: a}}], "+toWeb+"}"), "which is not in the input", 0, false},
		"tokens on a route":   {edge + route("{filters: [{type: ExtensionRef, extensionRef: {group: consul.hashicorp.com, kind: RouteAuthFilter, name: a}}], "+toWeb+"}"), "tokens or permission are asked for", 0, false},
		"permission for all":  {strings.Replace(edge, "{name: edge,", "{name: edge, annotations: {consul.hashicorp.com/ext-authz: enabled},", 1) + route("{"+toWeb+"}"), "tokens or permission are asked for", 0, false},
		"tokens at a gateway": {edge + route("{"+toWeb+"}") + cr("GatewayPolicy", "p", "targetRef: {name: edge, kind: Gateway, group: gateway.networking.k8s.io}"), "tokens are demanded by", 0, true},
		"of another namespace": {edge + strings.Replace(resource("HTTPRoute", "web", "parentRefs: [{name: edge, namespace: shop}]\nrules: [{"+toWeb+"}]"), "namespace: shop}\nspec", "namespace: other}\nspec", 1),
			"no listener of the gateway is for it", 0, false},
		"a backend elsewhere": {edge + route("{backendRefs: [{name: web, namespace: other, port: 80}]}"), "no ReferenceGrant", 0, false},
		"a backend granted": {edge + route("{backendRefs: [{name: web, namespace: other, port: 80}]}") +
			strings.Replace(resource("ReferenceGrant", "g", "from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}]\nto: [{group: '', kind: Service}]"), "namespace: shop}\nspec", "namespace: other}\nspec", 1), "", 1, false},
		"protocol TLS":       {resource("Gateway", "edge", "gatewayClassName: consul\nlisteners: [{name: a, port: 443, protocol: TLS, tls: {mode: Passthrough}}]") + route("{"+toWeb+"}"), "no listeners of protocol TLS", 0, false},
		"no certificate":     {resource("Gateway", "edge", "gatewayClassName: consul\nlisteners: [{name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: []}}]") + route("{"+toWeb+"}"), "has no certificate", 0, false},
		"a version of TLS":   {resource("Gateway", "edge", "gatewayClassName: consul\nlisteners: [{name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: c}], options: {api-gateway.consul.hashicorp.com/tls_min_version: TLSv1_3}}}]") + route("{"+toWeb+"}"), "reaches no gateway", 1, false},
		"a host of wildcard": {edge + resource("HTTPRoute", "web", "parentRefs: [{name: edge}]\nhostnames: ['*.example.com']\nrules: [{"+toWeb+"}]"), "no hosts with a wildcard", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := readText(t, allHTTP+c.text, env("allow"))
			rules := 0
			for _, x := range a.model.Routing {
				if !x.Entry.IsZero() {
					rules += len(x.Rules)
				}
			}
			guards := slices.ContainsFunc(a.model.Opaque, func(o *intent.Opaque) bool { return o.Security })
			if rules != c.rules || guards != c.guards || !strings.Contains(a.found(), c.found) || c.found == "" && a.found() != "" || a.unread() != "" || a.problems() != "" {
				t.Errorf("%d rules, guards %t, found %s, unread %s, problems %s", rules, guards, a.found(), a.unread(), a.problems())
			}
		})
	}
}
