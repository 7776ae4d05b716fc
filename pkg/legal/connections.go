package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// ConnectionForm is what a target makes of tables for connections that it does not look
// into, by TLS or TCP, in the mesh.
type ConnectionForm struct {
	// Ignores says why rules of a protocol do not count at a port of a Service; "" is that
	// they do. nil is that they count at all ports.
	Ignores func(p intent.Protocol, at intent.ServicePort) string
	// GoesOn says that connections that no rule takes go on to where they are addressed,
	// those of TLS as what the client is not told of, so that no table closes them.
	GoesOn bool
	// Named says that rules for TLS name servers, and that connections for others are
	// closed, so that no table passes them on.
	Named bool
}

// connections fits tables for connections to where the target looks at them, and to what
// becomes there of those that no rule takes.
func connections(r *run) {
	form := r.t.Route.Connections
	var out []*intent.Routing
	for _, t := range r.m.Routing {
		if !ofConnections(t) {
			out = append(out, t)
			continue
		}
		r.unmatchedAt(t, form)
		out = append(out, r.counted(t, form.Ignores)...)
	}
	r.m.Routing = out
}

// ofConnections reports whether a table is for connections in the mesh that are not looked
// into.
func ofConnections(t *intent.Routing) bool {
	return t.Entry.IsZero() && (t.Protocol == intent.TLS || t.Protocol == intent.TCP)
}

// counted are the tables for the ports of a Service at which rules count: the table, where
// they do at all.
func (r *run) counted(t *intent.Routing, ignores func(intent.Protocol, intent.ServicePort) string) []*intent.Routing {
	s := r.m.Inventory.Service(t.Host.Service)
	if ignores == nil || s == nil {
		return []*intent.Routing{t}
	}
	var parts []*intent.Routing
	all, why := !s.Lacks(t.Port), "the Service has no such port"
	for _, p := range s.Ports {
		switch no := ignores(t.Protocol, p); {
		case t.Port != 0 && t.Port != p.Port:
		case no != "":
			all, why = false, no
		default:
			c := t.Clone()
			c.Port = p.Port
			parts = append(parts, c)
		}
	}
	switch {
	case all:
		return []*intent.Routing{t}
	case len(parts) == 0:
		r.refuse("connections", protocolFeatures[t.Protocol], t, t.From, why)
		return nil
	}
	r.record(Change{
		Pass: "connections", Feature: protocolFeatures[t.Protocol], Code: diag.Approximated, Drift: intent.Other, Aspect: intent.Routed, Fate: FateDrifted, From: t.From,
		Summary: "the routes of " + t.Host.String() + " do not hold at all of its ports: " + why,
		Fix:     "declare what its ports carry by appProtocol, or name the port that the routes are for",
		Before:  r.tables(t), After: r.tables(clones(parts)...),
	})
	return parts
}
