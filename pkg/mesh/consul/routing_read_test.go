package consul

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
)

// Routers, splitters and resolvers are flattened to tables.
func TestRouting(t *testing.T) {
	subsets := "subsets:\n  v1: {filter: 'Service.Meta.version == v1'}\n  v2: {filter: 'Service.Meta.version == \"v2\"'}\n"
	split := "splits: [{weight: 90, serviceSubset: v1}, {weight: 10, serviceSubset: v2}]"
	for name, c := range map[string]struct{ text, want, found string }{
		"matches": {cr("ServiceRouter", "web", `
routes:
- match: {http: {pathExact: /a, caseInsensitive: true}}
  destination: {service: api}
- match: {http: {pathPrefix: /b, header: [{name: X-A, suffix: z, invert: true}, {name: x-b, present: true}]}}
  destination: {service: api, prefixRewrite: /c}
- match: {http: {pathRegex: "/d/[0-9]+", queryParam: [{name: q, exact: "1"}, {name: r, present: true}], methods: [get, PUT]}}
  destination: {service: api, numRetries: 3, retryOn: [5xx, unavailable], retryOnConnectFailure: true, retryOnStatusCodes: [429]}`), `
http to shop/web
  path /a ignoring case:
    forward 1 to shop/api
  path /b* and header x-a present and not header x-a *z and header x-b present:
    rewrite path prefix "/b" to "/c"
    forward 1 to shop/api
  path ~ /d/[0-9]+ and query q 1 and query r present and (method GET or method PUT):
    forward 1 to shop/api
    retry 3 on [429 5xx connect-failure grpc:unavailable]
  else pass through`, ""},
		"header steps": {cr("ServiceRouter", "web", `
routes:
- destination:
    requestHeaders: {add: {b: "2", a: "1"}, set: {c: "3"}, remove: [d]}
    responseHeaders: {set: {e: "4"}}`), `
http to shop/web
  always:
    remove request header d
    add request header a: 1
    add request header b: 2
    set request header c: 3
    set response header e: 4
    pass through
  else pass through`, ""},
		"timeouts": {cr("ServiceRouter", "web", `
routes:
- match: {http: {pathPrefix: /a}}
  destination: {requestTimeout: 3s, idleTimeout: 1m}
- match: {http: {pathPrefix: /b}}
  destination: {requestTimeout: -1s}
- match: {http: {pathPrefix: /c}}
  destination: {requestTimeout: 0s}`), `
http to shop/web
  path /a*:
    pass through
    timeout request 3s idle 1m0s
  path /b*:
    pass through
    timeout request 15s
  path /c*:
    pass through
  else pass through`, "approximated ServiceRouter shop/web lets requests take as long as they like, and the proxy of the service 15s"},
		"the server's own timeout ends requests": {cr("ServiceRouter", "web", "routes: [{destination: {requestTimeout: 9s}}]") + cr("ServiceDefaults", "web", "localRequestTimeoutMs: 2000"), `
http to shop/web
  always:
    pass through
    timeout request 2s
  else pass through`, ""},
		"the server's own timeout without routes": {cr("ServiceDefaults", "web", "localRequestTimeoutMs: 2000"), `
http to shop/web
  always:
    pass through
    timeout request 2s
  else pass through`, ""},
		"numRetries alone never tries again": {cr("ServiceRouter", "web", "routes: [{destination: {numRetries: 5}}]"), `
http to shop/web
  always:
    pass through
  else pass through`, "inert ServiceRouter shop/web: numRetries without a condition never tries again"},
		"conditions alone are one try": {cr("ServiceRouter", "web", "routes: [{destination: {retryOn: [reset]}}]"), `
http to shop/web
  always:
    pass through
    retry 1 on [reset]
  else pass through`, ""},
		"router before splitter before resolver": {cr("ServiceRouter", "web", "routes: [{match: {http: {pathPrefix: /api}}, destination: {service: api}}]") +
			cr("ServiceSplitter", "api", split) + cr("ServiceResolver", "api", subsets) + cr("ServiceSplitter", "web", "splits: [{weight: 100, service: api}]"), `
http to shop/api
  always:
    forward 90 to shop/api subset v1 (label version v1)
    forward 10 to shop/api subset v2 (label version v2)
  else pass through
http to shop/web
  path /api*:
    forward 90 to shop/api subset v1 (label version v1)
    forward 10 to shop/api subset v2 (label version v2)
  always:
    forward 90 to shop/api subset v1 (label version v1)
    forward 10 to shop/api subset v2 (label version v2)
  else pass through`, "unknown-reference"},
		"a leg with a subset skips the splitter": {cr("ServiceRouter", "web", "routes: [{destination: {service: api, serviceSubset: v2}}]") + cr("ServiceSplitter", "api", split) + cr("ServiceResolver", "api", subsets), `
http to shop/api
  always:
    forward 90 to shop/api subset v1 (label version v1)
    forward 10 to shop/api subset v2 (label version v2)
  else pass through
http to shop/web
  always:
    forward 1 to shop/api subset v2 (label version v2)
  else pass through`, ""},
		"nested splits are multiplied": {cr("ServiceSplitter", "web", "splits: [{weight: 50}, {weight: 50, service: api, requestHeaders: {set: {x: a}}}]") +
			cr("ServiceSplitter", "api", "splits: [{weight: 33.33}, {weight: 66.67, service: db}]"), `
http to shop/api
  always:
    forward 3333 to shop/api
    forward 6667 to shop/db
  else pass through
http to shop/web
  always:
    forward 5000 to shop/web
    forward 1667 to shop/api
      set request header x: a
    forward 3334 to shop/db
      set request header x: a
  else pass through`, ""},
		"redirect, default subset and failover": {cr("ServiceResolver", "web", "redirect: {service: api}") +
			cr("ServiceResolver", "api", subsets+"defaultSubset: v1\nfailover:\n  v1: {serviceSubset: v2}\n  '*': {targets: [{service: db}]}"), `
http to shop/api
  always:
    forward 1 to shop/api subset v1 (label version v1) or to shop/api subset v2 (label version v2)
  else pass through
http to shop/web
  always:
    forward 1 to shop/api subset v1 (label version v1) or to shop/api subset v2 (label version v2)
  else pass through`, ""},
		"failover of what has none of its own": {cr("ServiceResolver", "web", "failover: {'*': {service: api, datacenters: [dc1, dc2]}}"), `
http to shop/web
  always:
    forward 1 to shop/web or to shop/api or to api.service.dc2.dc.consul
  else pass through`, ""},
		"a resolver's timeout where the chain starts": {cr("ServiceResolver", "web", "requestTimeout: 4s"), `
http to shop/web
  always:
    pass through
    timeout request 4s
  else pass through`, ""},
		"a resolver's timeout behind a router": {cr("ServiceResolver", "web", "requestTimeout: 4s") + cr("ServiceRouter", "web", "routes: [{match: {http: {pathPrefix: /a}}}]"), `
http to shop/web
  path /a*:
    pass through
  else pass through`, "inert ServiceResolver shop/web: requestTimeout of a resolver has no effect"},
		"a resolver that only names subsets": {cr("ServiceResolver", "web", subsets), "", ""},
		"connections": {cr("ServiceDefaults", "web", "protocol: tcp") + cr("ServiceDefaults", "api", "protocol: tcp") + cr("ServiceResolver", "web", "redirect: {service: api}"), `
tcp to shop/web
  always:
    forward 1 to shop/api
  else pass through`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := readText(t, allHTTP+kubeService("api")+kubeService("db")+c.text, env("allow"))
			if p := a.problems(); p != "" {
				t.Errorf("problems: %s", p)
			}
			if got, want := lines(intent.Print(a.model), "http", "tcp"), strings.TrimPrefix(c.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if !strings.Contains(a.found(), c.found) || c.found == "" && strings.Contains(a.found(), "inert") {
				t.Errorf("found %s\nwant %s", a.found(), c.found)
			}
			if u := a.unread(); u != "" {
				t.Errorf("unread: %s", u)
			}
		})
	}
}

// What Consul's servers refuse has no effect, and is said.
func TestRefusedRouting(t *testing.T) {
	for name, c := range map[string]struct{ text, problem, found string }{
		"router on tcp":         {cr("ServiceDefaults", "web", "protocol: tcp") + cr("ServiceRouter", "web", "routes: []"), "", "does not permit advanced routing or splitting"},
		"protocols disagree":    {cr("ServiceDefaults", "api", "protocol: grpc") + cr("ServiceRouter", "web", "routes: [{destination: {service: api}}]"), "", "joins services of several protocols"},
		"no such subset":        {cr("ServiceResolver", "api", "connectTimeout: 1s") + cr("ServiceRouter", "web", "routes: [{destination: {service: api, serviceSubset: v9}}]"), "", "does not have a subset named v9"},
		"redirects in a circle": {cr("ServiceResolver", "api", "redirect: {service: web}") + cr("ServiceResolver", "web", "redirect: {service: api}"), "", "its redirects lead back to itself"},
		"splits in a circle":    {cr("ServiceSplitter", "api", "splits: [{weight: 100, service: web}]") + cr("ServiceSplitter", "web", "splits: [{weight: 100, service: api}]"), "", "its splits lead back to itself"},
		"weights":               {cr("ServiceSplitter", "web", "splits: [{weight: 33.333}, {weight: 33.333, service: b}, {weight: 33.333, service: c}]"), "do not sum to 100", ""},
		"negative weight":       {cr("ServiceSplitter", "web", "splits: [{weight: -10}, {weight: 110, service: b}]"), "is negative", ""},
		"a split twice":         {cr("ServiceSplitter", "web", "splits: [{weight: 50}, {weight: 50, service: web}]"), "goes where another split goes", ""},
		"two paths":             {cr("ServiceRouter", "web", "routes: [{match: {http: {pathExact: /a, pathPrefix: /b}}}]"), "more than one of", ""},
		"relative path":         {cr("ServiceRouter", "web", "routes: [{match: {http: {pathExact: a}}}]"), "does not begin with /", ""},
		"bad expression":        {cr("ServiceRouter", "web", "routes: [{match: {http: {pathRegex: '/a('}}}]"), "is no RE2 expression", ""},
		"two header conditions": {cr("ServiceRouter", "web", "routes: [{match: {http: {header: [{name: a, exact: b, prefix: c}]}}}]"), "exactly one of", ""},
		"bad method":            {cr("ServiceRouter", "web", "routes: [{match: {http: {methods: [FETCH]}}}]"), "is no method", ""},
		"method twice":          {cr("ServiceRouter", "web", "routes: [{match: {http: {methods: [GET, GET]}}}]"), "is there twice", ""},
		"rewrite of anything":   {cr("ServiceRouter", "web", "routes: [{destination: {prefixRewrite: /}}]"), "needs pathExact or pathPrefix", ""},
		"retry condition":       {cr("ServiceRouter", "web", "routes: [{destination: {retryOn: [often]}}]"), "is no condition", ""},
		"redirect and failover": {cr("ServiceResolver", "web", "redirect: {service: api}\nfailover: {'*': {service: b}}"), "cannot stand beside redirect", ""},
		"empty redirect":        {cr("ServiceResolver", "web", "redirect: {}"), "does not say where to", ""},
		"failover of nothing":   {cr("ServiceResolver", "web", "failover: {v1: {service: b}}"), "is about no subset", ""},
		"default subset":        {cr("ServiceResolver", "web", "defaultSubset: v1"), "is no subset of the resolver", ""},
		"negative timeout":      {cr("ServiceResolver", "web", "requestTimeout: -1s"), "is negative", ""},
		"hash without a policy": {cr("ServiceResolver", "web", "loadBalancer: {policy: random, hashPolicies: [{sourceIP: true}]}"), "need the policy", ""},
		"enterprise namespace":  {cr("ServiceResolver", "web", "redirect: {service: a, namespace: b}"), "is in Consul Enterprise only", ""},
		"second of a name":      {cr("ServiceRouter", "web", "routes: []") + strings.Replace(cr("ServiceRouter", "web", "routes: []"), "shop", "other", 1), "", "there is a second one of that name"},
		"another global":        {cr("ProxyDefaults", "mine", "config: {protocol: tcp}"), "", "its name must be global"},
		"protocol":              {cr("ServiceDefaults", "web", "protocol: udp"), "is none of tcp, http, http2 and grpc", ""},
		"rate limits":           {cr("ServiceDefaults", "web", "rateLimits: {instanceLevel: {requestsPerSecond: 5}}"), "is in Consul Enterprise only", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := readText(t, allHTTP+c.text, env("allow"))
			if !strings.Contains(a.problems(), c.problem) || c.problem == "" && a.problems() != "" {
				t.Errorf("problems: %s", a.problems())
			}
			if !strings.Contains(a.found(), c.found) {
				t.Errorf("found: %s", a.found())
			}
			if tables := lines(intent.Print(a.model), "http"); c.found != "" && strings.Contains(tables, "to shop/web\n") && name != "redirects in a circle" && name != "splits in a circle" && name != "second of a name" {
				t.Errorf("still in the model:\n%s", tables)
			}
		})
	}
}
