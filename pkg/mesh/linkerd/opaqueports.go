package linkerd

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// annotationOpaque lists ports that Linkerd does not look into; of a Service, or of its
// namespace, which the injector copies to it. It stands in for the installation's.
// https://linkerd.io/2-edge/features/protocol-detection/
const annotationOpaque = "config.linkerd.io/opaque-ports"

// defaultOpaque are the installation's where nothing is said.
// linkerd2 charts/linkerd-control-plane/values.yaml proxy.opaquePorts
var defaultOpaque = []portRange{{25, 25}, {587, 587}, {3306, 3306}, {4444, 4444}, {5432, 5432}, {6379, 6379}, {9300, 9300}, {11211, 11211}}

// opaquePorts are the ports of a Service that Linkerd does not look into, unless they
// have an appProtocol. A list that cannot be read is empty. Where none is said, the
// injector gives the Service one of the ports that lead to the installation's, and the
// installation's holds where none does.
// linkerd2 policy-controller/k8s/index/src/outbound/index.rs, pkg/inject CreateOpaquePortsPatch
func opaquePorts(inv *intent.Inventory, s *intent.Service) []portRange {
	if p, ok := opaqueSetting(inv, s); ok {
		ranges, _ := portRanges(p.Value)
		return ranges
	}
	var own []portRange
	for _, sp := range s.Ports {
		if sp.TargetName == "" && among(defaultOpaque, sp.Target) {
			own = append(own, portRange{sp.Port, sp.Port})
		}
	}
	if len(own) > 0 {
		return own
	}
	return defaultOpaque
}

// opaqueSetting is the annotation that counts for a Service.
func opaqueSetting(inv *intent.Inventory, s *intent.Service) (intent.Pair, bool) {
	if p, ok := pairOf(s.Annotations, annotationOpaque); ok {
		return p, true
	}
	for _, n := range inv.Namespaces {
		if n.Name == s.Name.Namespace {
			return pairOf(n.Annotations, annotationOpaque)
		}
	}
	return intent.Pair{}, false
}

func pairOf(pairs []intent.Pair, key string) (intent.Pair, bool) {
	i := slices.IndexFunc(pairs, func(p intent.Pair) bool { return p.Key == key })
	if i < 0 {
		return intent.Pair{}, false
	}
	return pairs[i], true
}

func among(ranges []portRange, port int) bool {
	return slices.ContainsFunc(ranges, func(r portRange) bool { return r.low <= port && port <= r.high })
}
