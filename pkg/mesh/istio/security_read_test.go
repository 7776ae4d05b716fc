package istio_test

import (
	"testing"
)

var peers = []reading{
	{"strict for a namespace", `{mtls: {mode: STRICT}}`, `served strict at namespace shop`},
	{"a workload and its ports", `{selector: {matchLabels: {app: a}}, mtls: {mode: STRICT}, portLevelMtls: {"9000": {mode: DISABLE}, "8080": {mode: PERMISSIVE}}}`, `
served permissive at namespace shop and label app a and port 8080
served plain at namespace shop and label app a and port 9000
served strict at namespace shop and label app a
`},
	{"a port that inherits the workload's", `{selector: {matchLabels: {app: a}}, mtls: {mode: STRICT}, portLevelMtls: {"9000": {mode: UNSET}}}`, `
served strict at namespace shop and label app a and port 9000
served strict at namespace shop and label app a
`},
	{"ports alone", `{selector: {matchLabels: {app: a}}, portLevelMtls: {"9000": {mode: STRICT}, "9001": {}}}`, `served strict at namespace shop and label app a and port 9000`},
	{"nothing set", `{mtls: {mode: UNSET}}`, ``},
	{"an empty selector selects the namespace", `{selector: {}, mtls: {mode: DISABLE}}`, `served plain at namespace shop`},
}

// TestPeerAuthentication reads one policy of namespace shop.
func TestPeerAuthentication(t *testing.T) { each(t, "PeerAuthentication", peers) }

func peer(name, namespace, spec string, more ...string) string {
	return object("PeerAuthentication", name, spec, append(more, "namespace: "+namespace)...)
}

// TestPeerAuthentications reads several: port before workload before namespace
// before mesh, and the oldest of one scope.
func TestPeerAuthentications(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"which mode counts", peer("m", "istio-system", `{mtls: {mode: STRICT}}`) + peer("n", "shop", `{mtls: {mode: PERMISSIVE}}`) + peer("w", "shop", `{selector: {matchLabels: {app: a}}, mtls: {mode: DISABLE}, portLevelMtls: {"80": {mode: STRICT}}}`), `
served strict at namespace shop and label app a and port 80
served plain at namespace shop and label app a
served permissive at namespace shop
served strict
`},
		{"a workload of the root namespace", peer("m", "istio-system", `{selector: {matchLabels: {app: a}}, mtls: {mode: DISABLE}}`), ``},
		{"the older one", peer("a", "shop", `{mtls: {mode: DISABLE}}`, `creationTimestamp: "2024-02-01T00:00:00Z"`) + peer("b", "shop", `{mtls: {mode: PERMISSIVE}}`, `creationTimestamp: "2024-01-01T00:00:00Z"`), `served permissive at namespace shop`},
		{"the stricter of both, where ages are unknown", peer("a", "shop", `{selector: {matchLabels: {app: a}}, portLevelMtls: {"80": {mode: DISABLE}}}`) + peer("b", "shop", `{selector: {matchLabels: {app: a}}, mtls: {mode: PERMISSIVE}}`), `
served strict at namespace shop and label app a and port 80
served strict at namespace shop and label app a
`},
		{"the stricter one, where ages are unknown", peer("a", "shop", `{mtls: {mode: DISABLE}}`) + peer("b", "shop", `{mtls: {mode: PERMISSIVE}}`), `served strict at namespace shop`},
	} {
		if got := lifted(t, c.in); got != trim(c.want) {
			t.Errorf("PeerAuthentications %s: lifted as\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// from, to and when are policies that allow by one source, operation or condition.
func from(source string) string  { return `{rules: [{from: [{source: {` + source + `}}]}]}` }
func to(operation string) string { return `{rules: [{to: [{operation: {` + operation + `}}]}]}` }
func when(key, values string) string {
	return `{rules: [{when: [{key: "` + key + `", ` + values + `}]}]}`
}

var policies = []reading{
	{"principals", from(`principals: ["cluster.local/ns/web/sa/front", "*", "*/ns/web/sa/back", "other/ns/web/*", "spiffe"]`), `
allow at namespace shop when (trust domain cluster.local and client namespace web and client account front) or with any identity or (client namespace web and client account back) or client identity other/ns/web/* or client identity spiffe
default deny at namespace shop
`},
	{"principals of any account", from(`principals: ["cluster.local/ns/web/sa/*"]`), `
allow at namespace shop when trust domain cluster.local and client namespace web
default deny at namespace shop
`},
	{"namespaces", from(`namespaces: [web, "team-*", "*-a", "t*a", "*"]`), `
allow at namespace shop when client namespace web or client namespace team-* or client namespace *-a or client namespace t* or with identity
default deny at namespace shop
`},
	{"not a namespace", from(`notNamespaces: [web, api]`), `
allow at namespace shop when not (client namespace web or client namespace api)
default deny at namespace shop
`},
	{"service accounts", from(`serviceAccounts: [front, web/back], trustDomains: ["*.example"]`), `
allow at namespace shop when ((client namespace shop and client account front) or (client namespace web and client account back)) and trust domain *.example
default deny at namespace shop
`},
	{"own trust domain", from(`trustDomains: [cluster.local]`), `
allow at namespace shop when trust domain cluster.local
default deny at namespace shop
`},
	{"request principals", from(`requestPrincipals: ["*", "iss/*", "*/sub", iss/sub]`), `
allow at namespace shop when protocol http and (token principal ~ .+ or token principal iss/* or token principal */sub or token principal iss/sub)
default deny at namespace shop
`},
	{"addresses", from(`ipBlocks: [10.0.0.0/8], notRemoteIpBlocks: [10.1.0.1]`), `
allow at namespace shop when address in 10.0.0.0/8 and not forwarded address in 10.1.0.1
default deny at namespace shop
`},
	{"all of a source", from(`namespaces: [web], notPrincipals: ["cluster.local/ns/web/sa/front"]`), `
allow at namespace shop when not (trust domain cluster.local and client namespace web and client account front) and client namespace web
default deny at namespace shop
`},
	{"hosts", to(`hosts: [Cart, "*.shop", "cart.*"]`), `
allow at namespace shop when protocol http and (authority Cart ignoring case or authority *.shop ignoring case or authority cart.* ignoring case)
default deny at namespace shop
`},
	{"methods", to(`methods: [GET, "P*"], notMethods: [PUT]`), `
allow at namespace shop when protocol http and (method GET or method P*) and not method PUT
default deny at namespace shop
`},
	{"paths", to(`paths: [/a, "/b*", "*/c", "/d/{*}", "/e/{**}", "*"]`), `
allow at namespace shop when protocol http and (path /a or path /b* or path */c or path template /d/{*} or path template /e/{**} or path ~ .+)
default deny at namespace shop
`},
	{"ports", to(`ports: ["80"], notPorts: ["81"]`), `
allow at namespace shop when port 80 and not port 81
default deny at namespace shop
`},
	{"a condition on a header", when("request.headers[X-A]", `values: ["1", "*"], notValues: ["b*"]`), `
allow at namespace shop when protocol http and (header x-a 1 or header x-a present) and not header x-a b*
default deny at namespace shop
`},
	{"a condition on a claim", when("request.auth.claims[a][b]", `values: [c]`), `
allow at namespace shop when protocol http and token claim:a.b c
default deny at namespace shop
`},
	{"a condition on the audience", when("request.auth.audiences", `values: [a, "b*"]`), `
allow at namespace shop when protocol http and (token audience a or token audience b*)
default deny at namespace shop
`},
	{"conditions on the connection", `{rules: [{when: [{key: destination.ip, values: [10.0.0.1]}, {key: destination.port, notValues: ["80"]}, {key: connection.sni, values: ["*.a"]}]}]}`, `
allow at namespace shop when destination in 10.0.0.1 and not port 80 and sni *.a
default deny at namespace shop
`},
	{"one source and one operation of several", `{rules: [{from: [{source: {namespaces: [a]}}, {source: {namespaces: [b]}}], to: [{operation: {ports: ["1"]}}, {operation: {ports: ["2"]}}]}]}`, `
allow at namespace shop when (client namespace a or client namespace b) and (port 1 or port 2)
default deny at namespace shop
`},
	{"no rules", `{}`, `default deny at namespace shop`},
	{"an empty rule", `{rules: [{}]}`, `
allow at namespace shop
default deny at namespace shop
`},
	{"rules for a workload", `{selector: {matchLabels: {app: a}}, rules: [{}]}`, `
allow at namespace shop and label app a
default deny at namespace shop and label app a
`},
	{"DENY", `{action: DENY, rules: [{to: [{operation: {paths: [/a], ports: ["80"]}}]}]}`, `deny at namespace shop when (protocol http and port 80 and path /a) or (protocol tcp and port 80)`},
	{"DENY by path alone", `{action: DENY, rules: [{to: [{operation: {paths: [/a]}}]}]}`, `deny at namespace shop when (protocol http and path /a) or protocol tcp`},
	{"AUDIT", `{action: AUDIT, rules: [{}]}`, `deny (audit) at namespace shop`},
	{"CUSTOM", `{action: CUSTOM, provider: {name: p}, rules: [{to: [{operation: {paths: [/a]}}]}]}`, `ask p at namespace shop when (protocol http and path /a) or protocol tcp`},
	{"for a waypoint", `{targetRefs: [{kind: Service, group: "", name: a}], rules: [{}]}`, `opaque istio AuthorizationPolicy AuthorizationPolicy shop/x`},
}

// TestAuthorizationPolicy reads one policy of namespace shop.
func TestAuthorizationPolicy(t *testing.T) { each(t, "AuthorizationPolicy", policies) }

var tokens = []reading{
	{"a rule in full", `{selector: {matchLabels: {app: a}}, jwtRules: [{issuer: i, audiences: [a], jwksUri: "https://j", fromHeaders: [{name: x-a, prefix: "B "}], fromParams: [p], fromCookies: [c], outputPayloadToHeader: x-b, forwardOriginalToken: true, outputClaimToHeaders: [{header: x-c, claim: c}], timeout: 1s, spaceDelimitedClaims: [s]}]}`, `
tokens at namespace shop and label app a
  issuer i audiences [a] keys "https://j" headers [{x-a B }] params [p] cookies [c] forward true payload "x-b" claims x-c=c spaces [s] timeout "1s"
`},
	{"two issuers, one without keys", `{jwtRules: [{issuer: i, jwks: "{}"}, {issuer: j}]}`, `
tokens at namespace shop
  issuer i audiences [] keys "{}" headers [] params [] cookies [] forward - payload "" claims  spaces [] timeout ""
  issuer j audiences [] keys "" headers [] params [] cookies [] forward - payload "" claims  spaces [] timeout ""
`},
	{"the old name of the keys' address", `{jwtRules: [{issuer: i, jwks_uri: "https://j"}]}`, `
tokens at namespace shop
  issuer i audiences [] keys "https://j" headers [] params [] cookies [] forward - payload "" claims  spaces [] timeout ""
`},
	{"no rules", `{}`, ``},
}

// TestRequestAuthentication reads one policy of namespace shop.
func TestRequestAuthentication(t *testing.T) { each(t, "RequestAuthentication", tokens) }

// TestOfRoot reads policies of the root namespace, which are for the whole mesh.
func TestOfRoot(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"policy", object("AuthorizationPolicy", "x", `{}`, "namespace: istio-system"), `default deny`},
		{"policy with labels", object("AuthorizationPolicy", "x", `{selector: {matchLabels: {app: a}}}`, "namespace: istio-system"), `default deny at label app a`},
		{"tokens", object("RequestAuthentication", "x", `{jwtRules: [{issuer: i}]}`, "namespace: istio-system"), `
tokens
  issuer i audiences [] keys "" headers [] params [] cookies [] forward - payload "" claims  spaces [] timeout ""
`},
	} {
		if got := lifted(t, c.in); got != trim(c.want) {
			t.Errorf("root %s: lifted as\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// TestDryRun reads policies on trial, which enforce nothing and leave the default
// as it is.
func TestDryRun(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"on", object("AuthorizationPolicy", "x", `{rules: [{}]}`, `annotations: {istio.io/dry-run: "true"}`), `allow (dry-run) at namespace shop`},
		{"off", object("AuthorizationPolicy", "x", `{rules: [{}]}`, `annotations: {istio.io/dry-run: "0"}`), `
allow at namespace shop
default deny at namespace shop
`},
	} {
		if got := lifted(t, c.in); got != trim(c.want) {
			t.Errorf("trial %s: lifted as\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}
