package translate

import (
	"fmt"
	"strings"
)

// gatewayapi makes routes of the Service cart, in a group that has HTTPRoutes.
// Requests that no rule names are not found.
func (g policies) gatewayapi(version string, most int) string {
	var b strings.Builder
	for i := range 1 + g.IntN(most) {
		var rules []string
		for range 1 + g.IntN(2) {
			rules = append(rules, g.gatewayRule())
		}
		b.WriteString(document(version, "HTTPRoute", fmt.Sprint("route", i), fmt.Sprintf(`{parentRefs: [{group: "", kind: Service, name: cart, port: 80}], rules: [%s]}`, strings.Join(rules, ", "))))
	}
	return b.String()
}

func (g policies) gatewayRule() string {
	match := "path: {type: " + g.oneOf("Exact", "PathPrefix") + ", value: " + g.oneOf("/a", "/a/b", "/c") + "}"
	if g.chance(30) {
		match += ", method: " + g.oneOf("GET", "POST")
	}
	if g.says("header") && g.chance(20) {
		match += ", headers: [{name: x-beta, value: \"1\"}]"
	}
	to := "{name: " + g.oneOf("cart", "pay", "cart-v1") + ", port: 80}"
	if g.says("split") && g.chance(30) {
		to = "{name: cart-v1, port: 80, weight: 70}, {name: cart-v2, port: 80, weight: 30}"
	}
	return "{matches: [{" + match + "}], backendRefs: [" + to + "]}"
}
