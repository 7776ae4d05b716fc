package consul

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// gatewayGroup is that of the Gateway API.
const gatewayGroup = "gateway.networking.k8s.io"

// controller is who runs Gateways for Consul, of classes that name it, and classOfChart
// the class that consul-k8s itself creates.
// control-plane/api-gateway/common/constants.go of consul-k8s,
// charts/consul/templates/gateway-resources-configmap.yaml
const (
	controller   = "consul.hashicorp.com/gateway-controller"
	classOfChart = "consul"
)

// The kinds of the Gateway API of which consul-k8s makes entries.
const (
	kindClass     = "GatewayClass"
	kindGateway   = "Gateway"
	kindHTTPRoute = "HTTPRoute"
	kindTCPRoute  = "TCPRoute"
	kindGrant     = "ReferenceGrant"
)

// takes finds the Gateways of Consul's classes, the classes, and what is attached to
// those Gateways; nil where there are none.
func takes(all []*source.Object) map[*source.Object]bool {
	classes, gateways := map[string]bool{classOfChart: true}, map[place.Ref]bool{}
	out := map[*source.Object]bool{}
	var own []*source.Object
	for _, o := range all {
		if o.Group() != gatewayGroup {
			continue
		}
		own = append(own, o)
		if o.Kind == kindClass {
			out[o] = leafAt(o, "spec.controllerName") == controller
			classes[o.Name] = out[o]
		}
	}
	for _, o := range own {
		if out[o] = out[o] || o.Kind == kindGateway && classes[leafAt(o, "spec.gatewayClassName")]; out[o] && o.Kind == kindGateway {
			gateways[keyOfGateway(o.Namespace, o.Name)] = true
		}
	}
	if len(gateways) == 0 {
		return nil
	}
	for _, o := range own {
		switch o.Kind {
		case kindHTTPRoute, kindTCPRoute:
			out[o] = attachedTo(o, gateways)
		case kindGrant:
			out[o] = true
		}
	}
	return out
}

func keyOfGateway(namespace, name string) place.Ref { return place.Ref{Object: namespace, Path: name} }

// attachedTo reports whether a route names one of the Gateways as a parent.
func attachedTo(o *source.Object, gateways map[place.Ref]bool) bool {
	said := map[string]map[string]string{}
	o.Root.Leaves(func(l source.Leaf) {
		rest, is := strings.CutPrefix(l.Ref().Path, "spec.parentRefs[")
		i, field, _ := strings.Cut(rest, "].")
		if !is {
			return
		}
		if said[i] == nil {
			said[i] = map[string]string{"namespace": o.Namespace, "kind": kindGateway, "group": gatewayGroup}
		}
		said[i][field] = l.Value()
	})
	for _, f := range said {
		if f["kind"] == kindGateway && f["group"] == gatewayGroup && gateways[keyOfGateway(f["namespace"], f["name"])] {
			return true
		}
	}
	return false
}

// resourcesOf lists the objects of the Gateway API of a kind.
func (r *reader) resourcesOf(kind string) (out []*source.Object) {
	for _, o := range r.in.Objects {
		if o.Group() == gatewayGroup && o.Kind == kind {
			out = append(out, o)
		}
	}
	return out
}

// holdClasses keeps what only says who runs the gateways, and who may refer to whom.
func (r *reader) holdClasses() {
	for _, o := range r.resourcesOf(kindClass) {
		r.holdAside(o, "it says that Consul runs gateways")
	}
	for _, o := range r.resourcesOf(kindGrant) {
		r.grants = append(r.grants, gatewayapi.ReadGrant(o)...)
		r.holdAside(o, "it says who may refer to what of its namespace")
	}
}

// holdAside holds an object of which nothing is a part of any fact.
func (r *reader) holdAside(o *source.Object, why string) {
	r.hold(o, why)
	for _, e := range o.Root.Entries() {
		e.Value.Skip(why)
	}
}
