package consul

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
)

// How clients treat services: what a client says of one, then of all, then what
// the service says itself.
func TestUpstreams(t *testing.T) {
	const webFrom = "from client namespace shop and client account web"
	resolver := cr("ServiceResolver", "api", "connectTimeout: 2s\nloadBalancer: {policy: least_request}")
	for name, c := range map[string]struct{ text, want, found string }{
		"the service's own": {resolver, "upstream shop/api at backend\n  balance least-request\n  limits connect 2s", ""},
		"one client, one service": {cr("ServiceDefaults", "web", "upstreamConfig: {overrides: [{name: api, limits: {maxConnections: 1, maxPendingRequests: 2, maxConcurrentRequests: 0}}]}"),
			"upstream shop/api at backend " + webFrom + "\n  limits connections 1, pending 2, requests 0", ""},
		"what is left open": {resolver + cr("ServiceDefaults", "web", "upstreamConfig: {defaults: {limits: {maxConnections: 9}, passiveHealthCheck: {maxFailures: 3}}, overrides: [{name: api, connectTimeoutMs: 100}]}"),
			"upstream shop/api at backend " + webFrom + "\n  balance least-request\n  limits connections 9, connect 100ms\n  outlier 5xx 3\n" +
				"upstream *.svc.cluster.local at backend " + webFrom + "\n  limits connections 9\n  outlier 5xx 3\n" +
				"upstream shop/api at backend\n  balance least-request\n  limits connect 2s", ""},
		"defaults keep what the service says": {resolver + cr("ServiceDefaults", "web", "upstreamConfig: {defaults: {limits: {maxConnections: 9}}}"),
			"upstream shop/api at backend " + webFrom + "\n  balance least-request\n  limits connections 9, connect 2s\n" +
				"upstream *.svc.cluster.local at backend " + webFrom + "\n  limits connections 9\n" +
				"upstream shop/api at backend\n  balance least-request\n  limits connect 2s", ""},
		"ejection off": {cr("ServiceDefaults", "web", "upstreamConfig: {overrides: [{name: api, passiveHealthCheck: {enforcingConsecutive5xx: 0}}]}"),
			"upstream shop/api at backend " + webFrom + "\n  outlier 5xx 0", ""},
		"ejection by chance": {cr("ServiceDefaults", "web", "upstreamConfig: {overrides: [{name: api, passiveHealthCheck: {enforcingConsecutive5xx: 50}}]}"),
			"upstream shop/api at backend " + webFrom + "\n  outlier", "failing instances are left out by chance"},
		"hash": {cr("ServiceResolver", "api", "loadBalancer: {policy: maglev, hashPolicies: [{field: cookie, fieldValue: c, cookieConfig: {ttl: 5s, path: /}}]}"),
			"upstream shop/api at backend\n  balance consistent-hash header \"\" query \"\" address false table \"maglev:65537\" cookie c / ttl 5s", ""},
		"hash of nothing":              {cr("ServiceResolver", "api", "loadBalancer: {policy: ring_hash}"), "upstream shop/api at backend\n  balance random", "inert"},
		"inbound limits are its own":   {cr("ServiceDefaults", "api", "maxInboundConnections: 5"), "", ""},
		"a service of another cluster": {cr("ServiceDefaults", "web", "upstreamConfig: {overrides: [{name: api, peer: p, connectTimeoutMs: 1}]}"), "", "another cluster"},
	} {
		t.Run(name, func(t *testing.T) {
			a := readText(t, allHTTP+shopServices+c.text, env("allow"))
			if a.problems() != "" || a.unread() != "" {
				t.Errorf("problems %s, unread %s", a.problems(), a.unread())
			}
			if got := lines(intent.Print(a.model), "upstream"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if !strings.Contains(a.found(), c.found) || c.found == "" && a.found() != "" {
				t.Errorf("found %s", a.found())
			}
		})
	}
}
