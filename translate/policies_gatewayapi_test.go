package translate

import (
	"cmp"
	"fmt"
	"strings"
)

// gatewayapi makes routes of the Service cart, in a group that has HTTPRoutes.
// Requests that no rule names are not found, unless the last one is about all.
func (g policies) gatewayapi(version string, most int) string {
	only := ""
	if !g.says("choice") {
		only = g.gatewayBackends("cart", "pay", "nowhere", "nowhere", "nowhere")
	}
	var b strings.Builder
	n := 1 + g.IntN(most)
	for i := range n {
		var rules []string
		for range 1 + g.IntN(2) {
			rules = append(rules, g.gatewayRule(only))
		}
		if i == n-1 && !g.says("unrouted") {
			rules = append(rules, "{backendRefs: ["+cmp.Or(only, g.gatewayBackends("cart", "nowhere", "nowhere", "nowhere"))+"]}")
		}
		b.WriteString(document(version, "HTTPRoute", fmt.Sprint("route", i), fmt.Sprintf(`{parentRefs: [{group: "", kind: Service, name: cart, port: 80}], rules: [%s]}`, strings.Join(rules, ", "))))
	}
	return b.String()
}

// gatewayRule sends some requests to backends, of its own choice for "".
func (g policies) gatewayRule(backends string) string {
	match := "path: {type: " + g.oneOf("Exact", "PathPrefix") + ", value: " + g.oneOf("/a", "/a/b", "/c") + "}"
	if g.chance(30) {
		match += ", method: " + g.oneOf("GET", "POST")
	}
	if g.says("header") && g.chance(20) {
		match += ", headers: [{name: x-beta, value: \"1\"}]"
	}
	return "{matches: [{" + match + "}], backendRefs: [" + cmp.Or(backends, g.gatewaySplit()) + "]}"
}

func (g policies) gatewaySplit() string {
	if g.says("split") && g.chance(30) {
		return "{name: cart-v1, port: 80, weight: 70}, {name: cart-v2, port: 80, weight: 30}"
	}
	return g.gatewayBackends("cart", "pay", "cart-v1")
}

// gatewayBackends is one of several Services; nowhere is none.
func (g policies) gatewayBackends(of ...string) string {
	return "{name: " + g.oneOf(of...) + ", port: 80}"
}
