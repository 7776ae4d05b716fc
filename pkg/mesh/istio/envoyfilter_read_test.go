package istio_test

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
)

// localLimit is the form of Istio's task; edits are pairs of what is replaced and by
// what.
func localLimit(name, labels string, edits ...string) string {
	const form = `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: NAME, namespace: shop}
spec:
  workloadSelector: {labels: {LABELS}}
  configPatches:
  - applyTo: HTTP_FILTER
    match: {context: SIDECAR_INBOUND, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}}}
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.local_ratelimit
        typed_config:
          "@type": type.googleapis.com/udpa.type.v1.TypedStruct
          type_url: type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
          value:
            stat_prefix: http_local_rate_limiter
            token_bucket: {max_tokens: 4, tokens_per_fill: 2, fill_interval: 60s}
            filter_enabled: {runtime_key: local_rate_limit_enabled, default_value: {numerator: 100, denominator: HUNDRED}}
            filter_enforced: {runtime_key: local_rate_limit_enforced, default_value: {numerator: 100, denominator: HUNDRED}}
`
	return "---" + strings.NewReplacer(append(edits, "NAME", name, "LABELS", labels)...).Replace(form)
}

// The form of Istio's task is lifted; what limits nothing is without effect, and
// everything else is kept as it is.
func TestLocalRateLimits(t *testing.T) {
	const here = " with and without mutual TLS each, 4 at once, with those denied, else UNAVAILABLE at namespace shop and label app cart"
	for _, c := range []struct {
		name  string
		edits []string
		want  string // the limit; "" is kept, "-" without effect
	}{
		{"as in the task", nil, "2 per 1m" + here},
		{"one token", []string{"tokens_per_fill: 2, ", ""}, "1 per 1m" + here},
		{"before the router", []string{"name: envoy.filters.network.http_connection_manager", "name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.filters.http.router}"}, "2 per 1m with and without mutual TLS each, 4 at once, else UNAVAILABLE at namespace shop and label app cart"},
		{"of a port", []string{"filterChain: {", "filterChain: {destinationPort: 80, "}, "2 per 1m" + here + " and port 80"},
		{"half a second", []string{"60s", "0.5s"}, "2 per 500ms" + here},
		{"not enabled", []string{"filter_enabled", "x", "runtime_key: local_rate_limit_enabled", "runtime_key: x"}, ""},
		{"of no request", []string{"local_rate_limit_enforced, default_value: {numerator: 100", "local_rate_limit_enforced, default_value: {numerator: 0"}, "-"},
		{"not enforced", []string{"            filter_enforced: {runtime_key: local_rate_limit_enforced, default_value: {numerator: 100, denominator: HUNDRED}}\n", ""}, "-"},
		{"of half", []string{"local_rate_limit_enabled, default_value: {numerator: 100", "local_rate_limit_enabled, default_value: {numerator: 50"}, ""},
		{"of a millionth", []string{"denominator: HUNDRED", "denominator: MILLION"}, ""},
		{"too often", []string{"60s", "0.01s"}, ""},
		{"in minutes", []string{"60s", "1m"}, ""},
		{"no token", []string{"max_tokens: 4", "max_tokens: 0"}, ""},
		{"at a gateway", []string{"SIDECAR_INBOUND", "GATEWAY"}, ""},
		{"outbound", []string{"SIDECAR_INBOUND", "SIDECAR_OUTBOUND"}, ""},
		{"after others", []string{"INSERT_BEFORE", "INSERT_AFTER"}, ""},
		{"before another", []string{"name: envoy.filters.network.http_connection_manager", "name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.filters.http.cors}"}, ""},
		{"of each connection", []string{"stat_prefix", "local_rate_limit_per_downstream_connection: true\n            stat_prefix"}, ""},
		{"with descriptors", []string{"stat_prefix", "descriptors: []\n            stat_prefix"}, ""},
		{"other statistics", []string{"http_local_rate_limiter", "mine"}, ""},
		{"another filter", []string{"local_ratelimit.v3.LocalRateLimit", "lua.v3.Lua"}, ""},
		{"of a format", []string{"filter_enabled", "response_headers_to_add: [{header: {key: a, value: '%REQ(b)%'}}]\n            filter_enabled"}, ""},
		{"with a header", []string{"filter_enabled", "response_headers_to_add: [{header: {key: A, value: b}}]\n            filter_enabled"}, "2 per 1m with and without mutual TLS each, 4 at once, with those denied, else UNAVAILABLE, else with a=b at namespace shop and label app cart"},
		{"by priority", []string{"spec:", "spec:\n  priority: 3"}, ""},
	} {
		m, diags := read(t, localLimit("a", "app: cart", c.edits...), intent.Defaults())
		got := ""
		switch {
		case len(m.Rates) > 0:
			got = strings.TrimPrefix(strings.TrimSpace(intent.Print(&intent.Model{Rates: m.Rates})), "rate ")
		case len(m.Opaque) == 0 && len(diags) == 1:
			got = "-"
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Those of several EnvoyFilters for the same workloads are asked by their age.
func TestLocalRateLimitsOfSeveral(t *testing.T) {
	for other, rates := range map[string]int{"app: cart": 0, "version: v1": 0, "app: pay": 2} {
		m, _ := read(t, localLimit("a", "app: cart")+localLimit("b", other), intent.Defaults())
		if len(m.Rates) != rates || len(m.Rates)+len(m.Opaque) != 2 {
			t.Errorf("%s: %d limits and %d kept", other, len(m.Rates), len(m.Opaque))
		}
	}
}
