package linkerd

import (
	"slices"
	"time"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/parallel"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// reader lifts the objects of one input.
type reader struct {
	in    mesh.Input
	ids   identities
	m     *intent.Model
	diags diag.List

	servers  []*server
	routes   []*inboundRoute
	policies []*policy
	limits   []*rateLimit
	// near are the Servers and routes by namespace, once all are read.
	near map[string]*neighbours
	// counts are the policies for routes that let somebody in.
	counts map[*source.Object]bool
	// authorizations are those of Servers that are in the input.
	authorizations []authorization
	// mutual and networks are the authentications by name.
	mutual, networks map[intent.Name]*authenticator
	profiles         map[profileKey]*profile
	// machinePolicies are the default inbound policies that machines are annotated with.
	machinePolicies map[intent.Name][]intent.Pair
	// networksOut are the EgressNetworks that are for all that leaves, by name, and
	// egressRead they and the routes on them that are lifted.
	networksOut map[intent.Name]*egressNetwork
	egressRead  map[*source.Object]bool
}

// read lifts all objects of Linkerd. Who is let in at Servers and where callers send their
// requests has nothing to do with each other but for routes that are about both.
func read(in mesh.Input) (*intent.Model, diag.List) {
	if in.Inventory == nil {
		in.Inventory = &intent.Inventory{}
	}
	r := &reader{
		in: in, ids: identitiesOf(in.Env), m: &intent.Model{Env: in.Env, Inventory: *in.Inventory, Baseline: baseline(in.Env)},
		mutual: map[intent.Name]*authenticator{}, networks: map[intent.Name]*authenticator{},
		counts: map[*source.Object]bool{},
	}
	r.versions()
	r.imports()
	r.externalWorkloads()
	r.inboundRoutes()
	calls := r.calls()
	if slices.ContainsFunc(r.routes, func(t *inboundRoute) bool { return t.mixed }) {
		r.inbound()
		calls.outbound()
	} else {
		parallel.All(r.inbound, calls.outbound)
	}
	r.join(calls)
	r.m.Exports = exportsOf(r.in.Inventory)
	r.rest()
	r.logs()
	r.tell()
	return r.m, r.diags
}

// calls is a reader of what callers are told, which knows the routes on Servers.
func (r *reader) calls() *reader {
	served := map[*source.Object]bool{}
	for _, t := range r.routes {
		served[t.object] = !t.mixed
	}
	in := r.in
	in.Objects = slices.DeleteFunc(slices.Clone(in.Objects), func(o *source.Object) bool { return served[o] })
	return &reader{in: in, ids: r.ids, m: &intent.Model{}, routes: r.routes, profiles: map[profileKey]*profile{}}
}

// join adds what another reader found behind what there is.
func (r *reader) join(calls *reader) {
	m := calls.m
	r.m.Routing, r.m.Upstream, r.m.Opaque = append(r.m.Routing, m.Routing...), append(r.m.Upstream, m.Upstream...), append(r.m.Opaque, m.Opaque...)
	r.m.Egress, r.m.External, r.m.Entries = append(r.m.Egress, m.Egress...), append(r.m.External, m.External...), append(r.m.Entries, m.Entries...)
	r.diags = append(r.diags, calls.diags...)
	r.profiles, r.networksOut, r.egressRead = calls.profiles, calls.networksOut, calls.egressRead
}

// inboundRoutes reads the routes on Servers.
func (r *reader) inboundRoutes() {
	for _, o := range r.in.Objects {
		if o.Kind == "HTTPRoute" || o.Kind == "GRPCRoute" {
			r.inboundRoute(o)
		}
	}
}

// inbound lifts admission and how connections are secured.
func (r *reader) inbound() {
	for _, o := range r.of(groupPolicy, "Server") {
		r.servers = append(r.servers, r.server(o))
	}
	for _, o := range r.of(groupPolicy, "MeshTLSAuthentication") {
		r.meshTLS(o)
	}
	for _, o := range r.of(groupPolicy, "NetworkAuthentication") {
		r.network(o)
	}
	r.meet()
	for _, o := range r.of(groupPolicy, "AuthorizationPolicy") {
		r.policies = append(r.policies, r.policy(o))
	}
	for _, o := range r.of(groupPolicy, "ServerAuthorization") {
		r.serverAuthorization(o)
	}
	r.attachRoutes()
	r.target()
	r.rateLimits()
	r.admission()
	r.defaults()
	r.m.Transport = append(r.m.Transport, defaultTransport(r.in.Env)...)
}

// neighbours are the Servers and inbound routes of one namespace.
type neighbours struct {
	servers []*server
	routes  []*inboundRoute
}

// meet groups the Servers and routes by namespace.
func (r *reader) meet() {
	r.near = map[string]*neighbours{}
	in := func(ns string) *neighbours {
		if r.near[ns] == nil {
			r.near[ns] = &neighbours{}
		}
		return r.near[ns]
	}
	for _, s := range r.servers {
		n := in(s.object.Namespace)
		n.servers = append(n.servers, s)
	}
	for _, n := range r.near {
		notMachines(n.servers)
	}
	for _, t := range r.routes {
		n := in(t.object.Namespace)
		n.routes = append(n.routes, t)
	}
}

// nearby are the Servers and routes of a namespace.
func (r *reader) nearby(ns string) neighbours {
	if n := r.near[ns]; n != nil {
		return *n
	}
	return neighbours{}
}

// of lists the objects of a kind.
func (r *reader) of(group, kind string) []*source.Object {
	return slices.DeleteFunc(slices.Clone(r.in.Objects), func(o *source.Object) bool { return o.Group() != group || o.Kind != kind })
}

// home reads metadata. Annotations of Linkerd have no effect on the kinds that
// this is for.
func (r *reader) home(o *source.Object) *intent.Home {
	return gatewayapi.ReadHome(o, func(annotation string) bool { return r.passesBy(o, annotation) })
}

// passesBy reports whether an annotation is Linkerd's own, and says that it has no effect
// on an object.
func (r *reader) passesBy(o *source.Object, annotation string) bool {
	if !meant(annotation) {
		return false
	}
	for _, e := range o.Root.Get("metadata").Get("annotations").Entries() {
		if e.Key == annotation && annotation != failoverAnnotation {
			r.inert(e.Value, "annotation "+annotation+" has no effect on "+diag.A(o.Kind))
		}
	}
	return true
}

// created is metadata.creationTimestamp in a form that compares, or "".
func created(o *source.Object) string {
	at, err := time.Parse(time.RFC3339, o.Root.Get("metadata").Get("creationTimestamp").Text())
	if err != nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// inert marks a value as without effect and says so.
func (r *reader) inert(n *source.Node, why string) {
	n.Inert(why)
	r.diags.Add(diag.Inert, why, "remove it", n.Ref())
}

func (r *reader) notTranslated(why string, at ...place.Ref) {
	r.diags.Add(diag.NotTranslated, why, "configure it in the target by hand", at...)
}

// verbatim keeps an object as it is, for Linkerd's own writer.
func (r *reader) verbatim(o *source.Object, home *intent.Home, why string) *intent.Opaque {
	o.Root.Get("spec").MarkRead()
	op := &intent.Opaque{Home: home, Mesh: Name, Kind: o.Kind, At: o.Ref(), Whole: o, Why: why, From: intent.From(o.Ref())}
	r.m.Opaque = append(r.m.Opaque, op)
	return op
}
