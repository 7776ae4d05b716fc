package translate

import (
	"fmt"
	"strings"
)

const linkerdPolicy, linkerdServer = "policy.linkerd.io/v1alpha1", "policy.linkerd.io/v1beta3"

// linkerd makes Servers with routes and grants, and routes of a Service.
func (g policies) linkerd(routes bool) string {
	var b strings.Builder
	if routes || g.chance(30) {
		b.WriteString(g.gatewayapi(linkerdServer, routesOf(routes)-1))
	}
	if routes && !g.says("access") {
		return b.String()
	}
	b.WriteString(document(linkerdPolicy, "MeshTLSAuthentication", "named", "{identityRefs: ["+g.linkerdIdentity()+", {kind: ServiceAccount, name: "+g.oneOf("web", "admin")+"}]}"))
	b.WriteString(document(linkerdPolicy, "MeshTLSAuthentication", "meshed", `{identities: ["*"]}`))
	b.WriteString(document(linkerdPolicy, "NetworkAuthentication", "office", "{networks: [{cidr: "+g.oneOf("10.1.0.0/16", "10.0.0.0/8")+"}]}"))
	for i := range 1 + g.IntN(2) {
		app := []string{"cart", "pay"}[i]
		b.WriteString(g.linkerdServer(app))
		for n := range 1 + g.IntN(2) {
			b.WriteString(g.linkerdGrant(fmt.Sprint(app, n), "Server", app))
		}
		if g.chance(50) {
			b.WriteString(g.linkerdRoutes(app))
		}
	}
	return b.String()
}

func (g policies) linkerdServer(app string) string {
	port, access := "8080", "deny"
	if g.says("port") && g.chance(20) {
		port = "9090"
	}
	if g.says("everyone") && g.chance(20) {
		access = g.oneOf("all-authenticated", "all-unauthenticated")
	}
	return document(linkerdServer, "Server", app, fmt.Sprintf("{podSelector: {matchLabels: {app: %s}}, port: %s, proxyProtocol: HTTP/1, accessPolicy: %s}", app, port, access))
}

func (g policies) linkerdIdentity() string {
	if g.says("namespace") && g.chance(30) {
		return "{kind: Namespace, name: shop}"
	}
	return "{kind: ServiceAccount, name: " + g.oneOf("job, namespace: depot", "pay", "admin") + "}"
}

// linkerdGrant grants to a Server or a route.
func (g policies) linkerdGrant(name, kind, target string) string {
	who := "{group: policy.linkerd.io, kind: MeshTLSAuthentication, name: " + g.oneOf("named", "named", "meshed") + "}"
	if g.says("address") && g.chance(25) {
		who = "{group: policy.linkerd.io, kind: NetworkAuthentication, name: office}"
	}
	return document(linkerdPolicy, "AuthorizationPolicy", name, fmt.Sprintf("{targetRef: {group: policy.linkerd.io, kind: %s, name: %s}, requiredAuthenticationRefs: [%s]}", kind, target, who))
}

// linkerdRoutes attaches routes to a Server, each with a grant or without.
func (g policies) linkerdRoutes(app string) string {
	var b strings.Builder
	for i := range 1 + g.IntN(3) {
		name := fmt.Sprint(app, "-r", i)
		match := "path: {type: " + g.oneOf("Exact", "PathPrefix") + ", value: " + g.path() + "}"
		if g.chance(30) {
			match += ", method: " + g.oneOf("GET", "POST")
		}
		b.WriteString(document(linkerdServer, "HTTPRoute", name, fmt.Sprintf("{parentRefs: [{group: policy.linkerd.io, kind: Server, name: %s}], rules: [{matches: [{%s}]}]}", app, match)))
		if g.chance(75) {
			b.WriteString(g.linkerdGrant(name, "HTTPRoute", name))
		}
	}
	return b.String()
}
