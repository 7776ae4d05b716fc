package cilium

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// reader lifts the objects of one input.
type reader struct {
	in    mesh.Input
	m     *intent.Model
	diags diag.List
	names *envoyNames // nil until one is asked for
	// naming are the groups of addresses that the policy names which is read; groups are
	// those that any names, and whether one that is kept as it is does.
	naming []*source.Object
	groups map[*source.Object]bool
	// dials are the entries of all policies about what may be dialled.
	dials []*dialling
	// maskings are the configurations that hide who calls.
	maskings []masking
}

// read lifts all objects of Cilium. All policies that select an endpoint add up:
// what one of them lets in is let in, but for what one of them denies. An
// endpoint is closed where a policy that selects it says so, for each direction
// by itself. What Cilium knows of a client are the labels of its endpoint, so
// that every pod has an identity.
func read(in mesh.Input) (*intent.Model, diag.List) {
	if in.Inventory == nil {
		in.Inventory = &intent.Inventory{}
	}
	r := &reader{in: in, m: &intent.Model{Inventory: *in.Inventory, Env: in.Env}, groups: map[*source.Object]bool{}}
	r.routes()
	for _, o := range in.Objects {
		switch {
		case o.Group() == group && (o.Kind == kindPolicy || o.Kind == kindClusterPolicy):
			r.policy(o)
		case isServiceExport(o):
			r.serviceExport(o)
		case o.Group() == groupNetworking:
			r.networkPolicy(o)
		case o.Group() == group && (o.Kind == "CiliumEnvoyConfig" || o.Kind == "CiliumClusterwideEnvoyConfig"):
			r.envoyConfig(o)
		case o.Group() == group && o.Kind != kindGroup:
			r.other(o)
		}
	}
	r.onlyTLS()
	r.lookups()
	r.masked()
	r.otherGroups()
	r.m.Exports = append(r.m.Exports, exportsOf(r.in.Inventory)...)
	r.annotations()
	r.defaults()
	return r.m, r.diags
}

// routes lifts what is said with the Gateway API, as Cilium implements it.
func (r *reader) routes() {
	in := r.in
	in.Version = Name
	in.Objects = slices.DeleteFunc(slices.Clone(in.Objects), func(o *source.Object) bool { return o.Group() != groupGateway })
	m, diags := gatewayapi.Mesh.Read(in)
	for _, o := range m.Opaque {
		o.Mesh = Name
	}
	for _, t := range m.Routing {
		bounded(t)
	}
	r.m.Routing, r.m.Entries, r.m.Opaque = m.Routing, m.Entries, m.Opaque
	r.diags = append(r.diags, diags...)
}

// bounded gives rules of a route the timeout that Envoy has where they say none.
// cilium operator/pkg/model/translation/envoy_http_route.go
func bounded(t *intent.Routing) {
	if t.Protocol == intent.TLS || t.Protocol == intent.TCP {
		return
	}
	for i := range t.Rules {
		r := &t.Rules[i]
		switch {
		case !forwards(r.Then) || r.Timeout != nil && (r.Timeout.Request != nil || r.Timeout.Backend != nil):
		case r.Timeout == nil:
			r.Timeout = ownTimeoutOf()
		default:
			timeout := *r.Timeout
			timeout.Request = ownTimeoutOf().Request
			r.Timeout = &timeout
		}
	}
}

// isPolicy reports whether an object says who may dial whom.
func isPolicy(o *source.Object) bool {
	return o.Group() == groupNetworking || o.Group() == group && (o.Kind == kindPolicy || o.Kind == kindClusterPolicy)
}

// unenforced takes back what policies say, in a cluster that enforces none.
func (r *reader) unenforced() {
	const why = "policyEnforcementMode never enforces no policy"
	r.m.Access, r.m.Default = nil, nil
	r.m.Opaque = slices.DeleteFunc(r.m.Opaque, func(o *intent.Opaque) bool { return isPolicy(o.Whole.(*source.Object)) })
	for _, o := range r.in.Objects {
		if isPolicy(o) {
			o.Root.Inert(why)
			r.diags.Add(diag.Inert, o.Ref().Object+" has no effect: "+why, "nothing, or remove it", o.Ref())
		}
	}
}

// other keeps an object of another kind.
func (r *reader) other(o *source.Object) {
	o.Root.Get("spec").MarkRead()
	is, old := gone[o.Kind]
	if !old {
		is = others[o.Kind]
	}
	op := r.kept(o, gatewayapi.ReadHome(o, nil), is, false)
	op.Purpose, op.Running = purposes[o.Kind], slices.Contains(running, o.Kind)
}

// running are the kinds by which addresses of Services are given out and announced, and
// those that Cilium makes of other objects: no proxy and no policy asks them.
// cilium Documentation/network/lb-ipam.rst, bgp-control-plane, l2-announcements.rst
var running = []string{
	"CiliumLoadBalancerIPPool", "CiliumL2AnnouncementPolicy", "CiliumBGPAdvertisement", "CiliumBGPClusterConfig", "CiliumBGPPeerConfig",
	"CiliumBGPNodeConfigOverride", "CiliumBGPNodeConfig",
}

// purposes are what kinds are for that other meshes have the like of.
var purposes = map[string]intent.Purpose{
	"CiliumEgressGatewayPolicy": intent.WayOut, "CiliumEgressNATPolicy": intent.WayOut, "CiliumExternalWorkload": intent.Machines,
}

// verbatim keeps an object as it is, for Cilium's own writer, and says so.
func (r *reader) verbatim(o *source.Object, home *intent.Home, why string, security bool, at ...place.Ref) *intent.Opaque {
	return r.kept(o, home, ownKind{why, "keep it beside the other mesh, or configure the same there by hand"}, security, at...)
}

// kept is verbatim with what there is to do elsewhere.
func (r *reader) kept(o *source.Object, home *intent.Home, is ownKind, security bool, at ...place.Ref) *intent.Opaque {
	if len(at) == 0 {
		at = []place.Ref{o.Ref()}
	}
	op := &intent.Opaque{Home: home, Mesh: Name, Kind: o.Kind, At: at[0], Whole: o, Why: is.what, Instead: is.instead, Security: security, From: intent.From(at...)}
	r.m.Opaque = append(r.m.Opaque, op)
	r.diags.Add(diag.NotTranslated, is.what, is.instead, at...)
	return op
}

// note adds a finding once.
func (r *reader) note(c diag.Code, summary, fix string, at place.Ref) {
	same := func(d diag.Diagnostic) bool { return d.Code == c && d.Summary == summary && slices.Contains(d.At, at) }
	if !slices.ContainsFunc(r.diags, same) {
		r.diags.Add(c, summary, fix, at)
	}
}
