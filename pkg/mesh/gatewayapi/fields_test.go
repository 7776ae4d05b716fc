package gatewayapi

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
)

// onService wraps rules into a route on Service shop/cart.
func onService(kind, rules string) string {
	return `
apiVersion: gateway.networking.k8s.io/v1
kind: ` + kind + `
metadata: {name: cart, namespace: shop}
spec:
  parentRefs: [{group: "", kind: Service, name: cart, port: 80}]
  rules:
` + rules
}

// The rules of a route as they are read, one field each.
func TestFields(t *testing.T) {
	tests := []struct{ name, kind, rules, want string }{
		{"no matches", "HTTPRoute", `  - backendRefs: [{name: cart, port: 80}]`, `
always:
  forward 1 to shop/cart:80`},
		{"path types", "HTTPRoute", `  - matches:
    - path: {type: Exact, value: /a}
    - path: {type: RegularExpression, value: "/b+"}
    - path: {value: /c}
    backendRefs: [{name: cart, port: 80}]`, `
path /a or path ~ /b+ or path /c/...:
  forward 1 to shop/cart:80`},
		{"header, query, method", "HTTPRoute", `  - matches:
    - headers: [{name: X-A, value: b}, {name: c, type: RegularExpression, value: "d.*"}]
      queryParams: [{name: Q, value: r}]
      method: GET
    backendRefs: [{name: cart, port: 80}]`, `
method GET and header x-a b and header c ~ d.* and query Q r:
  forward 1 to shop/cart:80`},
		{"weights, namespaces", "HTTPRoute", `  - backendRefs: [{name: a, port: 80, weight: 0}, {name: b, namespace: other, port: 8080}]`, `
always:
  forward 0 to shop/a:80
  forward 1 to other/b:8080`},
		{"no backends", "HTTPRoute", `  - matches: [{path: {value: /a}}]`, `
path /a/...:
  forward to nowhere`},
		{"redirect", "HTTPRoute", `  - matches: [{path: {value: /a}}]
    filters:
    - type: RequestRedirect
      requestRedirect: {scheme: https, hostname: b.example.com, port: 8443, statusCode: 301, path: {type: ReplacePrefixMatch, replacePrefixMatch: /c}}`, `
path /a/...:
  redirect 301 scheme https host b.example.com port 8443 path segments "/a" to "/c"`},
		{"redirect by default", "HTTPRoute", `  - filters: [{type: RequestRedirect, requestRedirect: {}}]`, `
always:
  redirect 302`},
		{"rewrite", "HTTPRoute", `  - filters:
    - type: URLRewrite
      urlRewrite: {hostname: b.example.com, path: {type: ReplaceFullPath, replaceFullPath: /x}}
    backendRefs: [{name: cart, port: 80}]`, `
always:
  rewrite path all "" to "/x" host to b.example.com
  forward 1 to shop/cart:80`},
		{"headers", "HTTPRoute", `  - filters:
    - type: RequestHeaderModifier
      requestHeaderModifier: {set: [{name: A, value: b}], add: [{name: c, value: d}], remove: [E]}
    - type: ResponseHeaderModifier
      responseHeaderModifier: {set: [{name: f, value: g}]}
    backendRefs: [{name: cart, port: 80, filters: [{type: RequestHeaderModifier, requestHeaderModifier: {remove: [h]}}]}]`, `
always:
  set request header a: b
  add request header c: d
  remove request header e
  set response header f: g
  forward 1 to shop/cart:80
    remove request header h`},
		{"mirrors", "HTTPRoute", `  - filters:
    - {type: RequestMirror, requestMirror: {backendRef: {name: a, port: 80}}}
    - {type: RequestMirror, requestMirror: {backendRef: {name: b, port: 80}, percent: 0}}
    - {type: RequestMirror, requestMirror: {backendRef: {name: c, port: 80}, fraction: {numerator: 1, denominator: 8}}}
    backendRefs: [{name: cart, port: 80}]`, `
always:
  mirror 100% to shop/a:80
  mirror 0% to shop/b:80
  mirror 12.5% to shop/c:80
  forward 1 to shop/cart:80`},
		{"cors", "HTTPRoute", `  - filters:
    - type: CORS
      cors: {allowOrigins: ["https://a.example.com", "https://*.b.com"], allowMethods: [GET], allowHeaders: [X], exposeHeaders: [Y], allowCredentials: true, maxAge: 10}
    backendRefs: [{name: cart, port: 80}]`, `
always:
  cors origins [header origin https://a.example.com header origin ~ https://.*\.b\.com] methods [GET] headers [X] expose [Y] max-age 10s credentials true forward-preflight -
  forward 1 to shop/cart:80`},
		{"timeouts", "HTTPRoute", `  - timeouts: {request: 1m30s, backendRequest: 0s}
    backendRefs: [{name: cart, port: 80}]`, `
always:
  forward 1 to shop/cart:80
  timeout request 1m30s backend 0s`},
		{"retry", "HTTPRoute", `  - retry: {codes: [503, 500], attempts: 3, backoff: 100ms}
    timeouts: {request: 10s, backendRequest: 2s}
    backendRefs: [{name: cart, port: 80}]`, `
always:
  forward 1 to shop/cart:80
  timeout request 10s
  retry 3 on [500 503 connect-failure refused-stream reset] per-try 2s backoff 100ms`},
		{"grpc", "GRPCRoute", `  - matches:
    - method: {service: a.B, method: C}
      headers: [{name: x, value: "1"}]
    - method: {service: a.B}
    - method: {method: C}
    - method: {type: RegularExpression, service: "a|b", method: "C.*"}
    backendRefs: [{name: cart, port: 80}]`, `
(path /a.B/C and header x 1) or path /a.B/* or path ~ /[^/]+/C or path ~ "/(?:a|b)/(?:C.*)":
  forward 1 to shop/cart:80`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, diags := read(input(t, "1.6", onService(tt.kind, tt.rules)))
			if len(diags) > 0 {
				t.Errorf("findings %v", diags)
			}
			if len(m.Routing) != 1 {
				t.Fatalf("%d tables", len(m.Routing))
			}
			if got, want := rulesText(m.Routing[0]), strings.TrimSpace(tt.want); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// rulesText prints the rules of a table, without its head and its Else.
func rulesText(t *intent.Routing) string {
	c := *t
	lines := strings.Split(intent.Print(&intent.Model{Routing: []*intent.Routing{&c}}), "\n")
	var out []string
	for _, l := range lines[1:] {
		if !strings.HasPrefix(l, "  else") && strings.HasPrefix(l, "  ") {
			out = append(out, l[2:])
		}
	}
	return strings.Join(out, "\n")
}

func TestNoRules(t *testing.T) {
	text := strings.Replace(onService("HTTPRoute", ""), "  rules:\n", "", 1)
	m, diags := read(input(t, "1.6", text))
	if len(diags) > 0 || len(m.Routing) != 1 || rulesText(m.Routing[0]) != "always:\n  forward to nowhere" {
		t.Errorf("%v\n%s", diags, intent.Print(m))
	}
}
