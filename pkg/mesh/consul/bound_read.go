package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// demand has no gateway lifted on a route of which tokens are demanded: without the route
// other ones would take its requests, which ask for none.
func (r *reader) demand(rt *gatewayRoute, gateways map[service][]*gateway) {
	for _, p := range rt.parents {
		for _, g := range gateways[r.parentOf(rt, p)] {
			if strings.HasPrefix(rt.beyond, "tokens") {
				g.beyond = cmp.Or(g.beyond, "tokens are demanded on a route of it, "+rt.object.Name)
			}
		}
	}
}

// parentOf is the name in Consul of the gateway that a route is for.
func (r *reader) parentOf(rt *gatewayRoute, p parent) service {
	if r.enterprise && p.namespace != "" {
		return service{p.namespace, p.gateway}
	}
	return service{r.consulNamespace(rt.object), p.gateway}
}

// gatewayFor is the gateway that a route names as a parent, of which Consul holds one;
// nil is none of the input.
func (r *reader) gatewayFor(rt *gatewayRoute, p parent, gateways map[service][]*gateway) *gateway {
	for _, g := range gateways[r.parentOf(rt, p)] {
		if p.namespace == "" || p.namespace == g.object.Namespace {
			return g
		}
	}
	return nil
}

// refusedParent reports whether the gateway that a route names as a parent is refused, by
// Consul's servers or the API server, so that nothing is routed there.
func (r *reader) refusedParent(rt *gatewayRoute, p parent) bool {
	return slices.ContainsFunc(r.unsound, func(g *gateway) bool {
		of := service{r.consulNamespace(g.object), g.object.Name}
		return of == r.parentOf(rt, p) && (p.namespace == "" || p.namespace == g.object.Namespace)
	})
}

// bind finds the listeners that a route is for.
// agent/consul/gateways/controller_gateways.go bindRoutesToGateways
func (r *reader) bind(rt *gatewayRoute, gateways map[service][]*gateway) {
	for _, p := range rt.parents {
		g := r.gatewayFor(rt, p, gateways)
		if g != nil {
			r.routedBy = append(r.routedBy, boundTo{rt.object, g.object})
		}
		if g == nil && r.refusedParent(rt, p) {
			r.inert(p.node.Node, "the gateway is refused")
			rt.idle = true
			continue
		}
		if g == nil || g.beyond != "" || rt.beyond != "" {
			rt.astray = true
			continue
		}
		found := false
		for _, l := range g.listeners {
			if p.section != "" && p.section != l.name || l.http != rt.http {
				continue
			}
			takes, known := l.admits(r, g, rt)
			if rt.astray = rt.astray || !known; takes {
				found = true
				l.first(g).take(rt)
			}
		}
		if rt.led = rt.led || found; !found && !rt.astray {
			r.inert(p.node.Node, "no listener of the gateway is for it")
		}
	}
}

// first is the listener of a gateway that has the port of another one.
func (l *gatewayListener) first(g *gateway) *gatewayListener {
	return g.listeners[slices.IndexFunc(g.listeners, func(x *gatewayListener) bool { return x.port == l.port })]
}

func (l *gatewayListener) take(rt *gatewayRoute) {
	if !slices.Contains(l.routes, rt) {
		l.routes = append(l.routes, rt)
	}
}

// lift adds a gateway and the tables of its listeners to the model.
func (r *reader) lift(g *gateway) {
	if g.beyond != "" {
		r.opaque(g.object, "it lets requests into the mesh, and "+g.beyond, false) // elsewhere none come in by it
		return
	}
	r.hold(g.object, "it lets requests into the mesh")
	r.holdUsed(g.uses, "it names a certificate of an API gateway")
	r.m.Entries = append(r.m.Entries, g.entry)
	for i, l := range g.listeners {
		if !l.http {
			r.connections(g, l)
			continue
		}
		byHost := map[string][]gatewayLine{}
		for _, rt := range l.routes {
			for _, host := range l.hostsOf(r, rt) {
				if len(rt.lines) > 0 {
					byHost[host] = append(byHost[host], rt.lines...)
				}
			}
		}
		for _, host := range sortedKeys(byHost) {
			r.gatewayTable(g, l, host, byHost[host])
			if own := &g.entry.Listeners[i]; len(own.Hosts) > 0 && !own.Names(host) {
				own.Hosts = append(own.Hosts, host)
			}
		}
	}
}

// hostsOf are the hosts of a route that a listener serves: those that end as its own
// does, whole labels or not, or the listener's own.
// agent/structs/config_entry_routes.go FilteredHostnames
func (l *gatewayListener) hostsOf(r *reader, rt *gatewayRoute) []string {
	if len(rt.hosts) == 0 {
		if l.hostname == "" {
			return []string{anyHost}
		}
		return []string{l.hostname}
	}
	wild := l.hostname == "" || strings.Contains(l.hostname, "*")
	end := strings.TrimPrefix(strings.TrimPrefix(l.hostname, "*"), ".")
	var out []string
	for _, n := range rt.hosts {
		host := strings.ToLower(n.text())
		if wild && strings.HasSuffix(host, end) || host == end {
			out = append(out, host)
		} else {
			r.inert(n.Node, "listener "+l.name+" serves no such host")
		}
	}
	return out
}

// gatewayTable adds the table of one host: its lines by rank. Where two routes have
// overlapping ones of one rank, which counts is not known.
func (r *reader) gatewayTable(g *gateway, l *gatewayListener, host string, lines []gatewayLine) {
	slices.SortStableFunc(lines, compareLines)
	t := &intent.Routing{Entry: g.entry.Name, Port: l.port, Protocol: intent.HTTP, Else: intent.Respond{Status: 404}}
	if host != anyHost {
		t.Host = intent.Host{DNS: host}
	}
	for i, x := range lines {
		for _, y := range lines[i+1:] {
			if x.of != y.of && compareLines(x, y) == 0 && overlap(x.rule.When, y.rule.When) {
				r.undecided(x.of, y.of, host)
				return
			}
		}
		if !slices.Contains(t.From, x.of.object.Ref()) {
			t.From = append(t.From, x.of.object.Ref())
		}
		t.Rules = append(t.Rules, x.rule)
	}
	if len(lines) > 0 {
		for _, x := range lines {
			x.of.lifted = true
		}
		t.Home = r.home(lines[0].of.object)
		r.m.Routing = append(r.m.Routing, t)
	}
}

func overlap(a, b match.Expr) bool {
	_, answer := match.Overlap(match.Simplify(a), match.Simplify(b))
	return answer != match.No
}

// undecided tells of two routes of which it is not known which comes first: the server
// keeps them in no order.
// agent/xds/routes.go routesForAPIGateway
func (r *reader) undecided(a, b *gatewayRoute, host string) {
	a.astray, b.astray = true, true
	r.diags.Tell(diag.OrderUnknown, a.object.Ref().Object+" and "+b.object.Ref().Object+" have overlapping rules of one rank for "+host,
		"which of them counts is not known, so the host is not routed", "put the rules into one route", a.object.Ref(), b.object.Ref())
}

// connections adds the table of a listener for connections, which go to the one
// service of its one route.
func (r *reader) connections(g *gateway, l *gatewayListener) {
	switch {
	case len(l.routes) == 0:
		return
	case len(l.routes) > 1:
		r.undecided(l.routes[0], l.routes[1], "port "+portText(l.port))
		return
	}
	rt := l.routes[0]
	if len(rt.lines) == 0 {
		return // it leads to nothing
	}
	rt.lifted = true
	r.m.Routing = append(r.m.Routing, &intent.Routing{
		Home: r.home(rt.object), Entry: g.entry.Name, Port: l.port, Protocol: intent.TCP, Else: intent.Forward{},
		Rules: []intent.Rule{rt.lines[0].rule}, From: intent.From(rt.object.Ref()),
	})
}

// settle keeps a route of which not all is lifted, and tells of one that is for
// nothing.
func (r *reader) settle(rt *gatewayRoute) {
	const why = "it routes what comes in by a gateway"
	switch {
	case rt.beyond != "" && (rt.astray || rt.led || !rt.idle):
		r.opaque(rt.object, why+", and "+rt.beyond, false)
	case rt.astray:
		r.opaque(rt.object, why+" that is not in the input, or kept as it is", false)
	case !rt.led:
		r.home(rt.object)
		specOf(rt.object).Node.MarkRead()
		r.inert(specOf(rt.object).Node, "it is for no listener of a gateway")
	case !rt.lifted:
		r.home(rt.object)
		specOf(rt.object).Node.MarkRead()
		r.inert(specOf(rt.object).Node, "no rule of it leads to a service for a host that its listeners serve")
	default:
		r.hold(rt.object, why)
		r.holdUsed(rt.uses, "it is part of a route of a gateway")
	}
}

// holdUsed holds objects that say part of what another one says, which is lifted. Where
// it is not, they are kept as it is.
func (r *reader) holdUsed(uses []*source.Object, why string) {
	for _, o := range uses {
		switch {
		case r.held[o]:
		case o.Kind == "MeshService":
			r.holdAside(o, why)
			r.inert(o.Root.Get("spec").Get("peer"), "a route of a gateway is not told of which peer a service is; a ServiceResolver of the name says it")
		default:
			r.hold(o, why)
		}
	}
}

// hold notes that facts hold all that an object says: it is put back as it is for
// Consul, and nothing of it is lost elsewhere.
func (r *reader) hold(o *source.Object, why string) *intent.Opaque {
	r.held[o] = true
	op := &intent.Opaque{
		Home: r.home(o), Mesh: Name, Kind: o.Kind, At: o.Ref(), Whole: o, Held: true, Why: why, From: intent.From(o.Ref()),
	}
	r.m.Opaque = append(r.m.Opaque, op)
	return op
}
