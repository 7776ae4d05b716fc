package translate

import (
	"fmt"
	"slices"
	"strings"
)

// istio makes policies, modes, and a table that rewrites and splits; routes alone
// where nothing else can be said.
func (g policies) istio(routes bool) string {
	var b strings.Builder
	if routes || g.chance(30) {
		b.WriteString(g.istioRoutes(routes))
	}
	if routes && !g.says("access") {
		return b.String()
	}
	for i := range g.count(routes) {
		b.WriteString(document("security.istio.io/v1", "AuthorizationPolicy", fmt.Sprint("p", i), g.istioPolicy()))
	}
	if g.chance(15) {
		b.WriteString(document("security.istio.io/v1", "PeerAuthentication", "modes", g.oneOf("{mtls: {mode: STRICT}}", "{selector: {matchLabels: {app: cart}}, mtls: {mode: STRICT}}", "{mtls: {mode: PERMISSIVE}}")))
	}
	return b.String()
}

func (g policies) istioPolicy() string {
	spec := "{"
	switch {
	case g.says("version") && g.chance(15):
		spec += "selector: {matchLabels: {app: cart, version: " + g.oneOf("v1", "v2") + "}}, "
	case g.chance(85):
		spec += "selector: {matchLabels: {app: " + g.app() + "}}, "
	}
	if g.says("deny") && g.chance(30) {
		return spec + "action: DENY, rules: " + g.list(1, g.istioRule) + "}"
	}
	return spec + "rules: " + g.list(3, g.istioRule) + "}"
}

func (g policies) istioRule() string {
	var parts []string
	switch n := g.IntN(10); {
	case n < 5:
		parts = append(parts, "from: [{source: {principals: "+g.some(3, "cluster.local/ns/shop/sa/web", "cluster.local/ns/shop/sa/admin", "cluster.local/ns/depot/sa/job", "cluster.local/ns/shop/sa/pay")+"}}]")
	case n < 7 && g.says("namespace"):
		parts = append(parts, "from: [{source: {namespaces: "+g.some(1, "shop", "depot")+"}}]")
	case n < 8 && g.says("address"):
		parts = append(parts, `from: [{source: {ipBlocks: [`+g.oneOf("10.1.0.0/16", "10.0.0.0/8")+`]}}]`)
	}
	var op []string
	if len(parts) == 0 || g.chance(50) {
		op = append(op, "paths: "+g.some(2, "/a", "/a/*", "/c", "/a*"))
	}
	if g.chance(30) {
		op = append(op, "methods: "+g.some(2, "GET", "POST"))
	}
	if g.says("port") && g.chance(25) {
		op = append(op, "ports: "+g.some(1, "8080", "9090"))
	}
	if len(op) > 0 {
		parts = append(parts, "to: [{operation: {"+strings.Join(op, ", ")+"}}]")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// istioRoutes makes a table for cart. Where it is all that is judged, requests
// that it does not name are not found.
func (g policies) istioRoutes(alone bool) string {
	var rules []string
	for range 1 + g.IntN(routesOf(alone)) {
		rules = append(rules, g.istioHTTP())
	}
	if !g.says("order") {
		slices.SortStableFunc(rules, func(a, b string) int { return istioRank(b) - istioRank(a) })
	}
	if !alone {
		rules = append(rules, "{route: [{destination: {host: cart}}]}")
	}
	out := document("networking.istio.io/v1", "VirtualService", "cart", "{hosts: [cart], http: ["+strings.Join(rules, ", ")+"]}")
	return out + document("networking.istio.io/v1", "DestinationRule", "cart", "{host: cart, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}")
}

func (g policies) istioHTTP() string {
	match := "uri: {" + g.istioPath() + "}"
	if g.chance(30) {
		match += ", method: {exact: " + g.oneOf("GET", "POST") + "}"
	}
	rule := "{match: [{" + match + "}], "
	if g.says("rewrite") && g.chance(40) {
		rule += "rewrite: {uri: " + g.path() + "}, "
	}
	if g.says("split") && g.chance(40) {
		return rule + "route: [{destination: {host: cart, subset: v1}, weight: 70}, {destination: {host: cart, subset: v2}, weight: 30}]}"
	}
	return rule + "route: [{destination: {host: " + g.oneOf("cart", "pay", "nowhere", "nowhere") + "}}]}"
}

// istioPath tests a path. Of prefixes that are no segments targets make regular
// expressions, of which some do not say the order.
func (g policies) istioPath() string {
	if !g.says("order") {
		return g.oneOf("prefix: /", "exact: /a", "exact: /a/b", "exact: /c", "exact: /")
	}
	return g.oneOf("exact: ", "prefix: ") + g.path()
}

// istioRank is higher for what targets that order rules by themselves take first:
// exact paths, longer ones, and then a method.
func istioRank(rule string) int {
	uri, _, _ := strings.Cut(strings.TrimPrefix(rule, "{match: [{uri: {"), "}")
	kind, path, _ := strings.Cut(uri, ": ")
	rank := 2 * len(path)
	if kind == "exact" {
		rank += 100
	}
	if strings.Contains(rule, "method:") {
		rank++
	}
	return rank
}
