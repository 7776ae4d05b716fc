package gatewayapi

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/place"
)

// ReadRoutes lifts the routes of HTTP, gRPC, TLS and TCP of the input on Services and
// Gateways into tables, and what the model cannot say into Opaque facts.
func ReadRoutes(in mesh.Input, d Dialect) ([]*intent.Routing, []*intent.Opaque, diag.List) {
	a := readAttached(in, d)
	tables := a.tables()
	return tables, a.opaque, a.diags
}

// readAttached reads Gateways and ReferenceGrants, then the routes and what they
// attach to.
func readAttached(in mesh.Input, d Dialect) *attacher {
	a := &attacher{in: in, d: d, used: map[place.Ref]bool{}}
	if a.in.Inventory == nil {
		a.in.Inventory = &intent.Inventory{}
	}
	var sets []*gateway
	for _, o := range in.Objects {
		switch {
		case o.Group() != group:
		case o.Kind == "Gateway":
			a.gateways = append(a.gateways, readGateway(o, d))
		case o.Kind == setKind:
			sets = append(sets, readListenerSet(o, d))
		case o.Kind == "ReferenceGrant":
			a.grants = append(a.grants, ReadGrant(o)...)
		}
	}
	a.addSets(sets)
	a.gateways = append(a.gateways, sets...)
	a.listeners()
	a.certificates()
	a.routes()
	return a
}

// listeners completes what entries listen on: with whom their Gateways take by
// certificates.
func (a *attacher) listeners() {
	for _, g := range a.gateways {
		if g.entry != nil {
			for _, d := range g.demands {
				g.validate(d)
			}
		}
	}
	for _, g := range a.gateways {
		a.diags = append(a.diags, g.diags...)
		a.opaque = append(a.opaque, g.opaque...)
		for _, l := range g.listeners {
			g.entry.Listeners = append(g.entry.Listeners, l.Listener)
		}
	}
}

// read lifts all objects of the Gateway API.
func read(in mesh.Input) (*intent.Model, diag.List) {
	d := dialectOf(in.Version)
	a := readAttached(in, d)
	m := &intent.Model{Routing: a.tables(), Baseline: baseline(in.Version, in.Env), Egress: ownEgress(in.Version, in.Env), Env: in.Env}
	if in.Inventory != nil {
		m.Inventory = *in.Inventory
	}
	for _, g := range a.gateways {
		if g.entry != nil {
			m.Entries = append(m.Entries, g.entry)
		}
	}
	for _, o := range in.Objects {
		a.rest(o)
	}
	m.Transport = a.backendTLS()
	m.Upstream = a.trafficPolicies()
	m.Opaque = a.opaque
	m.Default = defaultAccess(in.Version, in.Env)
	m.Transport = append(m.Transport, defaultTransport(in.Version, in.Env)...)
	return m, a.diags
}
