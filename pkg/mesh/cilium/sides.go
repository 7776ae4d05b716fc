package cilium

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/source"
)

// policyKinds are those with rules for both directions.
var policyKinds = []string{"CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy", "NetworkPolicy"}

// besideRules are what a policy says beside the rules of its directions.
var besideRules = []string{"endpointSelector", "nodeSelector", "podSelector", "enableDefaultDeny", "description", "labels", "log"}

// sides tells which directions a policy that cannot be read may have closed: those that it
// has rules for. Of one that says what no policy does, or nothing, it may be both. Other
// objects keep nothing from being sent.
func sides(o *source.Object) (served, dialled bool) {
	if o.Kind != "" && !slices.Contains(policyKinds, o.Kind) {
		return true, false
	}
	for _, spec := range specsOf(o) {
		types := spec.Get("policyTypes")
		for _, t := range types.Items() {
			served, dialled = served || t.Text() != "Egress", dialled || t.Text() != "Ingress"
		}
		for _, e := range spec.Entries() {
			switch {
			case e.Key == "policyTypes" || slices.Contains(besideRules, e.Key):
			case strings.HasPrefix(e.Key, "ingress"):
				served = true
			case strings.HasPrefix(e.Key, "egress"):
				dialled = true
			default:
				return true, true
			}
		}
		served = served || o.Group() == groupNetworking && len(types.Items()) == 0
	}
	if !served && !dialled {
		return true, true
	}
	return served, dialled
}

// specsOf are the rules of a policy.
func specsOf(o *source.Object) []*source.Node {
	out := slices.Clone(o.Root.Get("specs").Items())
	if spec := o.Root.Get("spec"); spec != nil {
		out = append(out, spec)
	}
	return out
}

// keepers are words in the types of Envoy's filters that may keep requests out.
var keepers = []string{".rbac.", ".ext_authz.", ".ext_proc.", ".jwt_authn.", ".lua.", ".wasm.", ".golang."}

// mayKeep reports whether a configuration of Envoy has a filter that may keep requests out.
func mayKeep(o *source.Object) bool {
	if o.Kind != kindConfig && o.Kind != "CiliumClusterwideEnvoyConfig" {
		return false
	}
	found := false
	o.Root.Get("spec").Leaves(func(l source.Leaf) {
		found = found || slices.ContainsFunc(keepers, func(word string) bool { return strings.Contains(l.Value(), word) })
	})
	return found
}
