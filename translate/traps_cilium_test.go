package translate

import "testing"

// ciliumTraps are the ways in which a translation from or to Cilium lets in more
// than was asked for, and what of Cilium has no equal elsewhere.
var ciliumTraps = []trap{
	{item: "cilium t01", says: "an allow without requests voids the list of requests of those that it covers", cases: []string{"trap-cilium-01-broad-allow", "trap-cilium-01-lists-kept"}},
	{item: "cilium t02", says: "an entry that says nothing lets nobody in", cases: []string{"trap-cilium-02-empty-entry"}},
	{item: "cilium t03", says: "an empty list of peers is nobody", cases: []string{"trap-cilium-03-empty-list"}},
	{item: "cilium t04", says: "Cilium's validation changes what it validates", why: "none of its code runs in a translation, and the conformance tests give it copies"},
	{item: "cilium t05", says: "peers without a namespace are the policy's own, or any", cases: []string{"trap-cilium-05-namespaces", "trap-cilium-05-accounts-named"}},
	{item: "cilium t06", says: "labels may be kept out of identities", cases: []string{"trap-cilium-06-labels-of-identities"}},
	{item: "cilium t07", says: "peers of denials are completed like those of allows", cases: []string{"trap-cilium-07-denied-namespaces", "trap-cilium-07-denied-cluster"}},
	{item: "cilium t08", says: "denials alone close a workload", cases: []string{"trap-cilium-08-denials-close", "trap-cilium-07-denied-namespaces"}},
	{item: "cilium t09", says: "each direction is closed by itself", cases: []string{"trap-cilium-09-directions"}},
	{item: "cilium t10", says: "blocks of addresses are about clients outside", cases: []string{"trap-cilium-10-blocks-are-outside", "trap-cilium-10-pods-in-blocks"}},
	{item: "cilium t11", says: "entities are more than pods, or less", cases: []string{"trap-cilium-11-entities", "trap-cilium-11-places", "cilium-clients-by-place"}},
	{item: "cilium t12", says: "expressions for paths are held to the path with its query", cases: []string{"trap-cilium-12-paths", "cilium-policies"}},
	{item: "cilium t13", says: "expressions for hosts are held to the host with its port", cases: []string{"trap-cilium-13-hosts", "trap-istio-12-hosts"}},
	{item: "cilium t14", says: "alternatives are of the whole expression", cases: []string{"trap-cilium-14-alternatives"}},
	{item: "cilium t15", says: "header matches with an action restrict nothing", cases: []string{"trap-cilium-15-headers"}},
	{item: "cilium t16", says: "nothing is mutual TLS, and authentication is not encryption", cases: []string{"trap-cilium-16-strict", "trap-cilium-16-authentication"}},
	{item: "cilium t17", says: "the proxy of a Service is passed by who dials its pods", cases: []string{"trap-istio-09-custom", "trap-istio-15-no-token"}},
	{item: "cilium t18", says: "a proxy may hide who calls", cases: []string{"trap-cilium-18-hidden-callers", "trap-cilium-20-normal-paths"}},
	{item: "cilium t19", says: "a listener with an address of its own enforces no policy", cases: []string{"trap-cilium-19-own-address"}},
	{item: "cilium t20", says: "listeners do not normalise paths by themselves", cases: []string{"trap-cilium-20-normal-paths", "trap-cilium-20-paths-as-sent"}},
	{item: "cilium t21", says: "ports are those of pods", cases: []string{"trap-cilium-21-services-are-pods", "trap-istio-19-workload-ports"}},
	{item: "cilium t22", says: "the kubelet is let in whatever policies say", cases: []string{"trap-cilium-22-probes"}},
	{item: "cilium t23", says: "a list of requests makes a port one of HTTP", cases: []string{"trap-cilium-23-not-http"}},
	{item: "cilium t24", says: "agents ignore fields that do not exist", why: "TestFields and the scripts of the command hold it for every kind; the conformance tests hold what is written to the schemas and to Envoy's types"},
	{item: "cilium t25", says: "a route without a timeout has one of 15 seconds", cases: []string{"trap-cilium-25-default-timeouts", "trap-cilium-25-no-timeout"}},
	{item: "cilium t26", says: "how policies are enforced stands in no manifest", cases: []string{"trap-cilium-26-always", "trap-cilium-26-never", "trap-cilium-26-never-enforced"}},
	{item: "hard 01", says: "denials of requests", cases: []string{"hard-cilium-denied-requests"}},
	{item: "hard 02", says: "the two empty rules", cases: []string{"trap-empty-rules", "trap-cilium-02-empty-entry"}},
	{item: "hard 03", says: "principals and trust domains", cases: []string{"trap-istio-14-trust-domains", "trap-cilium-05-accounts-named"}},
	{item: "hard 04", says: "tokens, forwarded addresses, audit, dry runs and askers", cases: []string{"ask-audit-dry-run", "trap-istio-09-custom", "trap-istio-10-addresses", "trap-istio-15-no-token"}},
	{item: "hard 05", says: "modes of mutual TLS", cases: []string{"trap-cilium-16-strict", "trap-istio-06-modes"}},
	{item: "hard 06", says: "subsets", cases: []string{"hard-cilium-subsets"}},
	{item: "hard 07", says: "routes for some clients", cases: []string{"hard-cilium-routes-for-some"}},
	{item: "hard 08", says: "the precedence of intentions", cases: []string{"hard-cilium-precedence-of-intentions"}},
	{item: "hard 09", says: "grants for routes of a Server", cases: []string{"hard-cilium-routes-of-servers"}},
	{item: "hard 10", says: "names, groups and protocols of Cilium alone", cases: []string{"hard-cilium-own-words", "cilium-groups-of-addresses"}},
	{item: "hard 11", says: "what clients may dial", cases: []string{"cilium-egress"}},
	{item: "hard 12", says: "filters that are written by hand", cases: []string{"hard-cilium-filters", "hard-cilium-filters-that-guard"}},
	{item: "hard 13", says: "rules that Cilium no longer has", why: "a refused document is withheld for every target, its own among them: TestRefused in pkg/mesh/cilium holds each by name"},
}

func TestCiliumTraps(t *testing.T) {
	checkTraps(t, "cilium", ciliumTraps)
}
