package translate

import "testing"

// istioTraps are the ways in which a translation from or to Istio lets in more
// than was asked for, and what of Istio has no equal elsewhere.
var istioTraps = []trap{
	{item: "istio 01", says: "a negated identity holds for clients without one", cases: []string{"trap-negation"}},
	{item: "istio 02", says: "a lost ALLOW leaves the workload closed, not open", cases: []string{"trap-istio-02-last-allow"}},
	{item: "istio 03", says: "no rules allow nothing, an empty rule allows all", cases: []string{"trap-empty-rules"}},
	{item: "istio 04", says: "what speaks of HTTP does not hold on connections that are not", cases: []string{"trap-deny-on-tcp"}},
	{item: "istio 05", says: "plaintext is taken where no policy forbids it", cases: []string{"trap-istio-05-from-a-strict-mesh", "trap-istio-05-plaintext-is-taken"}},
	{item: "istio 06", says: "modes of mutual TLS override each other by level", cases: []string{"trap-istio-06-modes"}},
	{item: "istio 07", says: "an empty tls block disables TLS, and settings of a port replace those of the host", cases: []string{"trap-istio-07-client-tls"}},
	{item: "istio 08", says: "AUDIT and dry-run policies enforce nothing", cases: []string{"ask-audit-dry-run"}},
	{item: "istio 09", says: "a CUSTOM policy is one gate more", cases: []string{"trap-istio-09-custom"}},
	{item: "istio 10", says: "the peer is not whom X-Forwarded-For names", cases: []string{"trap-istio-10-addresses"}},
	{item: "istio 11", says: "paths are compared as they come after normalisation", cases: []string{"trap-istio-11-paths"}},
	{item: "istio 12", says: "a host is compared with its port", cases: []string{"trap-istio-12-hosts"}},
	{item: "istio 13", says: "a star is a wildcard at some places only", cases: []string{"trap-istio-13-wildcards"}},
	{item: "istio 14", says: "trust domains are part of some identities and not of others", cases: []string{"trap-istio-14-trust-domains"}},
	{item: "istio 15", says: "tokens that nobody demands may be left out", cases: []string{"trap-istio-15-no-token"}},
	{item: "istio 16", says: "policies add up, modes do not", cases: []string{"trap-istio-16-policies-add-up"}},
	{item: "istio 17", says: "a policy for waypoints is not enforced by sidecars, and none is where connections pass by them", cases: []string{"trap-istio-17-for-waypoints", "trap-istio-17-past-sidecars", "trap-istio-17-without-sidecar"}},
	{item: "istio 18", says: "an ambient mesh enforces some policies at other places", cases: []string{"trap-istio-18-ambient"}},
	{item: "istio 19", says: "ports of policies are those of workloads", cases: []string{"trap-istio-19-workload-ports"}},
	{item: "istio 20", says: "routing is not authorization", cases: []string{"trap-istio-20-routes-guard-nobody"}},
	{item: "istio 21", says: "a server of a gateway may demand certificates of clients", cases: []string{"entry-clients", "entry-tls"}},
	{item: "istio 22", says: "what leaves the mesh is allowed unless outboundTrafficPolicy says otherwise", cases: []string{"trap-istio-22-what-leaves"}},
	{item: "istio 23", says: "a ServiceEntry may open a port for all addresses", cases: []string{"trap-istio-23-all-addresses"}},
	{item: "istio 24", says: "a fault without a percentage strikes nobody, a mirror without one copies all", cases: []string{"trap-istio-24-no-percentage"}},
	{item: "istio 25", says: "what is retried by default is not what a target retries", cases: []string{"trap-istio-25-conditions-of-retries"}},
	{item: "istio 26", says: "a field that does not exist is dropped in silence", why: "the schemas reject what has such a field, so that no case holds one: TestFields and the scripts of the command do for every kind"},
}

func TestIstioTraps(t *testing.T) {
	checkTraps(t, "istio", append(istioTraps, istioHard...))
}
