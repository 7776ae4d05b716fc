package linkerd

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// policy is an AuthorizationPolicy as read.
type policy struct {
	object *source.Object
	home   *intent.Home
	// group, kind and name are of its target, in its own namespace.
	group, kind, name string
	grant             grant
	// uses are the authentications that it demands; opaque says why it is kept
	// verbatim, "" that it is lifted. inert is that what it is for has no effect, probes
	// that it only lets the kubelet's probes in.
	uses   []*authenticator
	opaque string
	inert  bool
	probes bool
}

// policy reads an AuthorizationPolicy.
func (r *reader) policy(o *source.Object) *policy {
	spec := o.Need("spec")
	p := &policy{object: o, home: r.home(o)}
	p.grant = grant{home: p.home, clients: match.True, from: intent.From(o.Ref()), policy: o}
	r.targetRef(p, spec)
	refs := spec.Get("requiredAuthenticationRefs")
	if refs == nil {
		spec.Reject("has no requiredAuthenticationRefs; an empty list lets everyone in")
	}
	var all match.And
	kinds := map[string]int{}
	for _, item := range refs.Items() {
		kind, e := r.authenticationRef(p, item)
		kinds[kind]++
		all = append(all, e)
	}
	if kinds["MeshTLSAuthentication"]+kinds["ServiceAccount"] > 1 || kinds["NetworkAuthentication"] > 1 {
		refs.Reject("demands more than one authentication of a kind")
	}
	p.grant.clients = match.Simplify(all)
	return p
}

func (r *reader) targetRef(p *policy, spec *source.Node) {
	n := spec.Get("targetRef")
	if n == nil {
		spec.Reject("has no targetRef")
		return
	}
	p.group, p.kind, p.name = n.Get("group").Str(), n.Get("kind").Str(), n.Get("name").Str()
	switch [2]string{p.group, p.kind} {
	case [2]string{groupPolicy, "Server"}, [2]string{groupPolicy, "HTTPRoute"}, [2]string{groupGateway, "HTTPRoute"}, [2]string{groupGateway, "GRPCRoute"}:
	case [2]string{"", "Namespace"}, [2]string{"core", "Namespace"}:
		if p.name != p.object.Namespace {
			n.Get("name").Reject("is not the policy's own namespace")
		}
	default:
		n.Reject("is no target of an AuthorizationPolicy")
	}
	if p.name == "" {
		n.Reject("has no name")
	}
}

// authenticationRef reads one of the authentications that a policy demands, all
// of which must hold. Linkerd ignores a policy of which one does not exist; here
// it may be elsewhere, and the policy is not lifted.
func (r *reader) authenticationRef(p *policy, n *source.Node) (kind string, e match.Expr) {
	group := n.Get("group").Str()
	kind = n.Get("kind").Str()
	name := intent.Name{Namespace: cmp.Or(n.Get("namespace").Str(), p.object.Namespace), Name: n.Get("name").Str()}
	known := map[string]map[intent.Name]*authenticator{"MeshTLSAuthentication": r.mutual, "NetworkAuthentication": r.networks}[kind]
	switch {
	case name.Name == "":
		n.Reject("has no name")
	case (group == "" || group == "core") && kind == "ServiceAccount":
		return kind, r.ids.account(name, n.Ref())
	case group != groupPolicy || known == nil:
		n.Reject("is no authentication")
	case known[name] == nil:
		p.opaque = kind + " " + name.String() + " is not in the input; without it the policy lets nobody in"
		r.diags.Add(diag.UnknownReference, p.opaque, "add it to the input, or remove the policy", n.Ref())
	default:
		a := known[name]
		p.uses = append(p.uses, a)
		p.grant.from = append(p.grant.from, n.Ref(), a.object.Ref())
		return kind, a.clients
	}
	return kind, match.False
}

// target attaches the policies to what they are about.
func (r *reader) target() {
	for _, p := range r.policies {
		servers, routes := r.targets(p)
		if len(servers) == 0 && len(routes) > 0 && !slices.ContainsFunc(routes, func(t *inboundRoute) bool { return t.inert == "" }) {
			p.inert = true
			r.inert(p.object.Root, "AuthorizationPolicy "+p.object.Namespace+"/"+p.object.Name+" is for a route that has no effect")
			continue
		}
		switch {
		case len(servers)+len(routes) == 0 && p.opaque == "":
			p.opaque = "the target " + p.kind + " " + p.object.Namespace + "/" + p.name + " is not in the input"
			if p.kind == "Namespace" {
				p.opaque = "no Server of its namespace is in the input, and other ports do not heed it"
			}
			r.diags.Add(diag.UnknownReference, p.opaque, "add the target to the input, or remove the policy", p.object.Ref())
		case p.opaque == "":
			p.opaque = allOpaque(servers, routes)
		}
		if p.opaque == "" {
			p.attach(servers, routes)
		}
		r.keep(p, servers, routes)
	}
}

// attach adds the grant to the policy's targets.
func (p *policy) attach(servers []*server, routes []*inboundRoute) {
	for _, s := range servers {
		s.grants = append(s.grants, p.grant)
	}
	for _, t := range routes {
		t.grants = append(t.grants, p.grant)
	}
}

// targets finds what a policy is about. The group must fit exactly.
func (r *reader) targets(p *policy) (servers []*server, routes []*inboundRoute) {
	near := r.nearby(p.object.Namespace)
	for _, s := range near.servers {
		if p.kind == "Namespace" || p.kind == "Server" && s.object.Name == p.name {
			servers = append(servers, s)
		}
	}
	for _, t := range near.routes {
		o := t.object
		if o.Name == p.name && o.Kind == p.kind && o.Group() == p.group {
			routes = append(routes, t)
		}
	}
	return servers, routes
}

// allOpaque says why a policy is kept verbatim: all that it is about is.
func allOpaque(servers []*server, routes []*inboundRoute) (why string) {
	for _, s := range servers {
		if s.opaque == "" {
			return ""
		}
		why = "its target Server is kept verbatim"
	}
	for _, t := range routes {
		if t.opaque == "" {
			return ""
		}
		why = "its target route is kept verbatim"
	}
	return why
}

// keep keeps a policy verbatim with what it demands: one that is not lifted, or
// that is also about something that is not.
func (r *reader) keep(p *policy, servers []*server, routes []*inboundRoute) {
	partly := false
	for _, s := range servers {
		partly = partly || s.opaque != ""
	}
	for _, t := range routes {
		partly = partly || t.opaque != ""
	}
	if p.opaque == "" && !partly {
		return
	}
	why := cmp.Or(p.opaque, "some of what it is about is kept verbatim")
	r.verbatim(p.object, p.home, why)
	for _, a := range p.uses {
		r.verbatim(a.object, a.home, "a policy that is kept verbatim demands it")
	}
}
