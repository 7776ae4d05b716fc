package cilium

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// cec is a CiliumEnvoyConfig for the Service shop/web: a listener with filters in
// front of the router, the routes of a virtual host for all, and resources.
func cec(filters, routes, resources string) string {
	return cecHosts(filters, `[{name: all, domains: ["*"], routes: [`+routes+`]}]`, resources)
}

func cecHosts(filters, hosts, resources string) string {
	return `
apiVersion: cilium.io/v2
kind: CiliumEnvoyConfig
metadata: {namespace: shop, name: web, annotations: {cec.cilium.io/use-original-source-address: "true"}}
spec:
  services: [{name: web, namespace: shop, ports: [80]}]
  backendServices: [{name: v1, namespace: shop, number: ["80"]}, {name: v2, namespace: shop, number: ["80"]}, {name: v3, namespace: shop}]
  resources:
  - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
    name: l
    filter_chains:
    - filter_chain_match: {server_names: [web.example]}
      transport_socket: {name: tls}
      filters: []
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: l
          rds: {route_config_name: r}
          normalize_path: true
          merge_slashes: true
          path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT
          http_filters:
` + filters + `
          - name: envoy.filters.http.router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
  - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
    name: r
    virtual_hosts: ` + hosts + clusters + resources + "\n"
}

// clusters are those of the backends that routes go to.
const clusters = `
  - {"@type": type.googleapis.com/envoy.config.cluster.v3.Cluster, name: "shop/v1:80", type: EDS}
  - {"@type": type.googleapis.com/envoy.config.cluster.v3.Cluster, name: "shop/v2:80", type: EDS}
  - {"@type": type.googleapis.com/envoy.config.cluster.v3.Cluster, name: shop/v3, type: EDS}`

// routed reads a configuration and says what becomes of a request: "GET host/path".
func routed(t *testing.T, text, request string) (*intent.Model, string) {
	t.Helper()
	in := input(t, text)
	m, _ := read(in)
	for _, o := range in.Objects {
		if p := o.Root.Problems(); len(p) > 0 {
			t.Errorf("a problem: %+v", p)
		}
		o.Root.Leaves(func(l source.Leaf) {
			if !l.Read && l.Skipped == "" && l.Inert == "" {
				t.Errorf("unread: %v = %q", l.Ref(), l.Value())
			}
		})
	}
	method, url, _ := strings.Cut(request, " ")
	authority, path, _ := strings.Cut(url, "/")
	host, _, _ := strings.Cut(authority, ":")
	r := decide.Request{Host: intent.Host{Service: intent.Name{Namespace: "shop", Name: "web"}}, Port: 80}
	r.At.Set(match.Protocol, "", "http").Set(match.Method, "", method).Set(match.Path, "", "/"+path).Set(match.Authority, "", authority).Set(match.Host, "", host)
	out := decide.Run(m, r)
	words := out.String()
	for _, a := range intent.Aspects {
		if text := out.Parts[a]; text != "" && text != "none" {
			words += "; " + text
		}
	}
	return m, words
}

const v1 = `{match: {prefix: /}, route: {cluster: shop/v1:80, timeout: 0s}}`

// What routes of Envoy mean, in both spellings.
func TestRoutes(t *testing.T) {
	for name, c := range map[string]struct{ routes, request, want string }{
		"a cluster by its name":        {v1, "GET web/a", "1/1 shop/v1"},
		"Envoy's own timeout":          {`{match: {prefix: /}, route: {cluster: shop/v1:80}}`, "GET web/a", "1/1 shop/v1; request 15s"},
		"a timeout":                    {`{match: {prefix: /}, route: {cluster: shop/v1:80, timeout: 1.5s, idle_timeout: 3s}}`, "GET web/a", "1/1 shop/v1; request 1.5s idle 3s"},
		"no route":                     {`{match: {prefix: /b}, route: {cluster: shop/v1:80}}`, "GET web/a", "status 404"},
		"the first route":              {`{match: {path: /a}, direct_response: {status: 418}},` + v1, "GET web/a", "status 418"},
		"a prefix of segments":         {`{match: {pathSeparatedPrefix: /a}, directResponse: {status: 418}},` + v1, "GET web/ab", "1/1 shop/v1"},
		"an expression":                {`{match: {safe_regex: {google_re2: {}, regex: "/a[0-9]+"}}, direct_response: {status: 418}},` + v1, "GET web/a12", "status 418"},
		"a path in any case":           {`{match: {path: /A, case_sensitive: false}, direct_response: {status: 418}},` + v1, "GET web/a", "status 418"},
		"a method":                     {`{match: {prefix: /, headers: [{name: ":method", string_match: {exact: GET}}]}, direct_response: {status: 418}},` + v1, "GET web/a", "status 418"},
		"an older spelling":            {`{match: {prefix: /, headers: [{name: ":method", exact_match: GET}]}, direct_response: {status: 418}},` + v1, "GET web/a", "status 418"},
		"a header that is not there":   {`{match: {prefix: /, headers: [{name: X, present_match: true, invert_match: true}]}, direct_response: {status: 418}},` + v1, "GET web/a", "status 418"},
		"an inverted header, missing":  {`{match: {prefix: /, headers: [{name: x, string_match: {exact: a}, invert_match: true}]}, direct_response: {status: 418}},` + v1, "GET web/a", "1/1 shop/v1"},
		"an inverted header, as empty": {`{match: {prefix: /, headers: [{name: x, string_match: {exact: a}, invert_match: true, treat_missing_header_as_empty: true}]}, direct_response: {status: 418}},` + v1, "GET web/a", "status 418"},
		"shares":                       {`{match: {prefix: /}, route: {timeout: 0s, weighted_clusters: {clusters: [{name: shop/v1:80, weight: 90}, {name: shop/v3, weight: 10}]}}}`, "GET web/a", "10/100 shop/v3, 90/100 shop/v1"},
		"a redirect":                   {`{match: {prefix: /}, redirect: {https_redirect: true, response_code: FOUND}}`, "GET web/a", "status 302"},
		"a redirect by itself":         {`{match: {prefix: /}, redirect: {path_redirect: /b}}`, "GET web/a", "status 301"},
		"retries":                      {`{match: {prefix: /}, route: {cluster: shop/v1:80, timeout: 0s, retry_policy: {retry_on: "5xx,retriable-status-codes", num_retries: 3, retriable_status_codes: [503], per_try_timeout: 1s}}}`, "GET web/a", "1/1 shop/v1; 3 on [503-503 5xx] per try 1s backoff - hosts - localities -"},
		"retries never":                {`{match: {prefix: /}, route: {cluster: shop/v1:80, timeout: 0s, retry_policy: {num_retries: 3}}}`, "GET web/a", "1/1 shop/v1"},
		"the host as a header":         {`{match: {prefix: /, headers: [{name: Host, string_match: {exact: web}}]}, direct_response: {status: 418}},` + v1, "GET web/a", "status 418"},
		"a mirror":                     {`{match: {prefix: /}, route: {cluster: shop/v1:80, timeout: 0s, request_mirror_policies: [{cluster: shop/v2:80, runtime_fraction: {default_value: {numerator: 5, denominator: TEN_THOUSAND}}}]}}`, "GET web/a", "1/1 shop/v1; 0.05% to shop/v2:addressed"},
	} {
		t.Run(name, func(t *testing.T) {
			if m, got := routed(t, cec("", c.routes, ""), c.request); got != c.want {
				t.Errorf("is %q, and should be %q\n%s", got, c.want, intent.Print(m))
			}
		})
	}
}

// Envoy chooses a virtual host by the authority, and stays with it.
func TestVirtualHosts(t *testing.T) {
	const hosts = `
    - {name: rest, domains: ["*"], routes: [{match: {prefix: /}, direct_response: {status: 410}}]}
    - {name: end, domains: ["*.example.com"], routes: [{match: {prefix: /}, direct_response: {status: 411}}]}
    - {name: longer, domains: ["*.a.example.com", "web.*"], routes: [{match: {prefix: /}, direct_response: {status: 412}}]}
    - {name: exact, domains: [b.example.com, c.example.com, "c.example.com:*"], routes: [{match: {prefix: /b}, direct_response: {status: 413}}]}`
	for request, want := range map[string]string{
		"GET other/":                "status 410",
		"GET x.example.com/":        "status 411",
		"GET x.a.example.com/":      "status 412",
		"GET web.local/":            "status 412",
		"GET b.example.com/b":       "status 413",
		"GET B.example.com/b":       "status 413",
		"GET b.example.com/a":       "status 404",
		"GET b.example.com:8080/b":  "status 410",
		"GET c.example.com:8080/b":  "status 413",
		"GET web.example.com:80/":   "status 412",
		"GET x.y.a.example.com:1/b": "status 410",
	} {
		if m, got := routed(t, cecHosts("", hosts, ""), request); got != want {
			t.Errorf("%s is %q, and should be %q\n%s", request, got, want, intent.Print(m))
		}
	}
}

// What the model does not say is kept by itself, beside what it says; a filter
// that may keep requests out concerns the pods behind the Service.
func TestParts(t *testing.T) {
	const authz = `          - name: envoy.filters.http.ext_authz
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz, grpc_service: {envoy_grpc: {cluster_name: a}}}`
	const limit = `          - name: envoy.filters.http.local_ratelimit
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit, stat_prefix: a}`
	const unknown = `          - name: my.filter
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.basic_auth.v3.BasicAuth, users: {inline_string: "a:b"}}`
	for name, c := range map[string]struct {
		filters, routes string
		security        bool
		lifted          int
	}{
		"nothing":               {"", v1, false, 1},
		"authorization":         {authz, v1, true, 1},
		"a limit of rates":      {limit, v1, false, 1},
		"another filter":        {unknown, v1, true, 1},
		"the path as a header":  {"", `{match: {prefix: /, headers: [{name: ":path", string_match: {exact: /a}}]}, route: {cluster: shop/v1:80}}`, false, 0},
		"an unknown condition":  {"", `{match: {prefix: /, runtime_fraction: {default_value: {numerator: 5}}}, route: {cluster: shop/v1:80}}`, false, 0},
		"an option of a route":  {authz, `{match: {prefix: /}, route: {cluster: shop/v1:80}, typed_per_filter_config: {envoy.filters.http.ext_authz: {"@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute, disabled: true}}}`, true, 1},
		"a cluster by a header": {"", `{match: {prefix: /}, route: {cluster_header: x}}`, false, 0},
		"a rate of a route":     {"", `{match: {prefix: /}, route: {cluster: shop/v1:80, rate_limits: [{actions: [{remote_address: {}}]}]}}`, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := routed(t, cec(c.filters, c.routes, ""), "GET web/")
			if len(m.Routing) != c.lifted {
				t.Errorf("lifts %d tables", len(m.Routing))
			}
			security := false
			for _, o := range m.Opaque {
				security = security || o.Security
				if want := "service shop/web or service shop/v1 or service shop/v2 or service shop/v3"; o.Security && match.String(o.Scope.Subject) != want || len(o.Hosts) != 1 {
					t.Errorf("is about %s and %v", match.String(o.Scope.Subject), o.Hosts)
				}
			}
			if security != c.security {
				t.Errorf("keeps requests out: %t\n%s", security, intent.Print(m))
			}
			checkReadBack(t, m)
		})
	}
}

// How endpoints are treated.
func TestClusters(t *testing.T) {
	const cluster = `
  - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
    name: c
    type: EDS
    eds_cluster_config: {service_name: "shop/v1:80"}
    `
	to := `{match: {prefix: /}, route: {cluster: c, timeout: 0s}}`
	for name, c := range map[string]struct{ text, want string }{
		"nothing":         {`lb_subset_config: {}`, ""},
		"limits":          {`circuit_breakers: {thresholds: [{priority: DEFAULT, max_requests: 2, max_pending_requests: 1}]}`, "limits pending 1, requests 2"},
		"ejection":        {`outlier_detection: {consecutive_5xx: 3, enforcing_success_rate: 0, interval: 10s}`, "outlier 5xx 3"},
		"an algorithm":    {`lb_policy: LEAST_REQUEST`, "balance least-request"},
		"connect timeout": {`connect_timeout: 0.25s`, "250ms"},
	} {
		t.Run(name, func(t *testing.T) {
			m, got := routed(t, cec("", to, cluster+c.text), "GET web/")
			if got != "1/1 shop/v1" {
				t.Errorf("goes to %q", got)
			}
			printed := intent.Print(m)
			if c.want == "" && len(m.Upstream) > 0 || !strings.Contains(printed, c.want) {
				t.Errorf("lacks %q:\n%s", c.want, printed)
			}
		})
	}
}

// Objects that Cilium skips, and Services that are none.
func TestSkipped(t *testing.T) {
	in := input(t, strings.Replace(cec("", v1, ""), "envoy.config.route.v3.RouteConfiguration", "envoy.config.route.v3.ScopedRouteConfiguration", 1))
	if read(in); len(in.Objects[0].Root.Problems()) == 0 {
		t.Error("takes a resource that Cilium does not")
	}
	m, _ := read(input(t, strings.Replace(cec("", v1, ""), "namespace: shop, ports", "ports", 1)))
	if len(m.Routing) > 0 {
		t.Error("redirects a Service without a namespace")
	}
}

// Resources that agents leave out or Envoy refuses are told of where they are wrong.
func TestRefusedResources(t *testing.T) {
	const to = `route: {cluster: shop/v1:80}`
	for name, c := range map[string]struct{ route, at, why string }{
		"a field that does not exist": {`{match: {prefix: /}, route: {cluster: shop/v1:80, retries: 3}}`, "route.retries", dropped},
		"a prefix beside a path":      {`{match: {prefix: /, path: /b}, ` + to + `}`, "match.path", "stands beside prefix, of which Envoy takes one: agents leave out the resource"},
		"no condition":                {`{match: {}, ` + to + `}`, "match", "has none of prefix, path, safeRegex, connectMatcher, pathSeparatedPrefix, pathMatchPolicy"},
		"two spellings":               {`{match: {prefix: /, case_sensitive: true, caseSensitive: false}, ` + to + `}`, "match.caseSensitive", "is said twice, in both spellings of its name"},
		"no expression":               {`{match: {safe_regex: {regex: "/a("}}, ` + to + `}`, "match.safe_regex.regex", "is no RE2 expression: missing closing ): `/a(`"},
		"a text for a boolean":        {`{match: {prefix: /, case_sensitive: "no"}, ` + to + `}`, "match.case_sensitive", "is not true or false"},
		"a number without a unit":     {`{match: {prefix: /}, route: {cluster: shop/v1:80, timeout: 5}}`, "route.timeout", "is not a string"},
		"another unit":                {`{match: {prefix: /}, route: {cluster: shop/v1:80, timeout: 5ms}}`, "route.timeout", `is not a duration in seconds such as "1.5s"`},
		"a status that is none":       {`{match: {prefix: /}, direct_response: {status: 700}}`, "direct_response.status", "is too large, which Envoy's rules refuse"},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(t, cec("", c.route, ""))
			read(in)
			problems := in.Objects[0].Root.Problems()
			if len(problems) == 0 {
				t.Fatal("nothing is wrong with it")
			}
			if p := problems[0]; !strings.HasSuffix(p.Ref.Path, "routes[0]."+c.at) || p.Message != c.why || p.Ref.Pos.Line == 0 {
				t.Errorf("%v: %s", p.Ref, p.Message)
			}
		})
	}
}
