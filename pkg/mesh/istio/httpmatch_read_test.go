package istio_test

import "testing"

var httpMatches = []reading{
	{"uri exact", `{uri: {exact: /a}}`, `
http to shop/cart
  path /a:
    forward 1 to shop/a
  else respond 404
`},
	{"uri prefix of characters", `{uri: {prefix: /a}}`, `
http to shop/cart
  path /a*:
    forward 1 to shop/a
  else respond 404
`},
	{"uri prefix of everything", `{uri: {prefix: /}}`, `
http to shop/cart
  always:
    forward 1 to shop/a
  else respond 404
`},
	{"uri prefix that is empty", `{uri: {prefix: ""}}`, `
http to shop/cart
  always:
    forward 1 to shop/a
  else respond 404
`},
	{"uri regex", `{uri: {regex: "/a.*"}}`, `
http to shop/cart
  path ~ /a.*:
    forward 1 to shop/a
  else respond 404
`},
	{"uri that says nothing", `{uri: {}}`, `
http to shop/cart
  always:
    forward 1 to shop/a
  else respond 404
`},
	{"uri without case", `{uri: {prefix: /a}, ignoreUriCase: true}`, `
http to shop/cart
  path /a* ignoring case:
    forward 1 to shop/a
  else respond 404
`},
	{"regex with case, whatever ignoreUriCase says", `{uri: {regex: /a}, ignoreUriCase: true}`, `
http to shop/cart
  path ~ /a:
    forward 1 to shop/a
  else respond 404
`},
	{"scheme, method and authority", `{scheme: {exact: https}, method: {regex: "GET|PUT"}, authority: {prefix: cart}}`, `
http to shop/cart
  scheme https and method ~ GET|PUT and authority cart*:
    forward 1 to shop/a
  else respond 404
`},
	{"header values", `{headers: {X-A: {exact: "1"}, x-b: {prefix: b}, x-c: {regex: "c.*"}, x-d: {}}}`, `
http to shop/cart
  header x-a 1 and header x-b b* and header x-c ~ c.* and header x-d present:
    forward 1 to shop/a
  else respond 404
`},
	{"pseudo-headers", `{headers: {":method": {exact: GET}}, withoutHeaders: {":authority": {exact: a}}}`, `
http to shop/cart
  method GET and not authority a:
    forward 1 to shop/a
  else respond 404
`},
	{"headers that must not be", `{withoutHeaders: {x-a: {exact: "1"}, x-b: {}, x-c: {regex: "*"}}}`, `
http to shop/cart
  not header x-a 1 and not header x-b present and not header x-c present:
    forward 1 to shop/a
  else respond 404
`},
	{"headers whose value may be empty must be there", `{withoutHeaders: {x-a: {regex: ".*1?"}}}`, `
http to shop/cart
  header x-a present and not header x-a ~ .*1?:
    forward 1 to shop/a
  else respond 404
`},
	{"query parameters", `{queryParams: {q: {exact: ""}, r: {regex: "1+"}, s: {}}}`, `
http to shop/cart
  query q "" and query r ~ 1+ and query s present:
    forward 1 to shop/a
  else respond 404
`},
	{"service port", `{port: 8080}`, `
http to shop/cart port 8080
  always:
    forward 1 to shop/a
  else respond 404
`},
	{"no port", `{port: 0}`, `
http to shop/cart
  always:
    forward 1 to shop/a
  else respond 404
`},
	{"callers", `{sourceLabels: {app: web}, sourceNamespace: web}`, `
http to shop/cart from client label app web and client namespace web
  client label app web and client namespace web:
    forward 1 to shop/a
  else respond 404
`},
	{"callers that are not looked at", `{gateways: [mesh], sourceLabels: {app: web}, sourceNamespace: web}`, `
http to shop/cart
  always:
    forward 1 to shop/a
  else respond 404
`},
	{"names", `{name: n, statPrefix: s}`, `
http to shop/cart
  always:
    forward 1 to shop/a
  else respond 404
`},
}

// TestHTTPMatch reads one match of an HTTP route.
func TestHTTPMatch(t *testing.T) {
	for _, c := range httpMatches {
		c.spec = route("match: [" + c.spec + "]")
		each(t, "VirtualService", []reading{c})
	}
}
