package consul

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/source"
)

// gatewaysFor reads gateways.
func (r *reader) gatewaysFor(objects []*source.Object, read func(*source.Object) *gateway) (out []*gateway) {
	for _, o := range objects {
		out = append(out, read(o))
	}
	return out
}

// soundGateways leaves out the gateways that Consul's servers refuse. Of several of one
// name, which are an entry and a Gateway, or of namespaces that Consul does not tell
// apart, any may count.
func (r *reader) soundGateways(all []*gateway) map[service][]*gateway {
	out := map[service][]*gateway{}
	for _, o := range r.in.Aside {
		if o.Group() == gatewayGroup && o.Kind == kindGateway || o.Group() == "" && o.Kind == entryGateway {
			r.unsound = append(r.unsound, &gateway{object: o})
		}
	}
	for _, g := range all {
		if g.wrong != "" {
			r.wrong(g.object, g.wrong)
			r.unsound = append(r.unsound, g)
			continue
		}
		name := service{r.consulNamespace(g.object), g.object.Name}
		out[name] = append(out[name], g)
		if len(out[name]) == 1 {
			continue
		}
		for _, g := range out[name] {
			g.beyond = "another one has its name, and Consul holds one of them"
			r.shared[g.object] = true
		}
		first := out[name][0].object.Ref()
		r.diags.Tell(diag.OrderUnknown, first.Object+" and "+g.object.Ref().Object+" have one name in Consul, which holds one of them",
			"which one is not known, so neither is translated, nor what is routed there", "give them different names", first, g.object.Ref())
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
func (r *reader) guardGateways(gateways map[service][]*gateway) {
	for _, o := range r.in.Objects {
		if o.Group() != group || o.Kind != "GatewayPolicy" {
			continue
		}
		name, namespace := leafAt(o, "spec.targetRef.name"), cmp.Or(leafAt(o, "spec.targetRef.namespace"), o.Namespace)
		for _, all := range gateways {
			for _, g := range all {
				if g.object.Group() == gatewayGroup && g.object.Namespace == namespace && g.object.Name == name {
					g.beyond = "tokens are demanded by " + o.Ref().Object
				}
			}
		}
	}
}
