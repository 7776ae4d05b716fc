package cilium

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

func cart(port int) intent.Backend {
	return intent.Backend{Host: intent.Host{Service: intent.Name{Namespace: "shop", Name: "cart"}}, Port: port, Weight: 1}
}

// table is one for the Service shop/web on port 80.
func table(rules ...intent.Rule) *intent.Routing {
	return &intent.Routing{Host: intent.Host{Service: intent.Name{Namespace: "shop", Name: "web"}}, Port: 80, Rules: rules, Else: intent.Respond{Status: 404}}
}

func to(bs ...intent.Backend) intent.Forward { return intent.Forward{To: bs} }

func prefix(p string) match.Atom { return match.Atom{Field: match.Path, Op: match.Prefix, Value: p} }

// What a route becomes: each line is somewhere in the object.
func TestEnvoyRoutes(t *testing.T) {
	second, no := time.Second, false
	fault := intent.Delay{Fixed: second, Percent: 12.5}
	for name, c := range map[string]struct {
		rule intent.Rule
		want []string
	}{
		"no timeout is said": {intent.Rule{When: prefix("/a"), Steps: []intent.Step{fault}, Then: to(cart(80))}, []string{"prefix: /a", "timeout: 0s", "cluster: shop:cart:80", "serviceName: shop/cart:80"}},
		"faults":             {intent.Rule{Steps: []intent.Step{fault, intent.Abort{GRPC: "UNAVAILABLE", Percent: 1}}, Then: to(cart(80))}, []string{"fixedDelay: 1s", "numerator: 1250", "denominator: TEN_THOUSAND", "grpcStatus: 14", "- name: envoy.filters.http.fault"}},
		"retries": {intent.Rule{Steps: []intent.Step{fault}, Retry: &intent.Retry{Attempts: 2, On: []intent.RetryOn{"503", "connect-failure"}, PerTry: &second, OtherHosts: &no}, Then: to(cart(80))},
			[]string{"retryOn: connect-failure,retriable-status-codes", "numRetries: 2", "perTryTimeout: 1s", "- 503"}},
		"retries that the answer asks for": {intent.Rule{Steps: []intent.Step{fault}, Retry: &intent.Retry{Attempts: 2, On: []intent.RetryOn{intent.OnRetriableCodes}}, Then: to(cart(80))},
			[]string{"retryOn: retriable-status-codes\n", "numRetries: 2"}},
		"shares":         {intent.Rule{Steps: []intent.Step{fault}, Then: to(cart(80), cart(81))}, []string{"weightedClusters:", "name: shop:cart:81", "- \"80\"\n    - \"81\""}},
		"nowhere":        {intent.Rule{Steps: []intent.Step{fault}, Then: to()}, []string{"directResponse:", "status: 500"}},
		"a raw prefix":   {intent.Rule{When: prefix("/a"), Steps: []intent.Step{intent.Rewrite{Path: &intent.PathRewrite{Kind: intent.PrefixPath, Match: "/a", Replace: "/b"}}}, Then: to(cart(80))}, []string{"prefixRewrite: /b"}},
		"another prefix": {intent.Rule{When: prefix("/a/b"), Steps: []intent.Step{intent.Rewrite{Path: &intent.PathRewrite{Kind: intent.PrefixPath, Match: "/a", Replace: "/b"}}}, Then: to(cart(80))}, []string{"regex: ^/a\n", "substitution: /b"}},
		"a redirect":     {intent.Rule{When: prefix("/a"), Then: intent.Redirect{Status: 301, Scheme: "https", Path: &intent.PathRewrite{Kind: intent.RegexPath, Match: "a", Replace: "b"}}}, []string{"schemeRedirect: https", "portRedirect: 443", "responseCode: MOVED_PERMANENTLY"}},
		"an answer":      {intent.Rule{Then: intent.Respond{Status: 451, Body: "no"}}, []string{"status: 451", "inlineString: \"no\""}},
		"a negation":     {intent.Rule{When: match.Not{X: match.Atom{Field: match.Header, Key: "x", Value: "y"}}, Steps: []intent.Step{fault}, Then: to(cart(80))}, []string{"invertMatch: true", "treatMissingHeaderAsEmpty: true"}},
		"a percent sign": {intent.Rule{Steps: []intent.Step{fault, intent.Headers{Op: intent.AddHeader, Name: "x", Value: "50%"}}, Then: to(cart(80))}, []string{"value: 50%%", "appendAction: APPEND_IF_EXISTS_OR_ADD"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := printed(t, &intent.Model{Routing: []*intent.Routing{table(c.rule)}})
			for _, w := range append(c.want, "kind: CiliumEnvoyConfig", "services:\n  - name: web\n    namespace: shop\n    ports:\n    - 80\n") {
				if !strings.Contains(got, w) {
					t.Errorf("lacks %q", w)
				}
			}
			if t.Failed() {
				t.Log(got)
			}
		})
	}
}

// A table that routes say is an HTTPRoute, and never both.
func TestRoutesSuffice(t *testing.T) {
	five := 5 * time.Second
	simple := intent.Rule{When: match.Atom{Field: match.Path, Op: match.Segments, Value: "/a"}, Timeout: &intent.Timeout{Request: &five}, Then: to(cart(80))}
	got := printed(t, &intent.Model{Routing: []*intent.Routing{table(simple, intent.Rule{Then: to(cart(80))})}})
	if strings.Contains(got, "CiliumEnvoyConfig") || !strings.Contains(got, "kind: HTTPRoute") || !strings.Contains(got, "request: 0s") {
		t.Errorf("not an HTTPRoute that says its timeouts:\n%s", got)
	}
	most := 3
	policy := &intent.Upstream{Host: cart(0).Host, Limits: &intent.Limits{MaxConnections: &most}}
	got = printed(t, &intent.Model{Routing: []*intent.Routing{table(simple)}, Upstream: []*intent.Upstream{policy}})
	if strings.Contains(got, "kind: HTTPRoute") || strings.Count(got, "maxConnections: 3") != 2 {
		t.Errorf("not what limits the backend, where it is routed to and where it is called:\n%s", got)
	}
}

// Every cluster that a route mentions is there, once, and so are its endpoints.
func TestClustersExist(t *testing.T) {
	mirror := intent.Mirror{To: intent.Backend{Host: intent.Host{Service: intent.Name{Namespace: "log", Name: "copy"}}, Port: 8080}, Percent: 100}
	rule := intent.Rule{When: match.Atom{Field: match.Path, Op: match.Segments, Value: "/a"}, Steps: []intent.Step{mirror, intent.Delay{Percent: 1, Fixed: time.Second}}, Then: to(cart(80), cart(81))}
	m := &intent.Model{Routing: []*intent.Routing{table(rule, intent.Rule{Then: intent.Passthrough{}})}, Env: intent.Defaults()}
	tgt, _ := target("")
	objs := write(m, tgt)
	named, clusters, backends := map[string]bool{}, map[string]int{}, []string{}
	var visit func(n *manifest.Node)
	visit = func(n *manifest.Node) {
		if c := n.Get("cluster"); c != nil {
			named[c.Text] = true
		}
		if n.Get("weight") != nil {
			named[n.Get("name").Text] = true
		}
		if typ := n.Get("@type"); typ != nil && typ.Text == typeCluster {
			clusters[n.Get("name").Text]++
		}
		for _, k := range n.Kids {
			visit(k.Node)
		}
	}
	for _, o := range objs {
		visit(o.Root)
		for _, b := range o.Root.Get("spec").Get("backendServices").Kids {
			for _, p := range b.Get("number").Kids {
				backends = append(backends, b.Get("namespace").Text+":"+b.Get("name").Text+":"+p.Text)
			}
		}
	}
	if len(named) != 4 || len(objs) != 1 {
		t.Fatalf("routes name %v in %d objects", named, len(objs))
	}
	for name := range named {
		if clusters[name] != 1 || !slices.Contains(backends, name) {
			t.Errorf("%s is there %d times, and its endpoints among %v", name, clusters[name], backends)
		}
	}
}
