package translate

// istioHard is what of Istio has no equal in other meshes, or one that is not
// quite the same.
var istioHard = []trap{
	{item: "precedence of DENY", says: "targets that only let in say what is left", cases: []string{"trap-linkerd-t03-closed-to-all", "trap-linkerd-t05-carving-out"}},
	{item: "notPrincipals and the like", says: "identities cannot be left out", cases: []string{"trap-negation"}},
	{item: "CUSTOM", says: "nobody else can be asked", cases: []string{"trap-istio-09-custom"}},
	{item: "AUDIT and dry-run", says: "enforces nothing anywhere", cases: []string{"ask-audit-dry-run"}},
	{item: "PERMISSIVE", says: "targets that take mutual TLS only keep plaintext out", cases: []string{"trap-istio-05-plaintext-is-taken"}},
	{item: "mutual TLS of ports", says: "is a matter of admission, port by port", cases: []string{"trap-istio-06-modes"}},
	{item: "TLS as clients choose it", says: "has no equal", cases: []string{"trap-istio-07-client-tls"}},
	{item: "tokens", says: "others than Consul validate none", cases: []string{"trap-istio-15-no-token"}},
	{item: "addresses that are forwarded", says: "others know the peer's", cases: []string{"trap-istio-10-addresses"}},
	{item: "words about requests", says: "become expressions that are anchored", cases: []string{"hard-istio-words-of-requests", "trap-istio-11-paths"}},
	{item: "hosts", says: "are compared whatever their case, with their port", cases: []string{"trap-istio-12-hosts"}},
	{item: "sourceNamespace", says: "is for callers of one namespace", cases: []string{"hard-istio-source-namespace"}},
	{item: "order of rules", says: "is that of the list", cases: []string{"hard-istio-matches", "trap-raw-prefix"}},
	{item: "no catch-all", says: "is a 404", cases: []string{"hard-istio-no-catch-all"}},
	{item: "default retries", says: "are two, and no timeout", cases: []string{"hard-istio-default-retries"}},
	{item: "conditions of retries", says: "have other names elsewhere", cases: []string{"trap-istio-25-conditions-of-retries"}},
	{item: "faults, copies, rewrites and answers", says: "not every mesh can do these", cases: []string{"hard-istio-done-to-requests"}},
	{item: "balancing", says: "by hash or locality", cases: []string{"hard-istio-balancing"}},
	{item: "limits and ejection", says: "are said where they can be", cases: []string{"hard-istio-balancing"}},
	{item: "plugins", says: "may keep requests out", cases: []string{"hard-istio-plugins"}},
	{item: "delegates", says: "join two rules", cases: []string{"hard-istio-delegate"}},
	{item: "Sidecar and exportTo", says: "say who sees what", cases: []string{"destinations-shown-to-some", "hard-istio-sidecar"}},
	{item: "TLS of gateways", says: "may demand certificates of clients", cases: []string{"entry-clients", "entry-redirects-to-https"}},
	{item: "ServiceEntry", says: "what is outside", cases: []string{"hard-istio-service-entry"}},
	{item: "aliases of trust domains", says: "are other names of the same identities", cases: []string{"trap-istio-14-trust-domains"}},
	{item: "Telemetry", says: "what is recorded", cases: []string{"hard-istio-telemetry"}},
}

// linkerdHard is what of Linkerd has no equal in other meshes, and what it lacks
// itself.
var linkerdHard = []trap{
	{item: "compound durations", says: "are none", cases: []string{"hard-linkerd-timeouts"}},
	{item: "retries of whole routes", says: "are annotated", cases: []string{"hard-linkerd-timeouts"}},
	{item: "retry budgets", says: "bound retries without a number", cases: []string{"hard-linkerd-budget"}},
	{item: "success rates", says: "eject endpoints, nowhere else", cases: []string{"hard-linkerd-success-rate"}},
	{item: "ranking by length", says: "differs from the Gateway API's", cases: []string{"trap-linkerd-t06-length"}},
	{item: "raw prefixes", says: "are expressions", cases: []string{"trap-raw-prefix"}},
	{item: "what is not implemented", says: "rewrites, mirrors, faults and answers are lost, and never written", cases: []string{"hard-istio-done-to-requests"}},
	{item: "balancing", says: "is by latency", cases: []string{"hard-istio-balancing"}},
	{item: "STRICT", says: "is a matter of admission", cases: []string{"trap-linkerd-t01-strict"}},
	{item: "identities that are left out", says: "cannot be said", cases: []string{"trap-negation"}},
	{item: "tokens and providers", says: "are unknown", cases: []string{"trap-istio-15-no-token", "trap-istio-09-custom"}},
	{item: "audit", says: "is for whole ports", cases: []string{"trap-linkerd-t13-audit"}},
	{item: "declared protocols", says: "decide what routes are looked at", cases: []string{"trap-linkerd-t23-application-protocols", "trap-linkerd-t16-routes-of-the-other-kind"}},
	{item: "rate limits", says: "are of one pod", cases: []string{"linkerd-rate-limits"}},
	{item: "egress", says: "is the client's own control", cases: []string{"linkerd-egress"}},
	{item: "workloads outside Kubernetes", says: "have SPIFFE names", cases: []string{"trap-linkerd-t11-any-identity"}},
	{item: "other clusters", says: "are linked", cases: []string{"hard-linkerd-links"}},
	{item: "TCP", says: "is routed by shares", cases: []string{"l4-services-linkerd"}},
}
