package linkerd

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// dialect is what Linkerd makes of routes on Services.
// linkerd2 policy-controller/k8s/index/src/outbound/index.rs
func (r *reader) dialect() gatewayapi.Dialect {
	d := routeDialect
	d.Elsewhere = onServer
	d.Attaches = r.attaches
	return d
}

// routeDialect is the part of the dialect that no input changes.
var routeDialect = gatewayapi.Dialect{
	Mesh: Name, Prefers: gatewayapi.PrefersLinkerd, PrefersGRPC: gatewayapi.PrefersLinkerdGRPC,
	Consumers: gatewayapi.ConsumersMerge, MeshHostnames: true, NoBackends: gatewayapi.NoBackendsParent, ZeroWeights: gatewayapi.ZeroBreaks,
	HeaderOrder: gatewayapi.LinkerdHeaderOrder, Ignores: gatewayapi.LinkerdIgnores, Filter: gatewayapi.LinkerdFilter,
	Meant: meant, Policy: policyOf, Annotations: annotationsFor, L4Version: gatewayapi.LinkerdL4Version, Imports: gatewayapi.ImportsNone,
}

// attaches says why a route has no effect on a Service, or "".
func (r *reader) attaches(in mesh.Input, route *gatewayapi.Route, p gatewayapi.Parent) string {
	s := in.Inventory.Service(p.Name)
	switch {
	case s != nil && s.Headless:
		return "the Service has no cluster address, so that Linkerd does not accept the route"
	case s != nil && opaquePort(in.Inventory, s, p.Port, route.Protocol):
		return "the port's appProtocol, or being opaque, lets Linkerd not look into the traffic of such routes"
	}
	return r.shadowed(p.Name, route)
}

// policyOf reads what a route's annotations ask for. One that cannot be read
// puts the whole route out of force.
func policyOf(o *source.Object) (apply func(*intent.Rule), inert string) {
	a := annotationsOf(o)
	protocol := intent.HTTP
	if o.Kind == "GRPCRoute" {
		protocol = intent.GRPC
	}
	retry, why := a.retry(protocol)
	timeout, whyTimeout := a.timeout()
	if why = cmp.Or(why, whyTimeout, regexGRPC(o)); why != "" {
		return nil, why
	}
	compound := compoundTimeouts(o)
	return func(rule *intent.Rule) {
		rule.Retry = retry
		if t := rule.Timeout; t != nil && compound[t.From[0]] {
			rule.Timeout = nil
		}
		rule.Timeout = over(timeout, rule.Timeout)
	}, ""
}

// over lays the timeouts of annotations over those of a rule.
func over(annotated, rule *intent.Timeout) *intent.Timeout {
	if annotated == nil || rule == nil {
		return cmp.Or(annotated, rule)
	}
	t := *annotated
	t.Request = cmp.Or(annotated.Request, rule.Request)
	t.From = slices.Concat(annotated.From, rule.From)
	return &t
}

// compoundTimeouts finds timeouts of rules that Linkerd does not read: it takes
// one number with one unit only, and no timeout in place of others.
func compoundTimeouts(o *source.Object) map[place.Ref]bool {
	out := map[place.Ref]bool{}
	for _, rule := range o.Root.Get("spec").Get("rules").Items() {
		t := rule.Get("timeouts")
		if request := t.Get("request"); request != nil {
			if _, ok := parseDuration(request.Text()); !ok {
				out[t.Ref()] = true
			}
		}
	}
	return out
}

// annotationsFor are what a rule needs on its route object. A GRPCRoute has no
// field for timeouts.
func annotationsFor(p intent.Protocol, rule *intent.Rule) []intent.Pair {
	return append(writeRetry(rule.Retry), writeTimeout(rule.Timeout, p == intent.GRPC)...)
}
