package translate

import (
	"fmt"
	"slices"
	"strings"
)

const consulEntry = "consul.hashicorp.com/v1alpha1"

// consul makes intentions, and routers, resolvers and splitters.
func (g policies) consul(routes bool) string {
	var b strings.Builder
	for _, app := range []string{"cart", "cart-v1", "cart-v2", "pay", "web", "admin"} {
		b.WriteString(document(consulEntry, "ServiceDefaults", app, "{protocol: http}"))
	}
	if routes || g.chance(35) {
		b.WriteString(g.consulRoutes(routesOf(routes)))
	}
	if routes && !g.says("access") {
		return b.String()
	}
	for i, app := range []string{"cart", "pay", "*"} {
		if i > 0 && g.chance(50) || app == "*" && !g.says("except") {
			continue
		}
		b.WriteString(document(consulEntry, "ServiceIntentions", fmt.Sprint("to", i), fmt.Sprintf(`{destination: {name: "%s"}, sources: %s}`, app, g.consulSources(app != "*"))))
	}
	return b.String()
}

func (g policies) consulSources(requests bool) string {
	var out []string
	all := []string{"web", "admin", "job", "pay", "*"}
	some := g.Perm(len(all))[:1+g.IntN(4)]
	if !g.says("except") && slices.Contains(some, len(all)-1) {
		some = []int{len(all) - 1}
	}
	for _, i := range some {
		out = append(out, g.consulSource(all[i], requests))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func (g policies) consulSource(name string, requests bool) string {
	if !requests || g.chance(50) {
		action := "allow"
		if g.says("deny") && g.chance(20) {
			action = "deny"
		}
		return fmt.Sprintf(`{name: "%s", action: %s}`, name, action)
	}
	return fmt.Sprintf(`{name: "%s", permissions: %s}`, name, g.list(2, g.consulPermission))
}

func (g policies) consulPermission() string {
	action := "allow"
	if g.says("deny") && g.chance(20) {
		action = "deny"
	}
	http := g.oneOf("pathExact: ", "pathPrefix: ") + g.path()
	if g.chance(30) {
		http += ", methods: " + g.some(2, "GET", "POST")
	}
	return "{action: " + action + ", http: {" + http + "}}"
}

// consulRoutes makes a table for cart.
func (g policies) consulRoutes(most int) string {
	var b strings.Builder
	b.WriteString(document(consulEntry, "ServiceResolver", "cart", `{subsets: {v1: {filter: 'Service.Meta.version == "v1"'}, v2: {filter: 'Service.Meta.version == "v2"'}}}`))
	var routes []string
	for range 1 + g.IntN(most) {
		match := g.oneOf("pathExact: ", "pathPrefix: ") + g.path()
		if g.chance(30) {
			match += ", methods: " + g.some(1, "GET", "POST")
		}
		to := "service: " + g.oneOf("pay", "cart", "nowhere")
		if g.says("split") && g.chance(30) {
			to = "serviceSubset: " + g.oneOf("v1", "v2")
		}
		if g.says("rewrite") && g.chance(40) {
			to += ", prefixRewrite: " + g.path()
		}
		routes = append(routes, "{match: {http: {"+match+"}}, destination: {"+to+"}}")
	}
	b.WriteString(document(consulEntry, "ServiceRouter", "cart", "{routes: ["+strings.Join(routes, ", ")+"]}"))
	if g.chance(40) {
		b.WriteString(document(consulEntry, "ServiceSplitter", "cart", "{splits: [{weight: 60, serviceSubset: v1}, {weight: 40, serviceSubset: v2}]}"))
	}
	return b.String()
}
