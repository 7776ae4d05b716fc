package gatewayapi

import (
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/match"
)

// What the API server rejects does not exist: it makes no table, and its values
// are marked as inert.
func TestRejected(t *testing.T) {
	const to = "\n    backendRefs: [{name: cart, port: 80}]"
	tests := []struct{ name, kind, rules string }{
		{"a relative path", "HTTPRoute", `  - matches: [{path: {value: a}}]` + to},
		{"two slashes", "HTTPRoute", `  - matches: [{path: {value: /a//b}}]` + to},
		{"a dot segment", "HTTPRoute", `  - matches: [{path: {type: Exact, value: /a/./b}}]` + to},
		{"dots at the end", "HTTPRoute", `  - matches: [{path: {type: Exact, value: /a/..}}]` + to},
		{"an encoded slash", "HTTPRoute", `  - matches: [{path: {type: Exact, value: /a%2Fb}}]` + to},
		{"a fragment", "HTTPRoute", `  - matches: [{path: {type: Exact, value: "/a#b"}}]` + to},
		{"a path type that is none", "HTTPRoute", `  - matches: [{path: {type: Prefix, value: /a}}]` + to},
		{"a method that is none", "HTTPRoute", `  - matches: [{method: get}]` + to},
		{"a header without value", "HTTPRoute", `  - matches: [{headers: [{name: a}]}]` + to},
		{"a header name that is none", "HTTPRoute", `  - matches: [{headers: [{name: ":path", value: a}]}]` + to},
		{"no port", "HTTPRoute", `  - backendRefs: [{name: cart}]`},
		{"a weight that is a string", "HTTPRoute", `  - backendRefs: [{name: cart, port: 80, weight: "ten"}]`},
		{"a negative weight", "HTTPRoute", `  - backendRefs: [{name: cart, port: 80, weight: -1}]`},
		{"a duration of days", "HTTPRoute", `  - timeouts: {request: 1d}` + to},
		{"a fraction of seconds", "HTTPRoute", `  - timeouts: {request: 1.5s}` + to},
		{"an attempt longer than the request", "HTTPRoute", `  - timeouts: {request: 1s, backendRequest: 2s}` + to},
		{"a redirect with backends", "HTTPRoute", `  - filters: [{type: RequestRedirect, requestRedirect: {}}]` + to},
		{"a redirect with a rewrite", "HTTPRoute", `  - filters: [{type: RequestRedirect, requestRedirect: {}}, {type: URLRewrite, urlRewrite: {hostname: a.b}}]`},
		{"a filter twice", "HTTPRoute", `  - filters: [{type: URLRewrite, urlRewrite: {hostname: a.b}}, {type: URLRewrite, urlRewrite: {hostname: a.c}}]` + to},
		{"a filter without settings", "HTTPRoute", `  - filters: [{type: URLRewrite}]` + to},
		{"a filter that is none", "HTTPRoute", `  - filters: [{type: Lua}]` + to},
		{"a filter of HTTP", "GRPCRoute", `  - filters: [{type: URLRewrite, urlRewrite: {hostname: a.b}}]` + to},
		{"a prefix replaced where two match", "HTTPRoute", `  - matches: [{path: {value: /a}}, {path: {value: /b}}]
    filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /c}}}]` + to},
		{"a prefix replaced of an exact path", "HTTPRoute", `  - matches: [{path: {type: Exact, value: /a}}]
    filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /c}}}]` + to},
		{"both percent and fraction", "HTTPRoute", `  - filters: [{type: RequestMirror, requestMirror: {backendRef: {name: a, port: 1}, percent: 1, fraction: {numerator: 1}}}]` + to},
		{"more than one", "HTTPRoute", `  - filters: [{type: RequestMirror, requestMirror: {backendRef: {name: a, port: 1}, fraction: {numerator: 3, denominator: 2}}}]` + to},
		{"a status that is no redirect", "HTTPRoute", `  - filters: [{type: RequestRedirect, requestRedirect: {statusCode: 304}}]`},
		{"a code that is no error", "HTTPRoute", `  - retry: {codes: [200]}` + to},
		{"no attempts", "HTTPRoute", `  - retry: {attempts: 0}` + to},
		{"an origin that is none", "HTTPRoute", `  - filters: [{type: CORS, cors: {allowOrigins: [a.example.com]}}]` + to},
		{"a gRPC match of nothing", "GRPCRoute", `  - matches: [{method: {}}]` + to},
		{"a gRPC service that is none", "GRPCRoute", `  - matches: [{method: {service: a/b}}]` + to},
		{"two rules of a name", "HTTPRoute", `  - name: a` + to + "\n  - name: a" + to},
		{"17 rules", "HTTPRoute", strings.Repeat("  - backendRefs: [{name: cart, port: 80}]\n", 17)},
		{"65 matches of one rule", "HTTPRoute", "  - matches: [" + strings.Repeat("{method: GET},", 65) + "]" + to},
		{"129 matches", "HTTPRoute", strings.Repeat("  - matches: ["+strings.Repeat("{method: GET},", 43)+"]\n", 3)},
		{"17 backends", "HTTPRoute", "  - backendRefs: [" + strings.Repeat("{name: cart, port: 80},", 17) + "]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := input(t, "1.6", onService(tt.kind, tt.rules))
			m, diags := read(in)
			if len(m.Routing) > 0 || !slices.Contains(codes(diags), diag.InvalidObject) {
				t.Errorf("%d tables, findings %v", len(m.Routing), diags)
			}
			if len(in.Objects[0].Root.Problems()) == 0 {
				t.Error("no value is to blame")
			}
		})
	}
}

// A regular expression that does not compile makes the route inert.
func TestInvalidRegex(t *testing.T) {
	for _, rules := range []string{
		`  - matches: [{path: {type: RegularExpression, value: "a("}}]`,
		`  - matches: [{headers: [{name: a, type: RegularExpression, value: "(?=b)"}]}]`,
	} {
		m, diags := read(input(t, "1.6", onService("HTTPRoute", rules)))
		if len(m.Routing) > 0 || !slices.Contains(codes(diags), diag.InvalidRegex) {
			t.Errorf("%d tables, findings %v", len(m.Routing), diags)
		}
	}
}

// Of several conditions on one header, however it is spelled, the first counts.
func TestFirstHeaderCounts(t *testing.T) {
	m, diags := read(input(t, "1.6", onService("HTTPRoute", `  - matches: [{headers: [{name: X-A, value: "1"}, {name: x-a, value: "2"}]}]
    backendRefs: [{name: cart, port: 80}]`)))
	if got := rulesText(m.Routing[0]); got != "header x-a 1:\n  forward 1 to shop/cart:80" {
		t.Error(got)
	}
	if !slices.Equal(codes(diags), []diag.Code{diag.Inert}) {
		t.Error(diags)
	}
}

// Filters that the model does not say fail closed, and the object is kept.
func TestFailsClosed(t *testing.T) {
	for _, filter := range []string{
		`{type: ExtensionRef, extensionRef: {group: example.com, kind: Auth, name: a}}`,
		`{type: ExternalAuth, externalAuth: {protocol: HTTP, http: {}, backendRef: {name: auth, port: 80}}}`,
	} {
		m, diags := read(input(t, "1.6", onService("HTTPRoute", "  - filters: ["+filter+"]\n    backendRefs: [{name: cart, port: 80}]")))
		if got := rulesText(m.Routing[0]); got != "always:\n  respond 500" {
			t.Error(got)
		}
		if len(m.Opaque) != 1 || !m.Opaque[0].Security || len(m.Opaque[0].Hosts) != 1 || !slices.Contains(codes(diags), diag.NotTranslated) {
			t.Errorf("%v %v", m.Opaque, diags)
		}
	}
}

// Filters by which others decide guard the pods behind the rule, or all of the
// namespace where the input does not show which these are, and nobody where the rule
// reaches none.
func TestGuarded(t *testing.T) {
	const filter = "{type: ExtensionRef, extensionRef: {group: example.com, kind: Auth, name: a}}"
	service := "---\napiVersion: v1\nkind: Service\nmetadata: {name: cart, namespace: shop}\nspec: {selector: {app: cart}, ports: [{port: 80}]}\n"
	for backends, want := range map[string]string{
		"[{name: cart, port: 80}]":                                                    "namespace shop and label app cart",
		"[{name: far, namespace: away, port: 80}]":                                    "namespace away",
		"[{name: cart, port: 80, weight: 0}]":                                         "",
		"[{name: cart, port: 80, kind: ServiceImport, group: multicluster.x-k8s.io}]": "namespace shop",
		"[{name: a, port: 80, kind: Bag, group: x.org}]":                              "",
	} {
		m, _ := read(input(t, "1.6", onService("HTTPRoute", "  - filters: ["+filter+"]\n    backendRefs: "+backends)+"\n"+service))
		op := m.Opaque[len(m.Opaque)-1]
		if got := match.String(op.Scope.Subject); op.Security != (want != "") || op.Security && got != want {
			t.Errorf("%s: %v of %s, want %s", backends, op.Security, got, want)
		}
	}
}

// Cilium passes over filters that it does not know, which lets requests through, and
// over all of a backend but those of headers.
func TestCiliumPassesOver(t *testing.T) {
	for rule, want := range map[string]string{
		`  - filters: [{type: ExtensionRef, extensionRef: {group: example.com, kind: Auth, name: a}}]
    backendRefs: [{name: cart, port: 80}]`: "always:\n  forward 1 to shop/cart:80",
		`  - backendRefs: [{name: cart, port: 80, filters: [{type: URLRewrite, urlRewrite: {hostname: a.org}}]}]`: "always:\n  forward 1 to shop/cart:80",
		`  - filters: [{type: ExternalAuth, externalAuth: {protocol: HTTP, http: {}, backendRef: {name: auth, port: 80}}}]
    backendRefs: [{name: cart, port: 80}]`: "always:\n  respond 500",
	} {
		m, diags := read(input(t, versionCilium, onService("HTTPRoute", rule)))
		if got := rulesText(m.Routing[0]); got != want || len(diags) != 1 {
			t.Errorf("%s\nwant %s %v", got, want, diags)
		}
	}
}

// What the API server rejects of parts that are kept puts the route out of force.
func TestRejectsKept(t *testing.T) {
	for _, rule := range []string{
		`sessionPersistence: {type: Other}`,
		`sessionPersistence: {type: Header, cookieConfig: {lifetimeType: Session}}`,
		`sessionPersistence: {cookieConfig: {lifetimeType: Permanent}}`,
		`filters: [{type: ExternalAuth, externalAuth: {protocol: GRPC, backendRef: {name: auth, port: 80}}}]`,
		`filters: [{type: ExternalAuth, externalAuth: {protocol: HTTP, http: {}, backendRef: {name: auth}}}]`,
		`filters: [{type: ExternalAuth, externalAuth: {protocol: HTTP, http: {path: "/ a"}, backendRef: {name: auth, port: 80}}}]`,
		`filters: [{type: ExtensionRef, extensionRef: {kind: Auth, name: a}}]`,
	} {
		m, diags := read(input(t, "1.6", onService("HTTPRoute", "  - "+rule+"\n    backendRefs: [{name: cart, port: 80}]")))
		if len(m.Routing) > 0 || !slices.Contains(codes(diags), diag.InvalidObject) {
			t.Errorf("%s: %d tables, findings %v", rule, len(m.Routing), diags)
		}
	}
}

// The schema lets references have names that no Service can have: such a backend fails,
// and such a parent has no routes.
func TestNoServiceIsCalledSo(t *testing.T) {
	m, diags := read(input(t, "1.6", onService("HTTPRoute", `  - backendRefs: [{name: 10.0.0.0/8, port: 80}]`)))
	if got := rulesText(m.Routing[0]); got != "always:\n  forward 1 to shop/10.0.0.0/8:80 which does not exist" || !slices.Equal(codes(diags), []diag.Code{diag.UnknownService}) {
		t.Errorf("%s %v", got, diags)
	}
	m, _ = read(input(t, "1.6", strings.Replace(onService("HTTPRoute", `  - backendRefs: [{name: cart, port: 80}]`), "kind: Service, name: cart", "kind: Service, name: a/b", 1)))
	if len(m.Routing) > 0 {
		t.Error("a route attaches to a Service that there cannot be")
	}
}
