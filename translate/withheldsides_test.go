package translate_test

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
)

// What cannot be read is withheld on the sides that it may have closed, and on no other:
// requests to a namespace, what its clients send, what leaves the cluster. Fails with: no
// Sides in pkg/mesh/cilium/cilium.go, no Leaving in Mesh of Istio, Linkerd or Consul, no
// leaving in withholdUnreadable or only of kinds that are named, no Keeps in mayGuard, or
// no Keepers in withholdUnreadable.
func TestWithheldSides(t *testing.T) {
	const cnp = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: a, namespace: shop}\nspec:\n  endpointSelector: {}\n"
	const kafka = "[{toPorts: [{ports: [{port: \"1\", protocol: TCP}], rules: {kafka: [{role: produce}]}}]}]\n"
	const netpol = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: shop}\nspec:\n  podSelector: {}\n"
	const sidecar = "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: a, namespace: shop}\nspec:\n  egress: [{hosts: [bad]}]\n"
	const defaults = "apiVersion: consul.hashicorp.com/v1alpha1\nkind: ServiceDefaults\nmetadata: {name: a, namespace: shop}\nspec:\n"
	const nameless = "metadata: {name: a, namespace: shop}\nspec:\n  a: [\n"
	const envoy = "apiVersion: cilium.io/v2\nkind: CiliumEnvoyConfig\nmetadata: {name: a, namespace: shop}\nspec:\n  services: 5\n  resources: [{\"@type\": type.googleapis.com/envoy.config.listener.v3.Listener, name: l, "
	for _, c := range []struct {
		from              mesh.Mesh
		text              string
		in, sent, outside string // "" is not withheld
	}{
		{cilium.Mesh, cnp + "  ingress: " + kafka, "shop", "", ""},
		{cilium.Mesh, cnp + "  egress: " + kafka, "", "shop", ""},
		{cilium.Mesh, cnp + "  egress: " + kafka + "  ingressDeny: [{fromEntities: [world]}]\n", "shop", "shop", ""},
		{cilium.Mesh, cnp + "  egress: " + kafka + "  ingres: []\n", "shop", "shop", ""},
		{cilium.Mesh, cnp + "   egress: []\n", "shop", "shop", ""},
		{cilium.Mesh, strings.ReplaceAll(strings.ReplaceAll(cnp, "CiliumN", "CiliumClusterwideN"), ", namespace: shop", "") + "  egress: " + kafka, "", "present", ""},
		{cilium.Mesh, netpol + "  policyTypes: [Egress]\n  egress: [{ports: [{protocol: ICMP}]}]\n", "", "shop", ""},
		{cilium.Mesh, netpol + "  policyTypes: [Egres]\n", "shop", "shop", ""},
		{cilium.Mesh, netpol + "  egress: [{ports: [{protocol: ICMP}]}]\n", "shop", "shop", ""},
		{linkerd.Mesh, "apiVersion: policy.linkerd.io/v1alpha1\nkind: EgressNetwork\nmetadata: {name: a, namespace: shop}\nspec:\n  trafficPolicy: Deny\n   networks: [\n", "", "", "shop"},
		{linkerd.Mesh, "apiVersion: policy.linkerd.io/v1alpha1\nkind: EgressNetwork\nmetadata: {name: a}\nspec:\n  trafficPolicy: Deny\n   networks: [\n", "", "", "default"},
		{linkerd.Mesh, "apiVersion: policy.linkerd.io/v1beta3\nkind: Server\nmetadata: {name: a, namespace: shop}\nspec:\n  port: 1\n   accessPolicy: deny\n", "shop", "", ""},
		{linkerd.Mesh, "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: a, namespace: shop}\nspec:\n  parentRefs: [{group: policy.linkerd.io, kind: Server, name: a}]\n  rules: [{matches: [{path: {value: no}}]}]\n", "shop", "", ""},
		{linkerd.Mesh, "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: a, namespace: shop}\nspec:\n  parentRefs: [{group: \"\", kind: Service, name: a}]\n  rules: [{matches: [{path: {value: no}}]}]\n", "", "", ""},
		{consul.Mesh, defaults + "  envoyExtensions: [{name: builtin/ext-authz, arguments: {}}]\n", "shop/a", "", ""},
		{consul.Mesh, strings.NewReplacer("ServiceDefaults", "ProxyDefaults", "name: a", "name: global").Replace(defaults) + "  envoyExtensions: [{name: builtin/lua, arguments: {}}]\n", "all", "", ""},
		{consul.Mesh, defaults + "  envoyExtensions: [{name: builtin/ext-authz, arguments: {}\n", "all", "", ""},
		{consul.Mesh, defaults + "  envoyExtensions: [{name: builtin/property-override, arguments: {}\n", "", "", ""},
		{consul.Mesh, defaults + "  protocol: none\n", "", "", ""},
		{cilium.Mesh, envoy + "typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC}}]\n", "shop", "", ""},
		{cilium.Mesh, envoy + "typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC\n", "shop", "", ""},
		{cilium.Mesh, envoy + "typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]\n", "", "", ""},
		{istio.Mesh, sidecar + "  outboundTrafficPolicy: {mode: REGISTRY_ONLY}\n", "", "", "shop"},
		{istio.Mesh, sidecar + "  outboundTrafficPolicy: {mode: ALLOW_ANY}\n", "", "", ""},
		{istio.Mesh, sidecar, "", "", ""},
		{istio.Mesh, nameless, "shop", "", "shop"},
		{linkerd.Mesh, nameless, "shop", "", "shop"},
		{cilium.Mesh, nameless, "shop", "shop", ""},
		{istio.Mesh, strings.Replace(sidecar, "namespace: shop", "namespace: istio-system", 1) + "   outboundTrafficPolicy: {mode: REGISTRY_ONLY}\n", "", "", "all"},
		{consul.Mesh, "apiVersion: consul.hashicorp.com/v1alpha1\nkind: Mesh\nmetadata: {name: mesh}\nspec: {transparentProxy: {meshDestinationsOnly: true}, tls: {incoming: {tlsMinVersion: x}}}\n", "", "", "all"},
		{consul.Mesh, "apiVersion: consul.hashicorp.com/v1alpha1\nkind: Mesh\nmetadata: {name: mesh}\nspec: {tls: {incoming: {tlsMinVersion: x}}}\n", "", "", ""},
	} {
		objects, problems := source.Parse("in.yaml", []byte(c.text), source.Options{})
		m := translate.Run(translate.Input{Objects: objects, Problems: problems}, translate.Options{From: c.from, To: istio.Mesh}).Source
		in, sent, outside := "", "", ""
		for _, d := range m.Default {
			if d.Withheld && d.Side == intent.Dialled {
				sent = where(d.Scope.Client)
			} else if d.Withheld {
				in = where(d.Scope.Subject)
			}
		}
		for _, e := range m.Egress {
			if e.Withheld {
				outside = where(e.Scope.Client)
			}
		}
		if in != c.in || sent != c.sent || outside != c.outside {
			t.Errorf("withheld in %q, sent %q, outside %q of\n%s", in, sent, outside, c.text)
		}
	}
}

// where is the namespace that a scope is about, or "all".
func where(e match.Expr) string {
	if match.IsTrue(e) {
		return "all"
	}
	words := strings.Fields(match.String(e))
	return words[len(words)-1]
}
