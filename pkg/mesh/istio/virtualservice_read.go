package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// virtualServices lifts routes: one table for each host, protocol and entry.
func (r *reader) virtualServices(objs []*source.Object) {
	for _, o := range objs {
		validVirtualService(o)
		if len(o.Root.Get("spec").Get("hosts").Items()) == 0 {
			r.delegates[intent.Name{Namespace: o.Namespace, Name: o.Name}] = o
		}
	}
	claims := &claims{gateway: map[gatewayClaim]*intent.Routing{}, servers: map[place.Ref]bool{}, withheld: map[*source.Object]bool{}}
	for _, o := range r.publicLast(byAge(objs)) {
		if len(o.Root.Get("spec").Get("hosts").Items()) > 0 {
			r.virtualService(o, claims)
		}
	}
	order := r.settleMesh(claims)
	r.clashes(claims)
	r.routedRedirects()
	r.withoutRedirected()
	r.settleGateways()
	routing, used := r.routing(), usedRules(r.m.Routing)
	r.withheldDelegates(objs, claims.withheld, used)
	for _, o := range objs {
		name := intent.Name{Namespace: o.Namespace, Name: o.Name}
		if r.delegates[name] != nil && !r.used[name] {
			r.unused(o)
		}
		if r.delegates[name] != o && !routing[o.Ref()] {
			r.withoutTables(o, claims.withheld[o])
		} else if r.delegates[name] != o && !claims.withheld[o] {
			r.idleConnections(o, used, claims.mesh)
		}
	}
	r.m.Routing = order.sort(orderTables(r.m.Routing))
	r.withoutListeners()
}

// publicLast puts objects that are exported to some before those that are to all.
// pilot/pkg/model/push_context.go VirtualServicesForGateway
func (r *reader) publicLast(objs []*source.Object) []*source.Object {
	public := func(o *source.Object) int {
		if match.IsTrue(orAnyone(r.exportTo(o.Root.Get("spec").Get("exportTo"), o.Namespace, r.in.Env.Istio.VirtualServiceExport))) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(objs, func(a, b *source.Object) int { return public(a) - public(b) })
	return objs
}

// routing are the objects that route some host.
func (r *reader) routing() map[place.Ref]bool {
	out := map[place.Ref]bool{}
	for _, t := range r.m.Routing {
		for _, ref := range t.From {
			out[ref] = true
		}
	}
	return out
}

// withoutTables sets aside the routes of an object that routes no host: other
// objects do, or no rule is for the callers and gateways that it names.
func (r *reader) withoutTables(o *source.Object, withheld bool) {
	spec := o.Root.Get("spec")
	o.Root.Get("metadata").Get("creationTimestamp").Skip("tells which object is older")
	if withheld {
		spec.Withhold(ageOfTwo)
		return
	}
	spec.Inert("it routes no host")
	if r.onlyRedirects[o.Ref()] {
		return
	}
	why := "none of its rules is for callers in the mesh, or a gateway of its"
	if slices.ContainsFunc(r.diags, func(d diag.Diagnostic) bool {
		return d.Code == diag.HostClaimedTwice && d.At[0].Object == o.Ref().Object
	}) {
		why = "older VirtualServices route its hosts"
	}
	r.add(diag.Inert, o.Ref().Object+" has no effect: "+why, "remove it", o.Ref())
}

// unused reads a delegate to no end but to find wrong values.
func (r *reader) unused(o *source.Object) {
	spec, said := o.Root.Get("spec"), len(r.diags)
	(&virtualService{reader: r, object: o, home: r.home(o)}).http(spec.Get("http"))
	r.diags = r.diags[:said]
	for _, key := range []string{"gateways", "exportTo", "tls", "tcp"} {
		spec.Get(key).MarkRead()
	}
	spec.Inert("no rule that takes requests delegates to it")
	r.add(diag.Inert, o.Ref().Object+" has no hosts, and no rule that takes requests delegates to it", "name hosts, or delegate to it", o.Ref())
}

// claims remembers who routes which host.
type claims struct {
	mesh    []*meshClaim
	gateway map[gatewayClaim]*intent.Routing
	// servers are those of TCP whose connections some object routes, named the names of TLS
	// that are routed at a port.
	servers map[place.Ref]bool
	named   []namedAt
	// withheld are objects of which some routes are left out, since their age is
	// not known.
	withheld map[*source.Object]bool
}

type gatewayClaim struct {
	entry    intent.Name
	host     intent.Host
	port     int
	protocol intent.Protocol
}

// orderTables puts tables for some clients before those for all.
func orderTables(ts []*intent.Routing) []*intent.Routing {
	slices.SortStableFunc(ts, func(a, b *intent.Routing) int { return clientRank(a) - clientRank(b) })
	return ts
}

func clientRank(t *intent.Routing) int {
	if match.IsTrue(t.Scope.Client) {
		return 1
	}
	return 0
}

func (r *reader) virtualService(o *source.Object, c *claims) {
	home, spec := r.home(o), o.Root.Get("spec")
	vs := &virtualService{reader: r, object: o, home: home, client: r.exportTo(spec.Get("exportTo"), o.Namespace, r.in.Env.Istio.VirtualServiceExport)}
	entries, inMesh := vs.gateways(spec.Get("gateways"))
	entries = slices.DeleteFunc(entries, vs.hiddenFrom)
	rules := map[intent.Protocol][]scopedRule{
		intent.HTTP: vs.http(spec.Get("http")), intent.TLS: vs.tls(spec.Get("tls")), intent.TCP: vs.tcp(spec.Get("tcp")),
	}
	var hosts []intent.Host
	for _, h := range spec.Get("hosts").Items() {
		host := r.host(h, o.Namespace)
		hosts = append(hosts, host)
		vs.shortName(h)
		for _, p := range []intent.Protocol{intent.HTTP, intent.TLS, intent.TCP} {
			if rules[p] == nil {
				continue
			}
			if inMesh && host.DNS != "*" {
				vs.claimMesh(c, routedHost{host, p}, rules[p], h)
			}
			if p == intent.HTTP {
				vs.entryHTTP(c, entries, host, rules[p], h, inMesh)
			}
		}
	}
	if inMesh {
		vs.shownApart(hosts)
	}
	for _, e := range entries {
		if rules[intent.TLS] != nil {
			vs.entryTLS(c, e, spec, rules[intent.TLS])
		}
		if rules[intent.TCP] != nil {
			vs.entryTCP(c, e, spec, rules[intent.TCP])
		}
	}
}

// virtualService is one object on its way into tables.
type virtualService struct {
	*reader
	object *source.Object
	home   *intent.Home
	client match.Expr
}

// shortName warns of a host with a dot that is no full name: Istio takes it as
// it is, so that it is no Service.
func (vs *virtualService) shortName(h *source.Node) {
	name := h.Str()
	if parts := strings.Split(name, "."); len(parts) == 2 && vs.in.Inventory.Service(intent.Name{Namespace: parts[1], Name: parts[0]}) != nil {
		vs.add(diag.UnknownService, name+" is taken as a full name and is no Service", "write "+name+".svc."+vs.in.Env.ClusterDomain, h.Ref())
	}
}

// gateways reads which entries the routes are for; none is the mesh alone.
func (vs *virtualService) gateways(n *source.Node) (entries []intent.Name, inMesh bool) {
	items := n.Items()
	if len(items) == 0 {
		return nil, true
	}
	for _, g := range items {
		if g.Str() == "mesh" {
			inMesh = true
			continue
		}
		entries = append(entries, vs.gatewayName(g.Str()))
	}
	return entries, inMesh
}

// hiddenFrom reports whether the proxies of a gateway are known to run where the object is not
// exported to.
// pilot/pkg/model/push_context.go VirtualServicesForGateway
func (vs *virtualService) hiddenFrom(entry intent.Name) bool {
	if match.IsTrue(orAnyone(vs.client)) {
		return false
	}
	by := vs.runners(entry)
	return len(by) > 0 && !slices.ContainsFunc(by, func(c caller) bool {
		return match.Eval(vs.client, new(match.Request).Set(match.ClientNamespace, "", c.namespace))
	})
}

// gatewayName resolves "name" and "namespace/name".
func (vs *virtualService) gatewayName(s string) intent.Name {
	if ns, name, ok := strings.Cut(s, "/"); ok {
		return intent.Name{Namespace: ns, Name: name}
	}
	return intent.Name{Namespace: vs.object.Namespace, Name: s}
}

// exportTo reads who sees an object: nil is everyone.
func (r *reader) exportTo(n *source.Node, namespace string, fallback []string) match.Expr {
	names := fallback
	if items := n.Items(); len(items) > 0 {
		names = nil
		for _, i := range items {
			names = append(names, i.Str())
		}
	}
	var out []match.Expr
	for _, name := range names {
		switch name {
		case "*":
			return nil
		case ".":
			name = namespace
		case "~":
			continue
		}
		out = append(out, match.Atom{Field: match.ClientNamespace, Value: name, Ref: new(n.Ref())})
	}
	if len(out) == 0 && n != nil {
		return match.False
	}
	if len(out) == 0 {
		return nil
	}
	return match.Disj(out...)
}
