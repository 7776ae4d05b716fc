package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// ZeroWeights is what a rule does whose backends all have the weight 0.
type ZeroWeights uint8

const (
	// ZeroFails: requests get a 500, connections are closed.
	// istio pilot/pkg/config/kube/gateway/conversion.go weightSum
	ZeroFails ZeroWeights = iota
	// ZeroBreaks: a backend that is alone takes all, whatever its weight; several of
	// them break the configuration of all that the Service or the listener serves.
	// linkerd2-proxy linkerd/distribute/src/params.rs random_available, whose error
	// panics in linkerd/app/outbound/src/http/logical/policy/router.rs; cilium
	// operator/pkg/model/translation/envoy_virtual_host.go getRouteAction, whose
	// weighted clusters Envoy refuses.
	ZeroBreaks
)

// weigh settles the backends of a rule without any weight above 0, and reports
// whether it has none then; fails says what comes of what the rule takes.
func (r *routeReader) weigh(refs *source.Node, to []intent.Backend, fails string) (none bool) {
	if len(to) == 0 || r.d.ignores("backendRefs") || slices.ContainsFunc(to, func(b intent.Backend) bool { return b.Weight > 0 }) {
		return false
	}
	switch {
	case r.d.ZeroWeights == ZeroFails:
		r.diags.Tell(diag.NoBackend, "no backend of a rule of "+r.route.Object.Ref().Object+" has a weight above 0", fails, "give a backend a weight, or remove the rule", refs.Ref())
	case len(to) == 1:
		to[0].Weight = 1
		weight := refs.Items()[0].Get("weight")
		r.inert(weight, "a backend that is alone takes all, whatever its weight")
		return false
	default:
		r.diags.Tell(diag.InvalidValue, "the weights of a rule of "+r.route.Object.Ref().Object+" are all 0", "the proxies cannot take them: nothing that the rules beside it are for is routed any more; here only what the rule takes counts as failing",
			"give a backend a weight, or remove the rule", refs.Ref())
	}
	return true
}
