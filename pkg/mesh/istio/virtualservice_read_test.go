package istio_test

import "testing"

// route is a VirtualService with one HTTP route of these fields.
func route(fields string) string {
	return `{hosts: [cart], http: [{route: [{destination: {host: a}}], ` + fields + `}]}`
}

var httpFields = []reading{
	{"name", `name: first`, `
http to shop/cart
  always:
    forward 1 to shop/a
  else respond 404
`},
	{"matches of which one must hold", `match: [{uri: {exact: /a}}, {uri: {exact: /b}}]`, `
http to shop/cart
  path /a or path /b:
    forward 1 to shop/a
  else respond 404
`},
	{"timeout", `timeout: 1.5s`, `
http to shop/cart
  always:
    forward 1 to shop/a
    timeout request 1.5s
  else respond 404
`},
	{"no retries", `retries: {}`, `
http to shop/cart
  always:
    forward 1 to shop/a
    retry 0 on []
  else respond 404
`},
	{"retries on what is usual", `retries: {attempts: 3}`, `
http to shop/cart
  always:
    forward 1 to shop/a
    retry 3 on [connect-failure grpc:cancelled grpc:unavailable refused-stream]
  else respond 404
`},
	{"retries in full", `retries: {attempts: 3, perTryTimeout: 2s, retryOn: "503,5xx", backoff: 10ms, retryRemoteLocalities: true, retryIgnorePreviousHosts: false}`, `
http to shop/cart
  always:
    forward 1 to shop/a
    retry 3 on [503 5xx] per-try 2s backoff 10ms other hosts false localities true
  else respond 404
`},
	{"prefix rewrite", `match: [{uri: {prefix: /a/}}], rewrite: {uri: /, authority: b}`, `
http to shop/cart
  path /a/*:
    rewrite path prefix "/a/" to "/" host to b
    forward 1 to shop/a
  else respond 404
`},
	{"full rewrite", `match: [{uri: {exact: /a}}], rewrite: {uri: /b}`, `
http to shop/cart
  path /a:
    rewrite path all "" to "/b"
    forward 1 to shop/a
  else respond 404
`},
	{"regex rewrite", `rewrite: {uriRegexRewrite: {match: "/a(.*)", rewrite: '/b\1'}}`, `
http to shop/cart
  always:
    rewrite path regex "/a(.*)" to "/b\\1"
    forward 1 to shop/a
  else respond 404
`},
	{"headers", `headers: {request: {set: {x-a: "1"}, add: {x-b: "2"}, remove: [x-c]}, response: {set: {x-d: "3"}}}`, `
http to shop/cart
  always:
    remove request header x-c
    set request header x-a: 1
    add request header x-b: 2
    set response header x-d: 3
    forward 1 to shop/a
  else respond 404
`},
	{"authority by header", `headers: {request: {set: {Host: b}}}`, `
http to shop/cart
  always:
    rewrite host to b
    forward 1 to shop/a
  else respond 404
`},
	{"faults", `fault: {delay: {fixedDelay: 2s, percentage: {value: 10}}, abort: {grpcStatus: NOT_FOUND, percentage: {value: 0.5}}}`, `
http to shop/cart
  always:
    delay 10% by 2s
    abort 0.5% with NOT_FOUND
    forward 1 to shop/a
  else respond 404
`},
	{"faults that never happen", `fault: {delay: {fixedDelay: 2s}, abort: {httpStatus: 500}}`, `
http to shop/cart
  always:
    delay 0% by 2s
    abort 0% with 500
    forward 1 to shop/a
  else respond 404
`},
	{"mirror of everything", `mirror: {host: b, port: {number: 81}}`, `
http to shop/cart
  always:
    mirror 100% to shop/b:81
    forward 1 to shop/a
  else respond 404
`},
	{"mirror of nothing", `mirror: {host: b}, mirrorPercentage: {value: 0}`, `
http to shop/cart
  always:
    mirror 0% to shop/b
    forward 1 to shop/a
  else respond 404
`},
	{"mirror with the old percentage", `mirror: {host: b}, mirrorPercent: 7`, `
http to shop/cart
  always:
    mirror 7% to shop/b
    forward 1 to shop/a
  else respond 404
`},
	{"mirrors", `mirrors: [{destination: {host: b}, percentage: {value: 1}}, {destination: {host: c.web.svc.cluster.local}}]`, `
http to shop/cart
  always:
    mirror 1% to shop/b
    mirror 100% to web/c
    forward 1 to shop/a
  else respond 404
`},
	{"CORS", `corsPolicy: {allowOrigins: [{exact: a}, {regex: "b.*"}], allowMethods: [GET], allowHeaders: [x-a], exposeHeaders: [x-b], maxAge: 1m, allowCredentials: true, unmatchedPreflights: IGNORE}`, `
http to shop/cart
  always:
    cors origins [header origin a header origin ~ b.*] methods [GET] headers [x-a] expose [x-b] max-age 1m0s credentials true forward-preflight false
    forward 1 to shop/a
  else respond 404
`},
	{"CORS in old words", `corsPolicy: {allowOrigin: [a, "*"]}`, `
http to shop/cart
  always:
    cors origins [header origin a header origin *] methods [] headers [] expose [] max-age - credentials - forward-preflight -
    forward 1 to shop/a
  else respond 404
`},
}

// TestHTTPRoute reads the other fields of an HTTP route.
func TestHTTPRoute(t *testing.T) {
	for _, c := range httpFields {
		c.spec = route(c.spec)
		each(t, "VirtualService", []reading{c})
	}
}

var destinations = []reading{
	{"one gets everything", `{hosts: [cart], http: [{route: [{destination: {host: a, port: {number: 81}}, weight: 0}]}]}`, `
http to shop/cart
  always:
    forward 1 to shop/a:81
  else respond 404
`},
	{"weights with 0 and without", `{hosts: [cart], http: [{route: [{destination: {host: a}, weight: 1}, {destination: {host: b}, weight: 0}, {destination: {host: c}}]}]}`, `
http to shop/cart
  always:
    forward 1 to shop/a
    forward 0 to shop/b
    forward 0 to shop/c
  else respond 404
`},
	{"headers of one destination", `{hosts: [cart], http: [{route: [{destination: {host: a}, weight: 1, headers: {response: {remove: [x-a]}}}, {destination: {host: b}, weight: 2}]}]}`, `
http to shop/cart
  always:
    forward 1 to shop/a
      remove response header x-a
    forward 2 to shop/b
  else respond 404
`},
	{"a name with a dot is a full one", `{hosts: [cart.shop], http: [{route: [{destination: {host: a.web}}]}]}`, `
http to cart.shop
  always:
    forward 1 to a.web
  else respond 404
`},
	{"names of other namespaces and of none", `{hosts: [cart.web.svc.cluster.local, api.example.com, "*.example.org"], http: [{route: [{destination: {host: A}}]}]}`, `
http to web/cart
  always:
    forward 1 to shop/a
  else respond 404
http to api.example.com
  always:
    forward 1 to shop/a
  else respond 404
http to *.example.org
  always:
    forward 1 to shop/a
  else respond 404
`},
	{"redirect", `{hosts: [cart], http: [{match: [{uri: {prefix: /a}}], redirect: {uri: /b, authority: c, scheme: https, port: 8443, redirectCode: 308}}]}`, `
http to shop/cart
  path /a*:
    redirect 308 scheme https host c port 8443 path all "" to "/b"
  else respond 404
`},
	{"redirect of a prefix, moved permanently", `{hosts: [cart], http: [{match: [{uri: {prefix: /a}}], redirect: {prefixRewrite: /b}}]}`, `
http to shop/cart
  path /a*:
    redirect 301  path prefix "/a" to "/b"
  else respond 404
`},
	{"direct response", `{hosts: [cart], http: [{directResponse: {status: 503, body: {string: gone}}}]}`, `
http to shop/cart
  always:
    respond 503 "gone"
  else respond 404
`},
	{"direct response of bytes", `{hosts: [cart], http: [{directResponse: {status: 200, body: {bytes: b2s=}}}]}`, `
http to shop/cart
  always:
    respond 200 "ok"
  else respond 404
`},
	{"rules behind one that takes everything", `{hosts: [cart], http: [{route: [{destination: {host: a}}]}, {match: [{uri: {exact: /b}}], route: [{destination: {host: b}}]}]}`, `
http to shop/cart
  always:
    forward 1 to shop/a
  else respond 404
`},
	{"rules for one port, behind one for all of it", `{hosts: [cart], http: [{match: [{port: 80}], route: [{destination: {host: a}}]}, {match: [{uri: {exact: /b}}], route: [{destination: {host: b}}]}]}`, `
http to shop/cart
  service port 80:
    forward 1 to shop/a
  path /b:
    forward 1 to shop/b
  else respond 404
`},
	{"clients of one namespace", `{hosts: [cart], exportTo: ["."], http: [{route: [{destination: {host: a}}]}]}`, `
http to shop/cart from client namespace shop
  always:
    forward 1 to shop/a
  else respond 404
`},
	{"clients of some namespaces", `{hosts: [cart], exportTo: [web, "."], http: [{route: [{destination: {host: a}}]}]}`, `
http to shop/cart from client namespace web or client namespace shop
  always:
    forward 1 to shop/a
  else respond 404
`},
	{"gateways and the mesh", `{hosts: [cart.example.com], gateways: [mesh, web, in/web], http: [{match: [{gateways: [web]}], route: [{destination: {host: a}}]}, {match: [{gateways: [mesh]}], route: [{destination: {host: b}}]}]}`, `
http to cart.example.com
  always:
    forward 1 to shop/b
  else respond 404
http to cart.example.com through shop/web
  always:
    forward 1 to shop/a
  else respond 404
http to cart.example.com through in/web
  else respond 404
`},
	{"matches for the mesh and a gateway in one rule", `{hosts: [cart.example.com], gateways: [mesh, web], http: [{match: [{uri: {exact: /a}, gateways: [web]}, {uri: {exact: /b}}], route: [{destination: {host: a}}]}]}`, `
http to cart.example.com
  path /b:
    forward 1 to shop/a
  else respond 404
http to cart.example.com through shop/web
  path /a or path /b:
    forward 1 to shop/a
  else respond 404
`},
	{"every host of a gateway", `{hosts: ["*"], gateways: [web], http: [{route: [{destination: {host: a}}]}]}`, `
http to * through shop/web
  always:
    forward 1 to shop/a
  else respond 404
`},
	{"no rule for the mesh", `{hosts: [cart], http: [{match: [{gateways: [web]}], route: [{destination: {host: a}}]}]}`, ``},
}

// TestVirtualService reads hosts, gateways, destinations and answers.
func TestVirtualService(t *testing.T) { each(t, "VirtualService", destinations) }
