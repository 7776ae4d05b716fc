package consul

import "testing"

// What is kept for Consul alone says what to do where another mesh takes over: what has its
// purpose there, or how to go without.
func TestNext(t *testing.T) {
	a := readFile(t, "in.yaml", allHTTP+cr("ServiceDefaults", "api", `protocol: http
balanceInboundConnections: exact_balance
rateLimits: {instanceLevel: {requestsPerSecond: 1}}
upstreamConfig: {defaults: {envoyClusterJSON: "{}", passiveHealthCheck: {enforcingConsecutive5xx: 50}}, overrides: [{name: web, peer: east}]}`)+
		cr("ServiceDefaults", "far", "externalSNI: far.example")+
		cr("ServiceDefaults", "out", "protocol: http\ndestination: {addresses: [out.example], port: 80}")+
		cr("ServiceResolver", "api", `subsets: {v1: {onlyPassing: true}}
failover: {v1: {service: web, policy: {mode: sequential}}}
prioritizeByLocality: {mode: failover}
loadBalancer: {policy: ring_hash, ringHashConfig: {maximumRingSize: 9}, hashPolicies: [{sourceIP: true}, {field: header, fieldValue: x}]}`)+
		cr("ServiceResolver", "web", "loadBalancer: {policy: least_request, leastRequestConfig: {choiceCount: 3}}")+
		cr("Mesh", "mesh", "tls: {incoming: {tlsMinVersion: TLSv1_3}}\nhttp: {sanitizeXForwardedClientCert: true}\npeering: {peerThroughMeshGateways: true}"), env("allow"), versionEnterprise)
	if len(a.model.Opaque) < 15 || a.problems() != "" {
		t.Errorf("%d are kept, problems %s", len(a.model.Opaque), a.problems())
	}
	for _, o := range a.model.Opaque {
		if o.Note == nil && o.Purpose == "" && o.Instead == "" {
			t.Errorf("%s: %s says nothing of what comes next", o.At.Path, o.Why)
		}
	}
}
