package envoy

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"golang.org/x/tools/txtar"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
)

// generator makes random configurations of Envoy as a person could write them.
type generator struct{ *rand.Rand }

type node = map[string]any

func (g generator) one(of ...string) string { return of[g.IntN(len(of))] }

// often is true so many times out of ten.
func (g generator) often(times int) bool { return g.IntN(10) < times }

// config is a CiliumEnvoyConfig of one Service with two others behind it.
func (g generator) config(n int) input {
	var hosts []any
	for i := range 1 + g.IntN(3) {
		hosts = append(hosts, g.host(i))
	}
	routes := node{"@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", "name": "routes", "virtualHosts": distinct(hosts)}
	if g.often(2) {
		g.heads(routes)
	}
	manager := node{
		"@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", "statPrefix": "a",
		"rds": node{"routeConfigName": "routes"}, "useRemoteAddress": true,
		"httpFilters": g.filters(),
	}
	listener := node{"@type": "type.googleapis.com/envoy.config.listener.v3.Listener", "name": "listener", "filterChains": []any{
		node{"filters": []any{node{"name": "envoy.filters.network.http_connection_manager", "typedConfig": manager}}},
	}}
	resources := []any{listener, routes}
	var backends []any
	for _, s := range services {
		resources = append(resources, node{
			"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "shop:" + s, "type": "EDS", "connectTimeout": "5s",
			"edsClusterConfig": node{"serviceName": "shop/" + s + ":80"},
		})
		backends = append(backends, node{"name": s, "namespace": "shop", "number": []any{"80"}})
	}
	object := node{
		"apiVersion": "cilium.io/v2", "kind": "CiliumEnvoyConfig", "metadata": node{"name": "a", "namespace": "shop"},
		"spec": node{"services": []any{node{"name": "a", "namespace": "shop", "ports": []any{8080}}}, "backendServices": backends, "resources": resources},
	}
	text, err := json.Marshal(object)
	if err != nil {
		panic(err)
	}
	env := intent.Defaults()
	return input{name: fmt.Sprint("random ", n), from: cilium.Mesh, env: &env, files: []txtar.File{{Name: "random.yaml", Data: text}}}
}

var services = []string{"a", "b", "c"}

func filter(name, url string) node {
	return node{"name": name, "typedConfig": node{"@type": "type.googleapis.com/" + url}}
}

// filters are those of a listener: the router, and in front of it others for faults and
// for CORS, or not.
func (g generator) filters() []any {
	var out []any
	if g.often(8) {
		f := filter("envoy.filters.http.fault", "envoy.extensions.filters.http.fault.v3.HTTPFault")
		if g.often(2) {
			f["name"] = "faults"
		}
		if g.often(2) {
			f["typedConfig"] = g.fault()
		}
		out = append(out, f)
	}
	if g.often(5) {
		out = append(out, filter("envoy.filters.http.cors", "envoy.extensions.filters.http.cors.v3.Cors"))
	}
	return append(out, filter("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router"))
}

// perFilter are what filters do for a route or a virtual host.
func (g generator) perFilter() node {
	out := node{}
	if g.often(6) {
		out[g.one("envoy.filters.http.fault", "envoy.filters.http.fault", "faults")] = g.fault()
	}
	if g.often(4) {
		out["envoy.filters.http.cors"] = node{
			"@type": "type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy", "allowOriginStringMatch": []any{node{"exact": "https://a.example"}}, "allowMethods": "GET,PUT",
		}
	}
	return out
}

// distinct leaves out domains that are there already, which Envoy refuses.
func distinct(hosts []any) []any {
	seen := map[any]bool{}
	var out []any
	for _, h := range hosts {
		var domains []any
		for _, d := range h.(node)["domains"].([]any) {
			if !seen[d] {
				seen[d] = true
				domains = append(domains, d)
			}
		}
		if h.(node)["domains"] = domains; len(domains) > 0 {
			out = append(out, h)
		}
	}
	return out
}

func (g generator) host(i int) node {
	h := node{"name": fmt.Sprint("host", i), "domains": []any{"*"}}
	if i > 0 {
		var domains []any
		for range 1 + g.IntN(2) {
			domains = append(domains, g.one("a.shop", "a.shop:8080", "a.shop:*", "b.example.com", "*.example.com", "*-x.example.com", "*.com", "a.*", "a.example.*"))
		}
		h["domains"] = domains
	}
	var routes []any
	for range 1 + g.IntN(4) {
		routes = append(routes, g.route())
	}
	h["routes"] = routes
	if g.often(2) {
		g.heads(h)
	}
	if g.often(2) {
		h["retryPolicy"] = g.retry()
	}
	if g.often(1) {
		h["typedPerFilterConfig"] = g.perFilter()
	}
	return h
}

func (g generator) route() node {
	r := node{}
	g.match(r)
	if g.often(3) {
		g.heads(r)
	}
	switch n := g.IntN(10); {
	case n < 6:
		r["route"] = g.forward()
	case n < 8:
		r["redirect"] = g.redirect()
	default:
		r["directResponse"] = node{"status": []any{200, 404, 418, 503}[g.IntN(4)], "body": node{"inlineString": g.one("", "tea", "%REQ(x-a)%", "a\nb")}}
	}
	if g.often(1) {
		r["typedPerFilterConfig"] = g.perFilter()
	}
	return r
}

// match fills in what a route is for.
func (g generator) match(r node) {
	path := g.one("prefix", "prefix", "path", "pathSeparatedPrefix", "safeRegex")
	m := node{path: g.one("/", "/a", "/a/", "/a/b", "/A", "/ab", "/a.b")}
	switch path {
	case "pathSeparatedPrefix":
		m[path] = g.one("/a", "/a/b", "/A", "/a.b")
	case "safeRegex":
		m[path] = node{"regex": g.one("/.*", "/a", "/a.*", "/[a-c]+/.*", "(/a|/b)", "/a/?")}
	}
	if g.often(2) {
		m["caseSensitive"] = g.often(5)
	}
	var headers, params []any
	for range g.IntN(3) {
		headers = append(headers, g.header())
	}
	if g.often(2) {
		q := node{"name": g.one("q", "r")}
		if g.often(5) {
			q["presentMatch"] = g.often(7)
		} else {
			q["stringMatch"] = g.text()
		}
		params = append(params, q)
	}
	if headers != nil {
		m["headers"] = headers
	}
	if params != nil {
		m["queryParameters"] = params
	}
	r["match"] = m
}

func (g generator) header() node {
	h := node{"name": g.one("x-a", "x-b", "X-A", ":method", ":authority", "host", ":scheme")}
	if g.often(1) && g.often(2) {
		h["name"] = ":path"
	}
	switch n := g.IntN(10); {
	case n < 3:
		h["presentMatch"] = g.often(6)
	case n < 9:
		h["stringMatch"] = g.text()
	default:
		h[g.one("exactMatch", "prefixMatch", "suffixMatch", "containsMatch")] = g.one("a", "GET", "a.shop:8080")
	}
	if g.often(3) {
		h["invertMatch"] = true
	}
	if g.often(2) {
		h["treatMissingHeaderAsEmpty"] = true
	}
	return h
}

func (g generator) text() node {
	op := g.one("exact", "prefix", "suffix", "safeRegex", "exact", "contains")
	m := node{op: g.one("a", "A", "ab", "GET", "POST", "a.shop:8080", "b.example.com")}
	if op == "safeRegex" {
		m[op] = node{"regex": g.one("a+", ".*", "[a-b]*", "GET|POST", "")}
	} else if g.often(2) {
		m["ignoreCase"] = true
	}
	return m
}

// heads fills in changes of headers.
func (g generator) heads(n node) {
	for _, side := range []string{"request", "response"} {
		if g.often(6) {
			var add []any
			for range 1 + g.IntN(2) {
				h := node{"header": node{"key": g.one("x-a", "x-b", "x-c"), "value": g.one("1", "2", "3%%", "")}}
				switch g.IntN(5) {
				case 0:
					h["appendAction"] = "OVERWRITE_IF_EXISTS_OR_ADD"
				case 1:
					h["append"] = false
				case 2:
					h["appendAction"] = "APPEND_IF_EXISTS_OR_ADD"
				}
				if g.often(2) {
					h["keepEmptyValue"] = true
				}
				add = append(add, h)
			}
			n[side+"HeadersToAdd"] = add
		}
		if g.often(3) {
			n[side+"HeadersToRemove"] = []any{g.one("x-a", "x-b", "X-C")}
		}
	}
}

func (g generator) forward() node {
	r := node{}
	if g.often(7) {
		r["cluster"] = "shop:" + g.one(services...)
	} else {
		var shares []any
		for _, s := range services[:1+g.IntN(3)] {
			w := node{"name": "shop:" + s, "weight": 1 + g.IntN(9)}
			if g.often(3) {
				g.heads(w)
			}
			shares = append(shares, w)
		}
		r["weightedClusters"] = node{"clusters": shares}
	}
	g.rewrite(r)
	if g.often(2) {
		r["hostRewriteLiteral"] = g.one("other.example.com", "b.shop:80")
	}
	if g.often(6) {
		r["timeout"] = g.one("0s", "2s", "0.5s", "20s")
	}
	if g.often(3) {
		r["retryPolicy"] = g.retry()
	}
	if g.often(1) {
		m := node{"cluster": "shop:" + g.one(services...)}
		if g.often(5) {
			m["runtimeFraction"] = node{"defaultValue": node{"numerator": 100 * g.IntN(2)}}
		}
		r["requestMirrorPolicies"] = []any{m}
	}
	return r
}

func (g generator) rewrite(n node) {
	switch g.IntN(5) {
	case 0:
		n["prefixRewrite"] = g.one("/", "/x", "/x/", "/a/b")
	case 1:
		n["regexRewrite"] = node{"pattern": node{"regex": g.one("^/a", "^/.*$", "a+", "^/([a-z]+)/(.*)$", `^/a\.b`, "^/a/*")}, "substitution": g.one("/x", "/", `/\\`, "/y")}
	}
}

func (g generator) retry() node {
	p := node{"retryOn": g.one("5xx", "gateway-error", "retriable-4xx", "retriable-status-codes", "connect-failure,refused-stream", "5xx,retriable-4xx", "reset, 5xx", "")}
	if g.often(5) {
		p["numRetries"] = g.IntN(4)
	}
	if g.often(3) {
		p["retriableStatusCodes"] = []any{404, 503}
	}
	if g.often(3) {
		p["perTryTimeout"] = g.one("1s", "3s")
	}
	return p
}

func (g generator) fault() node {
	f := node{"@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault"}
	f["abort"] = node{"httpStatus": 418, "percentage": node{"numerator": 100 * g.IntN(2)}}
	if g.often(3) {
		f["abort"] = node{"httpStatus": 418, "percentage": node{"numerator": 3000, "denominator": "TEN_THOUSAND"}}
	}
	return f
}

func (g generator) redirect() node {
	r := node{}
	switch g.IntN(5) {
	case 0:
		r["httpsRedirect"] = true
	case 1:
		r["schemeRedirect"] = g.one("http", "https")
	}
	if g.often(4) {
		r["hostRedirect"] = "other.example.com"
	}
	if g.often(3) {
		r["portRedirect"] = []any{80, 443, 9000}[g.IntN(3)]
	}
	if g.often(3) {
		r["pathRedirect"] = g.one("/x", "/")
	} else {
		g.rewrite(r)
	}
	if g.often(5) {
		r["responseCode"] = g.one("FOUND", "SEE_OTHER", "TEMPORARY_REDIRECT", "PERMANENT_REDIRECT")
	}
	return r
}
