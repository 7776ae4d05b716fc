package cilium

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/source"
)

// besideRules are what a policy says beside the rules of its directions.
var besideRules = []string{"endpointSelector", "nodeSelector", "podSelector", "enableDefaultDeny", "description", "labels", "log"}

// sides tells which directions a policy that cannot be read may have closed: those that it
// has rules for. Of one that says what no policy does, or nothing, it may be both.
func sides(o *source.Object) (served, dialled bool) {
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
