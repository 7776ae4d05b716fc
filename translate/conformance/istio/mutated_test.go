package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
)

// whole are valid specifications that say most fields, to be changed in one place.
var whole = []struct{ group, kind, spec, beside string }{
	{"networking", "VirtualService", `
hosts: [cart.example.com, "*.shop.example.com"]
gateways: [web, ingress/main]
exportTo: ["."]
http:
- name: first
  match:
  - uri: {prefix: /a}
    scheme: {exact: https}
    method: {regex: "GET|POST"}
    authority: {prefix: cart}
    headers: {x-id: {exact: "1"}, x-more: {}}
    withoutHeaders: {x-off: {regex: "*"}}
    queryParams: {q: {exact: a}}
    port: 80
    sourceLabels: {app: web}
    sourceNamespace: web
    gateways: [web]
    ignoreUriCase: true
  route:
  - destination: {host: a, subset: v1, port: {number: 80}}
    weight: 1
    headers: {request: {set: {x-b: c}}, response: {add: {x-d: "%REQ(x)%"}}}
  - {destination: {host: b}, weight: 0}
  rewrite: {uri: /x, authority: y}
  timeout: 1s
  retries: {attempts: 2, perTryTimeout: 1s, retryOn: "5xx,503", backoff: 1s, retryRemoteLocalities: true, retryIgnorePreviousHosts: false}
  fault: {delay: {fixedDelay: 1s, percentage: {value: 1}}, abort: {httpStatus: 500, percentage: {value: 0.5}}}
  mirror: {host: c, port: {number: 80}}
  mirrorPercentage: {value: 10}
  corsPolicy: {allowOrigins: [{exact: a}], allowMethods: [GET], allowHeaders: [x-a], exposeHeaders: ["*"], maxAge: 10s, allowCredentials: true}
  headers: {request: {set: {x-e: f}, remove: [x-g]}, response: {add: {x-h: i}}}
- {match: [{uri: {prefix: /r}}], redirect: {prefixRewrite: /s, authority: t, scheme: https, port: 443, redirectCode: 302}}
- {directResponse: {status: 404, body: {string: x}}}
tls:
- {match: [{sniHosts: [cart.example.com], port: 443, destinationSubnets: [10.0.0.0/8], sourceLabels: {app: web}, gateways: [web]}], route: [{destination: {host: a}, weight: 1}]}
tcp:
- {match: [{port: 5432, destinationSubnets: [10.0.0.1]}], route: [{destination: {host: a, port: {number: 1}}}]}
`, ""},
	{"networking", "VirtualService", `
http:
- {match: [{uri: {prefix: /r}}], route: [{destination: {host: a}}], mirrors: [{destination: {host: b}, percentage: {value: 1}}]}
`, `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec: {hosts: [a], http: [{delegate: {name: x}}]}
`},
	{"networking", "DestinationRule", `
host: "*.shop.svc.cluster.local"
exportTo: [shop]
workloadSelector: {matchLabels: {app: web}}
trafficPolicy:
  loadBalancer:
    consistentHash: {httpCookie: {name: a, path: /, ttl: 0s, attributes: [{name: SameSite, value: Strict}]}, maglev: {tableSize: 65537}}
    localityLbSetting: {enabled: true, distribute: [{from: us/*, to: {us/a/*: 60, eu: 40}}, {from: eu/b, to: {eu: 100}}]}
    warmup: {duration: 10s, minimumPercent: 10, aggression: 1.5}
  connectionPool:
    tcp: {maxConnections: 10, connectTimeout: 1s, idleTimeout: 0s, maxConnectionDuration: 1s, tcpKeepalive: {probes: 3, time: 1s, interval: 1s}}
    http: {http1MaxPendingRequests: 1, http2MaxRequests: 2, maxRequestsPerConnection: 3, maxRetries: 4, idleTimeout: 1s, h2UpgradePolicy: UPGRADE, useClientProtocol: false, maxConcurrentStreams: 5, http2KeepAlive: {interval: 1s, timeout: 1s}}
  outlierDetection: {consecutive5xxErrors: 1, consecutiveGatewayErrors: 2, consecutiveLocalOriginFailures: 3, splitExternalLocalOriginErrors: true, interval: 1s, baseEjectionTime: 1s, maxEjectionPercent: 50, minHealthPercent: 50}
  tls: {mode: MUTUAL, clientCertificate: a, privateKey: b, caCertificates: c, subjectAltNames: [d], sni: e}
  portLevelSettings:
  - {port: {number: 80}, tls: {mode: SIMPLE, credentialName: x}}
  - {port: {number: 81}, loadBalancer: {simple: RANDOM, localityLbSetting: {failover: [{from: a, to: b}], failoverPriority: [x]}}}
  retryBudget: {percent: 10, minRetryConcurrency: 2}
subsets:
- {name: v1, labels: {version: v1}, trafficPolicy: {connectionPool: {http: {maxRetries: 1}}}}
- {name: v2, labels: {version: v2}}
`, ""},
	{"security", "PeerAuthentication", `{selector: {matchLabels: {app: a}}, mtls: {mode: STRICT}, portLevelMtls: {"80": {mode: DISABLE}}}`, ""},
	{"security", "RequestAuthentication", `
selector: {matchLabels: {app: a}}
jwtRules:
- issuer: a
  audiences: [b]
  jwksUri: https://c
  fromHeaders: [{name: x-a, prefix: "b "}]
  fromParams: [c]
  fromCookies: [d]
  outputPayloadToHeader: x-e
  forwardOriginalToken: true
  outputClaimToHeaders: [{header: x-f, claim: g}]
  timeout: 1s
  spaceDelimitedClaims: [h]
`, ""},
	{"security", "AuthorizationPolicy", `
selector: {matchLabels: {app: a}}
action: DENY
rules:
- from: [{source: {principals: [a], notNamespaces: [b], requestPrincipals: [c], ipBlocks: [10.0.0.0/8], notRemoteIpBlocks: [10.0.0.1]}}]
  to: [{operation: {hosts: [a], ports: ["80"], methods: [GET], notPaths: ["/a/{*}"]}}]
  when: [{key: source.ip, values: [10.0.0.1]}, {key: "request.headers[x]", notValues: [b]}]
- from: [{source: {serviceAccounts: [a/b], notTrustDomains: ["*.c"]}}]
`, ""},
}

// odd are values that stand in the place of others.
var odd = []string{
	`""`, `x`, `"*"`, `"*.a"`, `"a b"`, `"a.b.c"`, `"A_b"`, `"/"`, `"("`, `"%"`, `"a/b"`, `".1"`, `"us/*"`, `"10.0.0.0/8"`, `"https://x"`, `host`, `":path"`,
	`"-1"`, `"0"`, `"80"`, `0`, `1`, `-1`, `0.00001`, `100`, `101`, `600`, `601`, `70000`, `3000000000`, `5000000000`, `true`, `false`, `0s`, `1s`, `1ms`, `1.5ms`, `-1s`, `null`, `[]`, `{}`, `[a]`, `[a, a]`, `[""]`,
	`{a: b}`, `{"": b}`, `{value: 5}`, `{exact: ""}`, `{prefix: ""}`, `{regex: "("}`, `{exact: a, prefix: b}`, `DISABLE`, `SIMPLE`, `LEAST_CONN`, `STRICT`, `UNSET`,
}

// place is a path to one value of a specification.
type place []any

// places lists all values of a specification.
func places(v any, at place, visit func(place)) {
	visit(slices.Clone(at))
	switch x := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(x)) {
			places(x[k], append(at, k), visit)
		}
	case []any:
		for i := range x {
			places(x[i], append(at, i), visit)
		}
	}
}

// change puts a value to a place, or takes it away.
func change(v any, at place, to any, remove bool) any {
	if len(at) == 0 {
		return to
	}
	switch x := v.(type) {
	case map[string]any:
		out := maps.Clone(x)
		if k := at[0].(string); len(at) == 1 && remove {
			delete(out, k)
		} else {
			out[k] = change(x[k], at[1:], to, remove)
		}
		return out
	case []any:
		out, i := slices.Clone(x), at[0].(int)
		if len(at) == 1 && remove {
			return slices.Delete(out, i, i+1)
		}
		out[i] = change(x[i], at[1:], to, remove)
		return out
	}
	panic("no such place")
}

// oneOf is the part of all changes that are judged.
const oneOf = 8

// TestMutated changes valid specifications in one place each, to a value of a
// list: what Istio rejects then is reported as an error or an unknown field, and
// what it takes is not called wrong.
func TestMutated(t *testing.T) {
	schemas, g := engine.NewSchemas(t), newGenerator(seed, 0)
	seen, rejections := 0, 0
	for _, w := range whole {
		spec := decoded(t, w.spec)
		if found := faults(schemas, mutant(t, w.group, w.kind, spec)); len(found) > 0 {
			t.Fatalf("Istio rejects the whole: %v", found)
		}
		places(spec, nil, func(at place) {
			for i := range len(odd) + 1 {
				to, fits := oddAt(t, at, i)
				if !fits || g.IntN(oneOf) > 0 {
					continue
				}
				seen++
				manifest := mutant(t, w.group, w.kind, change(spec, at, to, i == len(odd)))
				if judgeMutant(t, schemas, manifest, []byte(w.beside), fmt.Sprint(w.kind, " ", at, " = ", to)) {
					rejections++
				}
			}
		})
	}
	t.Logf("%d changes, of which Istio rejects %d", seen, rejections)
	if min(rejections, seen-rejections) < seen/10 {
		t.Error("too few on one side")
	}
}

// oddAt is what comes to a place, nil behind the last; fits is false for the
// whole, and for null in a map, which the API server takes away.
func oddAt(t *testing.T, at place, i int) (to any, fits bool) {
	t.Helper()
	if len(at) == 0 || i == len(odd) {
		return nil, len(at) > 0
	}
	_, inMap := at[len(at)-1].(string)
	return decodedValue(t, odd[i]), !inMap || odd[i] != "null"
}

// judgeMutant compares what Istio and transmesh say; it tells what Istio says.
func judgeMutant(t *testing.T, schemas engine.Schemas, manifest, beside []byte, what string) bool {
	t.Helper()
	found := faults(schemas, manifest)
	r := rewritten(slices.Concat(manifest, []byte("\n"), beside), nil)
	noticed := slices.ContainsFunc(r.Findings, func(d diag.Diagnostic) bool { return d.Severity == diag.Error || d.Code == diag.UnknownField })
	called := slices.IndexFunc(r.Findings, func(d diag.Diagnostic) bool { return wrong[d.Code] })
	switch {
	case len(found) > 0 && !noticed:
		t.Errorf("unnoticed: %s: %v", what, strings.ReplaceAll(fmt.Sprint(found), "\n", " "))
	case len(found) == 0 && called >= 0:
		t.Errorf("Istio takes it: %s: %v", what, r.Findings[called].Summary)
	}
	return len(found) > 0
}

func decoded(t *testing.T, text string) map[string]any {
	t.Helper()
	return decodedValue(t, text).(map[string]any)
}

func decodedValue(t *testing.T, text string) any {
	t.Helper()
	var out any
	if err := yaml.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// mutant is written as JSON, which is YAML.
func mutant(t *testing.T, group, kind string, spec any) []byte {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"apiVersion": group + ".istio.io/v1", "kind": kind, "metadata": map[string]string{"name": "x", "namespace": "shop"}, "spec": spec,
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}
