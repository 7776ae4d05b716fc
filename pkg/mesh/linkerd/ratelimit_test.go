package linkerd

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

const limitedServer = "Server cart {podSelector: {matchLabels: {app: cart}}, port: 80}"

func limiting(spec string) string {
	return "HTTPLocalRateLimitPolicy cart {targetRef: {group: policy.linkerd.io, kind: Server, name: cart}, " + spec + "}"
}

// What the admission webhook rejects is rejected, and the rest is not.
// linkerd2 policy-test/tests/admit_http_local_ratelimit_policy.rs
func TestRateLimitsRejected(t *testing.T) {
	for spec, want := range map[string]string{
		"total: {requestsPerSecond: 1000}, identity: {requestsPerSecond: 100}, overrides: [{requestsPerSecond: 200, clientRefs: [{kind: ServiceAccount, name: sa-1, namespace: linkerd}]}]": "",
		"identity: {requestsPerSecond: 4294967295}":                             "",
		"total: {requestsPerSecond: 0}":                                         "is no rate",
		"total: {requestsPerSecond: 4294967296}":                                "is no rate",
		"total: {}":                                                             "has no requestsPerSecond",
		"identity: {requestsPerSecond: 0}":                                      "is no rate",
		"total: {requestsPerSecond: 1000}, identity: {requestsPerSecond: 2000}": "is more than that of total",
		"total: {requestsPerSecond: 1000}, overrides: [{requestsPerSecond: 2000, clientRefs: []}]":             "is more than that of total",
		"overrides: [{requestsPerSecond: 10}]":                                                                 "has no clientRefs",
		"overrides: [{requestsPerSecond: 0, clientRefs: []}]":                                                  "is no rate",
		"overrides: [{requestsPerSecond: 1, clientRefs: [{kind: Server, name: a, group: policy.linkerd.io}]}]": "is no ServiceAccount",
		"overrides: [{requestsPerSecond: 1, clientRefs: [{kind: ServiceAccount, name: a, group: apps}]}]":      "is no ServiceAccount",
		"overrides: [{requestsPerSecond: 1, clientRefs: [{kind: ServiceAccount, name: a, group: core}]}]":      "",
		"overrides: [{requestsPerSecond: 1, clientRefs: [{kind: ServiceAccount}]}]":                            "has no name",
		"targetRef: {group: apps, kind: Deployment, name: api}, total: {requestsPerSecond: 1000}":              "is no Server",
		"targetRef: {group: policy.linkerd.io, kind: Server}, total: {requestsPerSecond: 1000}":                "has no name",
	} {
		doc := limiting(spec)
		if strings.HasPrefix(spec, "targetRef") {
			doc = "HTTPLocalRateLimitPolicy cart {" + spec + "}"
		}
		in := input(t, shop(limitedServer, doc))
		read(in)
		var got []string
		for _, o := range in.Objects {
			for _, p := range o.Root.Problems() {
				got = append(got, p.Message)
			}
		}
		if (want == "") != (len(got) == 0) || want != "" && !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("%s: %v, want %q", spec, got, want)
		}
	}
}

// Which policy counts is said by age; where that is not known, or it is not known
// which Server counts, policies are kept as they are.
func TestRateLimitsKept(t *testing.T) {
	const total = "total: {requestsPerSecond: 5}"
	again := strings.Replace(limiting(total), " cart", " again", 1)
	rival := strings.Replace(limitedServer, "cart {", "rival {", 1)
	for name, c := range map[string]struct {
		docs        []string
		rates, kept int
	}{
		"one":             {[]string{limitedServer, limiting(total)}, 1, 0},
		"of unknown age":  {[]string{limitedServer, limiting(total), again}, 0, 2},
		"Server missing":  {[]string{limiting(total)}, 0, 1},
		"Server disputed": {[]string{limitedServer, rival, limiting(total)}, 0, 1},
		"nothing":         {[]string{limitedServer, limiting("overrides: []")}, 0, 0},
	} {
		m, _ := read(input(t, shop(c.docs...)))
		if len(m.Rates) != c.rates || len(m.Opaque) != c.kept {
			t.Errorf("%s: %d limits and %d kept, want %d and %d", name, len(m.Rates), len(m.Opaque), c.rates, c.kept)
		}
	}
}

// A policy has one total, one rate of each client, and overrides that these leave
// out.
func TestLimitedTogether(t *testing.T) {
	web := identitiesOf(intent.Defaults()).account(intent.Name{Namespace: "shop", Name: "web"}, place.Ref{})
	total, override := &intent.RateLimit{}, &intent.RateLimit{When: web}
	each, rest := &intent.RateLimit{Per: intent.PerClient}, &intent.RateLimit{Per: intent.PerClient, When: match.Negate(web)}
	for name, c := range map[string]struct {
		said []*intent.RateLimit
		next *intent.RateLimit
		ok   bool
	}{
		"all":            {[]*intent.RateLimit{total, override}, rest, true},
		"two totals":     {[]*intent.RateLimit{total}, total, false},
		"two of each":    {[]*intent.RateLimit{each}, each, false},
		"overridden too": {[]*intent.RateLimit{total, override}, each, false},
		"less than rest": {[]*intent.RateLimit{total}, rest, false},
	} {
		if why := limitedTogether(c.said, c.next); (why == "") != c.ok {
			t.Errorf("%s: %q", name, why)
		}
	}
}
