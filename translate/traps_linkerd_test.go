package translate

import "testing"

// linkerdTraps are the ways in which a translation to Linkerd (t) or from it (f)
// lets in more than was asked for.
var linkerdTraps = []trap{
	{item: "linkerd t01", says: "mutual TLS that is strict is a matter of admission", cases: []string{"trap-linkerd-t01-strict"}},
	{item: "linkerd t02", says: "policies do nothing for ports without a Server", cases: []string{"trap-linkerd-t02-every-port", "trap-linkerd-t02-no-server"}},
	{item: "linkerd t03", says: "a Server closes its port to everyone", cases: []string{"trap-linkerd-t03-closed-to-all"}},
	{item: "linkerd t04", says: "what a Server grants makes restrictions of routes void", cases: []string{"trap-linkerd-t04-no-mixing"}},
	{item: "linkerd t05", says: "paths that are carved out are evaded by spelling them otherwise", cases: []string{"trap-linkerd-t05-carving-out"}},
	{item: "linkerd t06", says: "routes rank by how many characters match", cases: []string{"trap-linkerd-t06-length"}},
	{item: "linkerd t07", says: "no required authentications let in everyone", cases: []string{"trap-linkerd-t07-empty-refs"}},
	{item: "linkerd t08", says: "a network alone lets in clients without an identity", cases: []string{"trap-linkerd-t08-address-and-identity"}},
	{item: "linkerd t09", says: "policies add up", cases: []string{"trap-linkerd-t09-policies-add-up"}},
	{item: "linkerd t10", says: "a ServerAuthorization without networks is about those of the cluster", cases: []string{"trap-linkerd-t10-networks-of-the-cluster"}},
	{item: "linkerd t11", says: "any identity is one of the usual form, of any mesh with the same root", cases: []string{"trap-linkerd-t11-any-identity"}},
	{item: "linkerd t12", says: "identities name the trust domain and the control plane", cases: []string{"trap-linkerd-t12-names-of-identities"}},
	{item: "linkerd t13", says: "audit lets everyone in", cases: []string{"trap-linkerd-t13-audit", "ask-audit-dry-run"}},
	{item: "linkerd t14", says: "a default that is misspelled is that of the installation", cases: []string{"trap-linkerd-t14-default-of-namespaces"}},
	{item: "linkerd t15", says: "what is not detected as HTTP passes routes by", cases: []string{"trap-linkerd-t15-detection", "trap-linkerd-t15-not-http", "trap-linkerd-t15-identity-at-ports"}},
	{item: "linkerd t16", says: "a Server looks at routes of its own protocol only", cases: []string{"trap-linkerd-t16-routes-of-the-other-kind"}},
	{item: "linkerd t17", says: "a route with a filter that Linkerd lacks is none", cases: []string{"trap-linkerd-t17-unsupported-filter"}},
	{item: "linkerd t18", says: "health checks are kept out once there are routes", cases: []string{"trap-probes"}},
	{item: "linkerd t19", says: "Servers are about ports of pods", cases: []string{"trap-linkerd-t19-ports-of-pods", "trap-istio-19-workload-ports"}},
	{item: "linkerd t20", says: "an EgressNetwork of a namespace puts those of all out of force", cases: []string{"linkerd-egress"}},
	{item: "linkerd t21", says: "a gateway to another cluster hides who calls", cases: []string{"trap-linkerd-t21-by-a-gateway"}},
	{item: "linkerd t22", says: "a ServiceProfile puts routes out of force", cases: []string{"trap-linkerd-t22-profile-before-route"}},
	{item: "linkerd t23", says: "ports of an unknown appProtocol are opaque", cases: []string{"trap-linkerd-t23-application-protocols", "trap-linkerd-t23-opaque-ports", "linkerd-opaque-ports"}},

	{item: "linkerd f01", says: "without policies the default holds", cases: []string{"trap-linkerd-f01-default"}},
	{item: "linkerd f02", says: "a Server without policies closes one port", cases: []string{"trap-linkerd-f02-one-port"}},
	{item: "linkerd f03", says: "grants of a Server and of its routes add up", cases: []string{"trap-linkerd-f03-union"}},
	{item: "linkerd f04", says: "networks let in plaintext, by the peer's address", cases: []string{"trap-linkerd-f04-plaintext-from-networks"}},
	{item: "linkerd f05", says: "what no route matches is kept out", cases: []string{"trap-linkerd-f03-union"}},
	{item: "linkerd f06", says: "what lets in stays so, and nothing of it denies", cases: []string{"trap-linkerd-f02-one-port"}},
	{item: "linkerd f07", says: "what has no effect becomes no grant", cases: []string{"trap-linkerd-f07-without-effect"}},
	{item: "linkerd f08", says: "intentions are of services, and not of ports", cases: []string{"trap-linkerd-f08-ports-apart"}},
	{item: "linkerd f09", says: "networks leave out blocks", cases: []string{"trap-linkerd-f09-exceptions"}},
	{item: "linkerd f10", says: "a rate limit is of one pod", cases: []string{"linkerd-rate-limits"}},
}

func TestLinkerdTraps(t *testing.T) {
	checkTraps(t, "linkerd", append(linkerdTraps, linkerdHard...))
}
