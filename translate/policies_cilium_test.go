package translate

import (
	"fmt"
	"strings"
)

// cilium makes network policies, and routes of a Service.
func (g policies) cilium(routes bool) string {
	var b strings.Builder
	if routes || g.chance(30) {
		b.WriteString(g.gatewayapi("gateway.networking.k8s.io/v1", routesOf(routes)-1))
	}
	if routes && !g.says("access") {
		return b.String()
	}
	for i := range g.count(routes) {
		b.WriteString(document("cilium.io/v2", "CiliumNetworkPolicy", fmt.Sprint("p", i), g.ciliumPolicy()))
	}
	return b.String()
}

func (g policies) ciliumPolicy() string {
	spec := "endpointSelector: {matchLabels: {app: " + g.app() + "}}"
	if g.says("version") && g.chance(15) {
		spec = "endpointSelector: {matchLabels: {app: cart, version: " + g.oneOf("v1", "v2") + "}}"
	}
	spec += ", ingress: " + g.list(2, func() string { return g.ciliumEntry(true) })
	if g.says("deny") && g.chance(20) {
		spec += ", ingressDeny: [" + g.ciliumEntry(false) + "]"
	}
	return "{" + spec + "}"
}

func (g policies) ciliumEntry(requests bool) string {
	var parts []string
	everyone := false
	switch n := g.IntN(10); {
	case n < 7:
		parts = append(parts, "fromEndpoints: "+g.list(2, g.ciliumPeer))
	case n < 8 && g.says("address"):
		parts = append(parts, `fromCIDR: ["203.0.113.0/24"]`)
	default:
		everyone = true
		parts = append(parts, "fromEntities: ["+g.oneOf("cluster", "all")+"]")
	}
	if requests && (!g.says("ports") || g.chance(50)) {
		parts = append(parts, g.ciliumPorts(everyone && !g.says("everyone")))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (g policies) ciliumPeer() string {
	if g.says("namespace") && g.chance(25) {
		return `{matchLabels: {"k8s:io.kubernetes.pod.namespace": ` + g.oneOf("shop", "depot") + `}}`
	}
	who := g.oneOf("shop/web", "shop/admin", "depot/job", "shop/pay")
	ns, account, _ := strings.Cut(who, "/")
	return fmt.Sprintf(`{matchLabels: {"k8s:io.kubernetes.pod.namespace": %s, "k8s:io.cilium.k8s.policy.serviceaccount": %s}}`, ns, account)
}

// ciliumPorts are ports with what is let in there; tested asks for a test of
// requests.
func (g policies) ciliumPorts(tested bool) string {
	ports := `{port: "8080", protocol: TCP}`
	if strings.HasPrefix(g.to, "consul") && g.says("ports") {
		ports = `{port: "8080", protocol: TCP}, {port: "9090", protocol: TCP}`
	}
	if !tested && g.chance(15) {
		return "toPorts: [{ports: [" + ports + "]}]"
	}
	http := "path: '" + g.ciliumPath() + "'"
	if g.chance(30) {
		http += ", method: '" + g.oneOf("GET", "POST", "GET|POST") + "'"
	}
	return "toPorts: [{ports: [" + ports + "], rules: {http: [{" + http + "}]}}]"
}

// ciliumPath is an expression for a path with its query.
func (g policies) ciliumPath() string {
	if g.says("query") {
		return g.oneOf("/a", "/a(/.*)?", "/c", "/.*")
	}
	return g.oneOf(`/a(\?.*)?`, "/a/.*", "/a.*", `/c(\?.*)?`)
}
