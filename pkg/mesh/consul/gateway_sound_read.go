package consul

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/source"
)

// gatewaysFor reads gateways.
func (r *reader) gatewaysFor(objects []*source.Object, read func(*source.Object) *gateway) (out []*gateway) {
	for _, o := range objects {
		out = append(out, read(o))
	}
	return out
}

// soundRoutes leaves out the routes that Consul's servers refuse. Of two of one name,
// which are of two namespaces that Consul does not tell apart, either may count.
func (r *reader) soundRoutes(routes []*gatewayRoute) []*gatewayRoute {
	named := map[string]*gatewayRoute{}
	return slices.DeleteFunc(routes, func(rt *gatewayRoute) bool {
		if rt.wrong != "" {
			r.wrong(rt.object, rt.wrong)
			return true
		}
		key := rt.object.Kind + " " + r.consulNamespace(rt.object) + "/" + rt.object.Name
		if old := named[key]; old != nil && rt.resource {
			rt.beyond = "another one has its name, and Consul holds one of them"
			old.beyond = rt.beyond
		}
		named[key] = rt
		return false
	})
}

// guardGateways notes that tokens are demanded at Gateways, which policies say.
func (r *reader) guardGateways(gateways map[string]*gateway) {
	for _, o := range r.in.Objects {
		if o.Group() != group || o.Kind != "GatewayPolicy" {
			continue
		}
		if g := gateways[leafAt(o, "spec.targetRef.name")]; g != nil && g.object.Group() == gatewayGroup && g.object.Namespace == cmp.Or(leafAt(o, "spec.targetRef.namespace"), o.Namespace) {
			g.beyond = "tokens are demanded by " + o.Ref().Object
		}
	}
}
