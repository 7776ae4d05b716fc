package cilium

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/translate/conformance/cilium/engine"
	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write the table of Envoy's messages")

// TestMessages holds the reader's table of Envoy's messages to those that Cilium's
// agents know.
func TestMessages(t *testing.T) {
	const file = "../../../pkg/mesh/cilium/envoy_messages.txt"
	want := engine.Messages()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Error("the table is not that of the agents; -update writes it", err)
	}
}

// envoyFull is a configuration that says many fields.
const envoyFull = `apiVersion: cilium.io/v2
kind: CiliumEnvoyConfig
metadata: {name: cart, namespace: shop}
spec:
  services: [{name: cart, namespace: shop, listener: cart, ports: [80]}]
  backendServices: [{name: cart, namespace: shop, number: ["80"]}]
  resources:
  - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
    name: cart
    listener_filters:
    - name: envoy.filters.listener.tls_inspector
      typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector, enable_ja3_fingerprinting: true}
    filterChains:
    - filterChainMatch: {transportProtocol: raw_buffer, destinationPort: 80, prefixRanges: [{addressPrefix: 10.0.0.0, prefixLen: 8}]}
      filters:
      - name: envoy.filters.network.http_connection_manager
        typedConfig:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          statPrefix: cart
          codecType: AUTO
          useRemoteAddress: true
          xffNumTrustedHops: 1
          streamIdleTimeout: 300s
          upgradeConfigs: [{upgradeType: websocket, enabled: true}]
          rds: {routeConfigName: cart}
          httpFilters:
          - name: fault
            typedConfig:
              "@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault
              delay: {fixedDelay: 1.5s, percentage: {numerator: 5, denominator: HUNDRED}}
              abort: {httpStatus: 503, percentage: {numerator: 5}}
              maxActiveFaults: 3
          - name: rbac
            typedConfig:
              "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
              rules: {action: ALLOW, policies: {p: {permissions: [{any: true}], principals: [{authenticated: {principalName: {exact: a}}}]}}}
          - name: limit
            typedConfig:
              "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
              statPrefix: limit
              tokenBucket: {maxTokens: 10, tokensPerFill: 5, fillInterval: 1s}
          - name: envoy.filters.http.router
            typedConfig: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router, suppressEnvoyHeaders: true}
  - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
    name: cart
    virtualHosts:
    - name: cart
      domains: ["*"]
      retryPolicy: {retryOn: 5xx, numRetries: 2, perTryTimeout: 1s, retriableStatusCodes: [503], retryBackOff: {baseInterval: 0.1s}}
      requestHeadersToAdd: [{header: {key: a, value: b}, appendAction: OVERWRITE_IF_EXISTS_OR_ADD, keepEmptyValue: true}]
      responseHeadersToRemove: [x-a]
      routes:
      - match:
          prefix: /
          caseSensitive: false
          headers: [{name: x-a, stringMatch: {exact: a, ignoreCase: true}}, {name: x-b, presentMatch: true, invertMatch: true}, {name: x-c, rangeMatch: {start: 1, end: 5}}]
          queryParameters: [{name: q, stringMatch: {safeRegex: {regex: "a+"}}}]
          runtimeFraction: {defaultValue: {numerator: 5, denominator: MILLION}, runtimeKey: k}
        route:
          timeout: 5s
          idleTimeout: 1s
          maxStreamDuration: {maxStreamDuration: 5s}
          weightedClusters: {clusters: [{name: "shop/cart:80", weight: 5}]}
          requestMirrorPolicies: [{cluster: "shop/cart:80", runtimeFraction: {defaultValue: {numerator: 5}}}]
          hashPolicy: [{header: {headerName: x-h}}, {cookie: {name: c, ttl: 5s, path: /}}, {connectionProperties: {sourceIp: true}}]
          prefixRewrite: /b
          hostRewriteLiteral: h
        metadata: {filterMetadata: {a: {b: [1, {c: d}]}}}
        typedPerFilterConfig: {cors: {"@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy, allowOriginStringMatch: [{prefix: a}], allowMethods: GET, maxAge: "5", allowCredentials: true}}
      - match: {safeRegex: {regex: "/a.*"}}
        redirect: {httpsRedirect: true, hostRedirect: h, portRedirect: 443, pathRedirect: /p, responseCode: FOUND, stripQuery: true}
      - match: {path: /x}
        directResponse: {status: 404, body: {inlineString: nothing}}
  - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
    name: shop/cart:80
    type: EDS
    connectTimeout: 5s
    lbPolicy: RING_HASH
    ringHashLbConfig: {minimumRingSize: 1024, hashFunction: XX_HASH}
    circuitBreakers: {thresholds: [{priority: DEFAULT, maxConnections: 5, retryBudget: {budgetPercent: {value: 20.5}, minRetryConcurrency: 3}}]}
    outlierDetection: {consecutive5xx: 5, interval: 5s, maxEjectionPercent: 50, splitExternalLocalOriginErrors: true}
    commonLbConfig: {healthyPanicThreshold: {value: 50}}
    typedExtensionProtocolOptions:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
        commonHttpProtocolOptions: {idleTimeout: 60s}
        useDownstreamProtocolConfig: {http2ProtocolOptions: {maxConcurrentStreams: 100}}
`

// envoyOthers stand in the place of values of another type, and of other sizes.
var envoyOthers = []string{
	"text", "7", `"7"`, "-1", "0", "1.5", "true", "5s", "-5s", `""`, "[]", "{}", "[x]", "{x: z}", "[null]", "null", "4294967296", `{"@type": type.googleapis.com/none.Such}`,
}

// leastConfigs is how many configurations are tried.
const leastConfigs = 3_000

// TestWrongResources puts another value in the place of each value of a configuration,
// removes each, and adds a field to each map: the reader sets the configuration aside
// just where agents do not decode a resource, or rules refuse it.
func TestWrongResources(t *testing.T) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(envoyFull), &doc); err != nil {
		t.Fatal(err)
	}
	tried, refused := 0, 0
	try := func(name string) {
		out, err := yaml.Marshal(&doc)
		if err != nil {
			t.Fatal(err)
		}
		tried++
		if undecoded(t, name, string(out)) {
			refused++
		}
	}
	try("as it is")
	each(&doc, "", func(path string, n *yaml.Node) {
		if !strings.HasPrefix(path, ".spec.resources[") || strings.Contains(path, "filterMetadata") {
			return
		}
		was := *n
		for _, other := range envoyOthers {
			var value yaml.Node
			if err := yaml.Unmarshal([]byte(other), &value); err != nil {
				t.Fatal(err)
			}
			*n = *value.Content[0]
			try(path + ": " + other)
			*n = was
		}
		if n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i < len(was.Content); i += 2 {
			n.Content = append(append([]*yaml.Node{}, was.Content[:i]...), was.Content[i+2:]...)
			try(path + " without " + was.Content[i].Value)
		}
		for _, key := range []string{"noSuchField", "name", "path", "cluster", "exact_match", "stat_prefix"} {
			n.Content = append(append([]*yaml.Node{}, was.Content...), &yaml.Node{Kind: yaml.ScalarNode, Value: key}, &yaml.Node{Kind: yaml.ScalarNode, Value: "/x"})
			try(path + " with " + key)
		}
		*n = was
	})
	t.Logf("%d configurations, %d of which are refused", tried, refused)
	if tried < leastConfigs || refused*3 < tried {
		t.Error("too few configurations, or too few that are refused")
	}
}

// undecoded reports whether agents do not decode a resource of a configuration, or rules
// refuse it, and holds the reader to the same.
func undecoded(t *testing.T, name, config string) bool {
	t.Helper()
	var u map[string]any
	if yaml.Unmarshal([]byte(config), &u) != nil {
		return false // a key twice
	}
	err := engine.Decode([]byte(config))
	aside, why := false, ""
	for _, f := range rewritten([]string{config}).Findings {
		switch f.Code {
		case "wrong-type", "invalid-value", "unknown-field", "invalid-regex":
			aside, why = true, f.At[0].Path+": "+f.Summary
		}
	}
	if aside != (err != nil) {
		t.Errorf("%s: the engine says %v, and set aside is %v for %s", name, err, aside, why)
	}
	return err != nil
}
