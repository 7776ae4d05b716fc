package linkerd

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// inboundRoute is a route on a Server.
type inboundRoute struct {
	object  *source.Object
	home    *intent.Home
	created string
	grpc    bool
	servers []string // names in its own namespace
	lines   []line
	grants  []grant
	probes  bool // it only lets the kubelet's probes in, at some Server
	more    bool // it counts for other requests, at some Server
	mixed   bool // it is for others than Servers, too
	// inert says why it has no effect, opaque why it is kept verbatim.
	inert, opaque string
}

// line is one match of an inbound route: matches rank alone.
type line struct {
	route *inboundRoute
	when  match.Expr
}

// inboundDialect is what Linkerd makes of the fields of a route on a Server.
// linkerd2 policy-controller/k8s/index/src/inbound/http_route.rs
var inboundDialect = gatewayapi.Dialect{
	Mesh: Name, Prefers: gatewayapi.PrefersLinkerd, PrefersGRPC: gatewayapi.PrefersLinkerdGRPC,
	MeshHostnames: true, NoBackends: gatewayapi.NoBackendsParent, HeaderOrder: gatewayapi.LinkerdHeaderOrder,
	Ignores: []string{"retry", "sessionPersistence", "timeouts.request", "timeouts.backendRequest", "backendRefs"},
	Filter:  inboundFilter, Meant: meant, Policy: inboundPolicy,
}

func inboundFilter(_, filter string, at gatewayapi.FilterPlace) gatewayapi.FilterFate {
	switch {
	case at == gatewayapi.OnBackend, filter == "ResponseHeaderModifier":
		return gatewayapi.FilterIgnored
	case filter == "RequestHeaderModifier", filter == "RequestRedirect":
		return gatewayapi.FilterWorks
	}
	return gatewayapi.FilterKillsRoute
}

// inboundPolicy marks the annotations that have a meaning on routes on Services
// only.
func inboundPolicy(o *source.Object) (func(*intent.Rule), string) {
	_, inert := policyOf(o)
	return nil, cmp.Or(inert, regexGRPC(o))
}

// regexGRPC says why a GRPCRoute has no effect: Linkerd takes no regular
// expressions for methods.
// linkerd2 policy-controller/k8s/index/src/routes/grpc.rs
func regexGRPC(o *source.Object) string {
	if o.Kind != "GRPCRoute" {
		return ""
	}
	for _, rule := range o.Root.Get("spec").Get("rules").Items() {
		for _, m := range rule.Get("matches").Items() {
			if m.Get("method").Get("type").Text() == "RegularExpression" {
				return "it matches a method by regular expression"
			}
		}
	}
	return ""
}

// onServer reports whether a parent is a Server, which this reader handles.
func onServer(p gatewayapi.Parent) bool { return p.Group == groupPolicy && p.Kind == "Server" }

// inboundRoute reads a route that has a Server among its parents.
func (r *reader) inboundRoute(o *source.Object) {
	if !slices.ContainsFunc(gatewayapi.ReadParents(o), onServer) {
		return
	}
	route, opaque, diags := gatewayapi.ReadRoute(o, inboundDialect)
	r.diags = append(r.diags, diags...)
	mixed := slices.ContainsFunc(route.Parents, func(p gatewayapi.Parent) bool { return !onServer(p) })
	if !mixed {
		r.home(o) // annotations are for clients
	}
	t := &inboundRoute{object: o, home: route.Home, created: created(o), grpc: o.Kind == "GRPCRoute", mixed: mixed, inert: route.Inert}
	r.parents(t, route)
	hosts := gatewayapi.HostCondition(route.Hostnames)
	for _, l := range route.Lines {
		t.lines = append(t.lines, line{t, match.Conj(hosts, withoutEveryPath(l.Rule.When))})
		if _, redirect := l.Rule.Then.(intent.Redirect); redirect || len(l.Rule.Steps) > 0 {
			t.opaque = "filters of routes on Servers are not translated"
		}
	}
	if len(opaque) > 0 {
		t.opaque = opaque[0].Why
	}
	if !mixed {
		r.outboundOnly(o)
	}
	r.routes = append(r.routes, t)
}

// parents finds the Servers of a route. One in another namespace, or with a
// port, puts the whole route out of force.
func (r *reader) parents(t *inboundRoute, route *gatewayapi.Route) {
	for _, p := range route.Parents {
		if !onServer(p) {
			continue
		}
		if p.Name.Namespace != t.object.Namespace || p.Port != 0 || p.Section != "" {
			t.inert = cmp.Or(t.inert, "a Server as parent cannot be in another namespace, or have a port or section")
			r.inert(t.object.Root, t.inert)
			continue
		}
		t.servers = append(t.servers, p.Name.Name)
	}
}

// outboundOnly marks the parts of rules that have no effect on a Server.
func (r *reader) outboundOnly(o *source.Object) {
	for _, rule := range o.Root.Get("spec").Get("rules").Items() {
		if n := rule.Get("backendRefs"); n != nil {
			r.inert(n, "backendRefs have no effect on a Server")
		}
	}
}

// attachRoutes gives Servers their routes, the first in rank by age first.
func (r *reader) attachRoutes() {
	for _, t := range r.routes {
		if t.inert != "" {
			continue
		}
		r.attachRoute(t)
	}
	for _, s := range r.servers {
		slices.SortStableFunc(s.routes, func(a, b *inboundRoute) int {
			return cmp.Or(cmp.Compare(a.created, b.created), cmp.Compare(a.object.Name, b.object.Name))
		})
	}
}

// attachRoute gives a route to its Servers. One that none of them looks at has no
// effect.
func (r *reader) attachRoute(t *inboundRoute) {
	var at []*server
	for _, s := range r.nearby(t.object.Namespace).servers {
		if slices.Contains(t.servers, s.object.Name) {
			at = append(at, s)
		}
	}
	switch {
	case len(at) == 0:
		t.opaque = "no Server that it is for is in the input"
		r.diags.Add(diag.UnknownReference, t.opaque, "add the Server to the input, or remove the route", t.object.Ref())
	case !slices.ContainsFunc(at, func(s *server) bool { return s.opaque != "" || s.heeds(t) }):
		t.inert = "no Server that it is for declares its protocol"
		r.inert(t.object.Root, t.object.Kind+" "+t.object.Namespace+"/"+t.object.Name+" has no effect on Server "+at[0].name().String()+", which declares "+at[0].protocol)
		return
	}
	for _, s := range at {
		if s.opaque != "" {
			t.opaque = cmp.Or(t.opaque, "the Server that it is for is kept verbatim")
		}
		s.routes = append(s.routes, t)
	}
}
