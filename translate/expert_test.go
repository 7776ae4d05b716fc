package translate

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/source"
)

// reasons say why the output differs from what an expert wrote by hand before
// any output was seen, for each value of one that the other lacks. A difference
// without a reason fails, and so does a reason without a difference.
var reasons = map[string]string{
	"bookinfo to cilium: HTTPRoute default/reviews spec.parentRefs[0].port":                                    "the routes hold for every port of the Service, which has one",
	"boutique to cilium: HTTPRoute default/frontend spec.parentRefs[0].port":                                   "the routes hold for every port of the Service, which has one",
	"bookinfo to cilium: Gateway default/bookinfo-gateway spec.listeners[0].allowedRoutes.namespaces.from":     "a server of Istio without a namespace before its hosts takes routes of all",
	"bookinfo to cilium: HTTPRoute default/bookinfo spec.rules[0].matches[1].path.type":                        "Istio's prefix is one of characters, and also matches /static-x; a prefix of segments would not",
	"bookinfo to cilium: HTTPRoute default/bookinfo spec.rules[0].matches[1].path.value":                       "Istio's prefix is one of characters, and also matches /static-x; a prefix of segments would not",
	"bookinfo to cilium: HTTPRoute default/bookinfo spec.rules[0].matches[4].path.type":                        "Istio's prefix is one of characters, and also matches /api/v1/products-x; a prefix of segments would not",
	"bookinfo to cilium: HTTPRoute default/bookinfo spec.rules[0].matches[4].path.value":                       "Istio's prefix is one of characters, and also matches /api/v1/products-x; a prefix of segments would not",
	"bookinfo to cilium: HTTPRoute default/bookinfo spec.rules[0].timeouts.request":                            "Istio has no timeout where none is said; Cilium would have one of 15 seconds",
	"bookinfo to cilium: HTTPRoute default/reviews spec.rules[0].timeouts.request":                             "Istio has no timeout where none is said; Cilium would have one of 15 seconds",
	"boutique to cilium: HTTPRoute default/frontend spec.rules[0].timeouts.request":                            "Istio has no timeout where none is said; Cilium would have one of 15 seconds",
	"bookinfo to consul: Deployment default/":                                                                  "what the expert's comment asks for: the pods say their version as service metadata",
	"bookinfo to consul: ServiceResolver default/details ":                                                     "a DestinationRule defines the subsets, and routes to come may use them",
	"bookinfo to consul: ServiceResolver default/productpage ":                                                 "a DestinationRule defines the subset, and routes to come may use it",
	"bookinfo to consul: ServiceResolver default/ratings ":                                                     "a DestinationRule defines the subsets, and routes to come may use them",
	"bookinfo to consul: ServiceResolver default/reviews spec.subsets.v2.filter":                               "a DestinationRule defines the subset, and routes to come may use it",
	"bookinfo to consul: ServiceDefaults default/reviews spec.localRequestTimeoutMs":                           stated,
	"bookinfo to consul: ServiceRouter default/reviews ":                                                       stated,
	"boutique to consul: ServiceDefaults default/frontend spec.localRequestTimeoutMs":                          stated,
	"boutique to consul: ServiceRouter default/frontend ":                                                      stated,
	"bookinfo to linkerd: HTTPRoute default/reviews spec.parentRefs[0].port":                                   "the routes hold for every port of the Service, which has one",
	"bookinfo to gatewayapi: HTTPRoute default/reviews spec.parentRefs[0].port":                                "the routes hold for every port of the Service, which has one",
	"boutique to linkerd: HTTPRoute default/frontend spec.parentRefs[0].port":                                  "the routes hold for every port of the Service, which has one",
	"boutique to gatewayapi: HTTPRoute default/frontend spec.parentRefs[0].port":                               "the routes hold for every port of the Service, which has one",
	"bookinfo to gatewayapi: Gateway default/bookinfo-gateway spec.listeners[0].allowedRoutes.namespaces.from": "a server of Istio without a namespace before its hosts takes routes of all",
	"bookinfo to gatewayapi: HTTPRoute default/bookinfo spec.rules[0].matches[1].path.type":                    "Istio's prefix is one of characters, and also matches /static-x; a prefix of segments would not",
	"bookinfo to gatewayapi: HTTPRoute default/bookinfo spec.rules[0].matches[1].path.value":                   "Istio's prefix is one of characters, and also matches /static-x; a prefix of segments would not",
	"bookinfo to gatewayapi: HTTPRoute default/bookinfo spec.rules[0].matches[4].path.type":                    "Istio's prefix is one of characters, and also matches /api/v1/products-x; a prefix of segments would not",
	"bookinfo to gatewayapi: HTTPRoute default/bookinfo spec.rules[0].matches[4].path.value":                   "Istio's prefix is one of characters, and also matches /api/v1/products-x; a prefix of segments would not",
}

// stated is why a service has a router where its splitter would do.
const stated = "Istio has no timeout where none is said, and retries twice; Consul would have one of 15 seconds, and no retries"

// TestExpert compares what is written for two applications with what an expert
// would write: kinds, names and counts of objects, and their values.
func TestExpert(t *testing.T) {
	dir := corpusDir(t)
	used := map[string]bool{}
	for _, set := range []string{"bookinfo", "boutique"} {
		for _, to := range []string{"linkerd", "consul", "cilium", "gatewayapi"} {
			t.Run(set+" to "+to, func(t *testing.T) { compareExpert(t, dir, set, to, used) })
		}
	}
	for name := range reasons {
		if !used[name] {
			t.Errorf("%s: no difference any more, but a reason for one", name)
		}
	}
}

func compareExpert(t *testing.T, dir, set, to string, used map[string]bool) {
	from, _ := findMesh(t, "istio")
	target, _ := findMesh(t, to)
	r := Run(readFiles(t, setFiles(t, dir, set)), Options{From: from, To: target})
	checkLaws(t, set+" to "+to, r)
	data, err := os.ReadFile(filepath.Join("..", "testdata", "expert", set, to+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	ours, experts := leavesOf(t, printed(t, r)), leavesOf(t, data)
	names := slices.Concat(slices.Collect(maps.Keys(ours)), slices.Collect(maps.Keys(experts)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if ours[name] == experts[name] {
			continue
		}
		difference := set + " to " + to + ": " + name
		key := reasonFor(difference)
		used[key] = true
		if key == "" {
			t.Errorf("%s: %q, where the expert writes %q, without a reason", difference, ours[name], experts[name])
			continue
		}
		t.Logf("%s: %q, where the expert writes %q: %s", difference, ours[name], experts[name], reasons[key])
	}
}

// reasonFor is the key of a difference's reason: what it starts with, "" if none.
func reasonFor(difference string) string {
	for key := range reasons {
		if strings.HasPrefix(difference, key) {
			return key
		}
	}
	return ""
}

// leavesOf are the values of all documents by object and path.
func leavesOf(t *testing.T, data []byte) map[string]string {
	t.Helper()
	out := map[string]string{}
	objs, problems := source.Parse("", data, source.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, o := range objs {
		o.Root.Leaves(func(l source.Leaf) { out[l.Ref().Object+" "+l.Ref().Path] = l.Value() })
	}
	return out
}
