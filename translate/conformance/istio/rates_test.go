package conformance

import (
	"fmt"
	"slices"
	"testing"

	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
)

// rateFilter is what is written for a limit of one port.
const rateFilter = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: cart-rate, namespace: shop}
spec:
  workloadSelector: {labels: {app: cart}}
  configPatches:
  - applyTo: HTTP_FILTER
    match:
      context: SIDECAR_INBOUND
      listener:
        filterChain:
          destinationPort: 8080
          filter:
            name: envoy.filters.network.http_connection_manager
            subFilter: {name: envoy.filters.http.router}
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.local_ratelimit
        typed_config:
          "@type": type.googleapis.com/udpa.type.v1.TypedStruct
          type_url: type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
          value:
            stat_prefix: http_local_rate_limiter
            token_bucket: {max_tokens: 100, tokens_per_fill: 100, fill_interval: 1s}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  rules: [{}]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  mtls: {mode: %s}
`

// A filter chain has a bucket of its own. Where both kinds of connections are
// accepted a port has two that carry HTTP, one of mutual TLS and one without, and
// otherwise one; the limit comes after the policies.
func TestRateLimitPerFilterChain(t *testing.T) {
	for _, c := range []struct {
		mode, protocol string
		port           uint32
		want           []string
	}{
		{"PERMISSIVE", "http", 8080, []string{"plain", "tls"}},
		{"PERMISSIVE", "", 8080, []string{"plain", "tls"}},
		{"STRICT", "http", 8080, []string{"tls"}},
		{"STRICT", "", 8080, []string{"tls"}},
		{"DISABLE", "http", 8080, []string{"plain"}},
		{"PERMISSIVE", "tcp", 8080, nil},
		{"PERMISSIVE", "http", 9090, nil},
	} {
		objects, err := engine.Parse([]byte(fmt.Sprintf(rateFilter, c.mode)))
		if err != nil {
			t.Fatal(err)
		}
		got := engine.Inbound(t, objects, engine.Workload{Namespace: "shop", Labels: map[string]string{"app": "cart"}}, c.port, c.protocol).Limited(t, "envoy.filters.http.local_ratelimit")
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s %q at %d: %v, want %v", c.mode, c.protocol, c.port, got, c.want)
		}
	}
}
