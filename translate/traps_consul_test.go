package translate

import "testing"

// consulTraps are the ways in which a translation from or to Consul lets in more
// than was asked for, and what of Consul has no equal elsewhere.
var consulTraps = []trap{
	{item: "consul t01", says: "under a default of allow a list of permissions keeps out only what it denies", cases: []string{"trap-consul-01-open-permissions", "trap-consul-01-closed-permissions"}},
	{item: "consul t02", says: "proxies subtract more exact sources, whatever the documented precedence says", cases: []string{"trap-consul-02-expanded", "trap-consul-02-enforced"}},
	{item: "consul t03", says: "tokens are asked for on HTTP, under a default of deny", cases: []string{"trap-consul-03-open", "trap-consul-03-tcp", "trap-consul-03-demanded", "trap-consul-03-bad-token"}},
	{item: "consul t04", says: "permissions of one source shadow what is said of all", cases: []string{"trap-consul-04-shadowed", "trap-consul-04-shadowed-open", "trap-consul-04-said-twice"}},
	{item: "consul t05", says: "a permissive service asks no intention for plaintext", cases: []string{"trap-consul-05-never-permissive", "trap-consul-05-open-permissive", "trap-consul-05-plaintext-unasked", "trap-consul-05-plaintext-by-default"}},
	{item: "consul t06", says: "exposed paths and excluded ports are served beside the mesh", cases: []string{"trap-consul-06-exposed", "trap-consul-06-annotations", "trap-consul-06-past-proxies"}},
	{item: "consul t07", says: "prefixes are of characters, and case counts", cases: []string{"trap-consul-07-paths", "trap-consul-07-segments"}},
	{item: "consul t08", says: "an extension that asks for permission fails open", cases: []string{"trap-consul-08-asked"}},
	{item: "consul t09", says: "a client is the name of a service, of whatever namespace", cases: []string{"trap-consul-09-one-name", "trap-consul-09-widened"}},
	{item: "consul t10", says: "all sources are those of the own cluster", cases: []string{"trap-consul-10-peers", "trap-consul-10-open"}},
	{item: "consul t11", says: "intentions bind to where a chain ends", cases: []string{"trap-consul-11-virtual"}},
	{item: "consul t12", says: "behind a gateway clients are the gateway", cases: []string{"trap-consul-12-gateway"}},
	{item: "consul t13", says: "what leaves the mesh is allowed unless meshDestinationsOnly says otherwise", cases: []string{"trap-consul-13-what-leaves", "trap-consul-13-only-known"}},
	{item: "consul t14", says: "the oldest TLS that is taken is said for the whole mesh, and keys may be fetched unverified", cases: []string{"trap-consul-14-unchecked-keys"}},
	{item: "consul t15", says: "the protocol of all services decides what is understood", cases: []string{"trap-consul-15-protocols", "trap-consul-15-own-listener"}},
	{item: "consul t16", says: "permissive services stay so when it is no longer allowed", cases: []string{"trap-consul-16-still-permissive"}},
	{item: "consul t17", says: "what Envoy refuses leaves in force what was before", cases: []string{"trap-consul-17-bad-regex", "trap-consul-17-server-of-keys"}},

	{item: "consul consumers", says: "limits are those of each consumer", cases: []string{"hard-consul-consumers", "hard-consul-some-consumers", "hard-consul-all-callers"}},
	{item: "consul accounts", says: "accounts and namespaces are services by name", cases: []string{"trap-consul-09-widened"}},
	{item: "consul hosts", says: "a service has one chain for all hosts", cases: []string{"hard-consul-hosts"}},
	{item: "consul ports", says: "a service has one port", cases: []string{"hard-consul-ports"}},
	{item: "consul askers", says: "nobody is asked, and addresses are not known", cases: []string{"hard-consul-askers", "trap-istio-09-custom", "trap-istio-10-addresses"}},
	{item: "consul inverted", says: "an inverted condition on a header does not hold without the header", cases: []string{"trap-consul-inverted-header"}},
	{item: "consul order", says: "denials come first in a list, and a denial of all last", cases: []string{"hard-consul-denies-first"}},
	{item: "consul enforced", says: "what proxies enforce is read, not what is documented", cases: []string{"trap-consul-04-shadowed"}},
	{item: "consul timeouts", says: "requests are bounded twice, by 15 seconds where nothing is said", cases: []string{"hard-consul-own-timeouts", "hard-consul-unlimited", "hard-consul-http-without-routes"}},
	{item: "consul retries", says: "a number of tries alone tries nothing again", cases: []string{"hard-consul-retries", "hard-consul-retries-said"}},
	{item: "consul segments", says: "a prefix of path segments is two routes", cases: []string{"hard-consul-segments"}},
	{item: "consul shares", says: "shares are hundredths of a percent", cases: []string{"hard-consul-shares"}},
	{item: "consul lacks", says: "there are no faults, mirrors, CORS, redirects or answers", cases: []string{"hard-consul-lacks"}},
	{item: "consul defaults", says: "the default policy is in no manifest of a service", cases: []string{"hard-consul-default-policy"}},
	{item: "consul nesting", says: "splits behind splits that change headers crash the server", cases: []string{"hard-consul-nested-splits"}},
	{item: "consul enterprise", says: "what only the enterprise edition has is refused in the other", cases: []string{"hard-consul-enterprise"}},
}

func TestConsulTraps(t *testing.T) {
	checkTraps(t, "consul", consulTraps)
}
