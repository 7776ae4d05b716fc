package istio_test

import (
	"strings"
	"testing"
)

var trafficPolicies = []reading{
	{"algorithm", `{host: a, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}`, `
upstream shop/a at backend
  balance round-robin
`},
	{"old algorithm", `{host: a, trafficPolicy: {loadBalancer: {simple: LEAST_CONN}}}`, `
upstream shop/a at backend
  balance least-request
`},
	{"hash of a header", `{host: a, trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x-user, ringHash: {minimumRingSize: 64}}}}}`, `
upstream shop/a at backend
  balance consistent-hash header "x-user" query "" address false table "ring:64"
`},
	{"hash of a cookie", `{host: a, trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: u, path: /, ttl: 0s}, maglev: {tableSize: 101}}}}}`, `
upstream shop/a at backend
  balance consistent-hash header "" query "" address false table "maglev:101" cookie u / ttl 0s
`},
	{"warm-up", `{host: a, trafficPolicy: {loadBalancer: {simple: RANDOM, warmup: {duration: 10s, aggression: 2}}}}`, `
upstream shop/a at backend
  balance random warmup 10s aggression=2
`},
	{"locality", `{host: a, trafficPolicy: {loadBalancer: {localityLbSetting: {enabled: true, failover: [{from: us, to: eu}]}}}}`, `
upstream shop/a at backend
  balance locality enabled true failover us=eu priority []
`},
	{"shares of localities", `{host: a, trafficPolicy: {loadBalancer: {localityLbSetting: {distribute: [{from: us/*, to: {us/*: 80, eu/*: 20}}]}}}}`, `
upstream shop/a at backend
  balance locality enabled - failover  priority [] from us/* eu/*=20,us/*=80
`},
	{"pool", `{host: a, trafficPolicy: {connectionPool: {tcp: {maxConnections: 10, connectTimeout: 1s, idleTimeout: 0s, maxConnectionDuration: 1h, tcpKeepalive: {probes: 3, time: 1m, interval: 2s}}}}}`, `
upstream shop/a at backend
  limits connections 10, connect 1s, tcp-idle 0s, duration 1h0m0s, keepalive probes 3, time 1m0s, interval 2s
intake shop/a connections 10, connect 1s, tcp-idle 0s, duration 1h0m0s, keepalive probes 3, time 1m0s, interval 2s
`},
	{"pool of HTTP", `{host: a, trafficPolicy: {connectionPool: {http: {http1MaxPendingRequests: 1, http2MaxRequests: 2, maxRequestsPerConnection: 3, maxRetries: 4, idleTimeout: 5s, h2UpgradePolicy: UPGRADE, maxConcurrentStreams: 6}}}}`, `
upstream shop/a at backend
  limits pending 1, requests 2, per-connection 3, retries 4, http-idle 5s, http2 true, streams 6
intake shop/a pending 1, requests 2, per-connection 3, http-idle 5s, streams 6
`},
	{"0 in a pool says nothing", `{host: a, trafficPolicy: {connectionPool: {http: {http2MaxRequests: 0, maxRetries: 1}}}}`, `
upstream shop/a at backend
  limits retries 1
`},
	{"ejection", `{host: a, trafficPolicy: {outlierDetection: {consecutive5xxErrors: 0, consecutiveGatewayErrors: 2, interval: 1s, baseEjectionTime: 2s, maxEjectionPercent: 50, minHealthPercent: 10}}}`, `
upstream shop/a at backend
  outlier 5xx 0, gateway 2, interval 1s, ejection 2s, max-percent 50, min-healthy 10
`},
	{"ejection with all defaults", `{host: a, trafficPolicy: {outlierDetection: {}}}`, `
upstream shop/a at backend
  outlier 5xx 5
`},
	{"ejection by errors of the caller's own", `{host: a, trafficPolicy: {outlierDetection: {splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 7}}}`, `
upstream shop/a at backend
  outlier 5xx 5, local 7, split true
`},
	{"retry budget", `{host: a, trafficPolicy: {retryBudget: {percent: 5}}}`, `
upstream shop/a at backend
  budget 5% min 0/s min 3 active in 0s
`},
	{"TLS without a mode is none", `{host: a, trafficPolicy: {tls: {}}}`, `
dialled plain to shop/a
upstream shop/a at backend
`},
	{"TLS of its own", `{host: api.example.com, trafficPolicy: {tls: {mode: MUTUAL, clientCertificate: c, privateKey: k, caCertificates: ca, subjectAltNames: [s], sni: n}}}`, `
dialled simple-mutual to api.example.com as n [s] ["ca" "c" "k" "" "" "-"]
upstream api.example.com at backend
`},
	{"the mesh's TLS", `{host: a, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}`, `
dialled mutual to shop/a
upstream shop/a at backend
`},
	{"ports replace all blocks", `{host: a, trafficPolicy: {loadBalancer: {simple: RANDOM}, tls: {mode: DISABLE}, portLevelSettings: [{port: {number: 81}, connectionPool: {http: {maxRetries: 1}}}]}}`, `
dialled auto to shop/a port 81
dialled plain to shop/a
upstream shop/a port 81 at backend
  limits retries 1
upstream shop/a at backend
  balance random
`},
	{"subsets take the blocks that they do not say", `{host: a, trafficPolicy: {loadBalancer: {simple: RANDOM}, outlierDetection: {interval: 1s}}, subsets: [{name: v1, labels: {version: v1, app: a}, trafficPolicy: {outlierDetection: {interval: 2s}}}]}`, `
upstream shop/a v1 at backend
  balance random
  outlier 5xx 5, interval 2s
upstream shop/a at backend
  balance random
  outlier 5xx 5, interval 1s
`},
	{"subsets with ports", `{host: a, trafficPolicy: {portLevelSettings: [{port: {number: 81}, loadBalancer: {simple: RANDOM}}]}, subsets: [{name: v1, labels: {version: v1}, trafficPolicy: {portLevelSettings: [{port: {number: 81}, loadBalancer: {simple: ROUND_ROBIN}}]}}]}`, `
upstream shop/a port 81 v1 at backend
  balance round-robin
upstream shop/a port 81 v1 at backend
  balance random
upstream shop/a v1 at backend
upstream shop/a port 81 at backend
  balance random
upstream shop/a at backend
`},
	{"for its own namespace", `{host: a, exportTo: ["."], trafficPolicy: {loadBalancer: {simple: RANDOM}}}`, `
upstream shop/a at backend from client namespace shop
  balance random
`},
	{"of another namespace's Service", `{host: a.web.svc.cluster.local, trafficPolicy: {loadBalancer: {simple: RANDOM}}}`, `
upstream web/a at backend from client namespace shop
  balance random
`},
	{"for some callers", `{host: a.web.svc.cluster.local, workloadSelector: {matchLabels: {app: web}}, trafficPolicy: {loadBalancer: {simple: RANDOM}}}`, `
upstream web/a at backend from client namespace shop and client label app web
  balance random
`},
	{"every host", `{host: "*", trafficPolicy: {loadBalancer: {simple: RANDOM}}}`, `
upstream * at backend from client namespace shop
  balance random
upstream *.shop.svc.cluster.local at backend
  balance random
opaque istio DestinationRule DestinationRule shop/x
`},
	{"hosts of a domain", `{host: "*.example.com", trafficPolicy: {loadBalancer: {simple: RANDOM}}}`, `
upstream *.example.com at backend
  balance random
`},
}

// TestDestinationRule reads one DestinationRule of namespace shop. Those of which there are
// several facts are kept for Istio as they are.
func TestDestinationRule(t *testing.T) { each(t, "DestinationRule", trafficPolicies) }

// rule is a DestinationRule of an algorithm, told apart by its name.
func rule(name, namespace, host, algorithm string) string {
	return object("DestinationRule", name, `{host: "`+host+`", trafficPolicy: {loadBalancer: {simple: `+algorithm+`}}}`, "namespace: "+namespace)
}

// TestDestinationRules reads several: a caller takes the first of its own
// namespace, of the Service's and of the root's, the most specific of each.
func TestDestinationRules(t *testing.T) {
	const host = "a.shop.svc.cluster.local"
	for _, c := range []struct{ name, in, want string }{
		{"the lookup", rule("root", "istio-system", host, "RANDOM") + rule("own", "shop", host, "ROUND_ROBIN") + rule("caller", "web", host, "PASSTHROUGH"), `
upstream shop/a at backend from client namespace web
  balance passthrough
upstream shop/a at backend
  balance round-robin
`},
		{"names before wildcards, long before short", rule("c", "shop", "*", "RANDOM") + rule("b", "shop", "*.shop.svc.cluster.local", "ROUND_ROBIN") + rule("a", "shop", host, "PASSTHROUGH"), `
upstream shop/a at backend from client namespace shop
  balance passthrough
upstream *.shop.svc.cluster.local at backend from client namespace shop
  balance round-robin
upstream * at backend from client namespace shop
  balance random
upstream shop/a at backend
  balance passthrough
upstream *.shop.svc.cluster.local at backend
  balance round-robin
opaque istio DestinationRule DestinationRule shop/a
opaque istio DestinationRule DestinationRule shop/b
`},
		{"the older of two policies", rule("b", "shop", host, "RANDOM") + object("DestinationRule", "a", `{host: a, subsets: [{name: v1, labels: {version: v1}}]}`) + rule("c", "shop", host, "ROUND_ROBIN"), `
upstream shop/a v1 at backend
upstream shop/a at backend
  balance random
`},
	} {
		if got := lifted(t, c.in); got != trim(c.want) {
			t.Errorf("DestinationRules %s: lifted as\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// TestSubset finds the labels of a destination's subset where each caller looks.
func TestSubset(t *testing.T) {
	subsets := func(namespace, version string) string {
		return object("DestinationRule", "x", `{host: "a.shop.svc.cluster.local", subsets: [{name: s, labels: {version: `+version+`}}]}`, "namespace: "+namespace)
	}
	for _, c := range []struct{ name, in, want string }{
		{"of the caller's namespace", subsets("shop", "v1") + subsets("web", "v2"), `
http to shop/a from client namespace web
  always:
    forward 1 to shop/a subset s (label version v2)
  else respond 404
http to shop/a
  always:
    forward 1 to shop/a subset s (label version v1)
  else respond 404
`},
		{"of the Service's namespace", subsets("shop", "v1") + subsets("other", "v2"), `
http to shop/a from client namespace other
  always:
    forward 1 to shop/a subset s (label version v2)
  else respond 404
http to shop/a
  always:
    forward 1 to shop/a subset s (label version v1)
  else respond 404
`},
		{"of a wildcard in the caller's namespace", strings.Replace(subsets("web", "v3"), "a.shop.", "*.shop.", 1), `
http to shop/a from client namespace web
  always:
    forward 1 to shop/a subset s (label version v3)
  else respond 404
http to shop/a
  always:
    forward 1 to shop/a subset s (any request) which does not exist
  else respond 404
`},
		{"that the caller's namespace hides", subsets("shop", "v1") + rule("x", "web", "a.shop.svc.cluster.local", "RANDOM"), `
http to shop/a from client namespace web
  always:
    forward 1 to shop/a subset s (any request) which does not exist
  else respond 404
http to shop/a
  always:
    forward 1 to shop/a subset s (label version v1)
  else respond 404
`},
		{"that is not there", "", `
http to shop/a
  always:
    forward 1 to shop/a subset s (any request) which does not exist
  else respond 404
`},
	} {
		in := c.in + object("VirtualService", "x", `{hosts: [a.shop.svc.cluster.local], http: [{route: [{destination: {host: a.shop.svc.cluster.local, subset: s}}]}]}`, "namespace: web")
		m, _ := read(t, in, defaults)
		if got := printed(m.Routing); got != trim(c.want) {
			t.Errorf("subset %s: lifted as\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// TestSubsetOfLabelledCallers looks in the callers' namespace for those of a label too.
func TestSubsetOfLabelledCallers(t *testing.T) {
	m, _ := read(t, object("DestinationRule", "x", `{host: a.shop.svc.cluster.local, subsets: [{name: s, labels: {version: v2}}]}`, "namespace: web")+
		object("VirtualService", "x", `{hosts: [a.shop.svc.cluster.local], http: [{match: [{sourceLabels: {app: web}}], route: [{destination: {host: a.shop.svc.cluster.local, subset: s}}]}]}`, "namespace: shop"), defaults)
	if got := printed(m.Routing); !strings.Contains(got, "client namespace web") || !strings.Contains(got, "version v2") || !strings.Contains(got, "does not exist") {
		t.Errorf("lifted as\n%s", got)
	}
}
