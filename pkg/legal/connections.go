package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// ConnectionForm is what a target makes of tables for connections that it does not look
// into, by TLS or TCP, in the mesh.
type ConnectionForm struct {
	// Ignores says why rules of a protocol do not count at a port of a Service; "" is that
	// they do. nil is that they count at all ports.
	Ignores func(p intent.Protocol, at intent.ServicePort) string
	// GoesOn reports whether connections that no rule takes go on to where they are
	// addressed, so that no table closes them. nil is that they do not.
	GoesOn func(intent.Environment) bool
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
		if !t.Entry.IsZero() || t.Protocol != intent.TLS && t.Protocol != intent.TCP {
			out = append(out, t)
			continue
		}
		r.unrouted(t, form)
		out = append(out, r.counted(t, form.Ignores)...)
	}
	r.m.Routing = out
}

// unrouted has become of connections that no rule takes what does at the target.
func (r *run) unrouted(t *intent.Routing, form ConnectionForm) {
	if len(t.Rules) == 0 || match.IsTrue(t.Rules[len(t.Rules)-1].When) {
		return
	}
	c := Change{Pass: "connections", Feature: RouteRespond, Code: diag.Approximated, Drift: intent.Other, Aspect: intent.Routed, Fate: FateDrifted, From: t.From, Before: r.tables(t.Clone())}
	f, forwards := t.Else.(intent.Forward)
	closed := forwards && len(f.To) == 0
	switch {
	case closed && form.GoesOn != nil && form.GoesOn(r.m.Env):
		t.Else = intent.Passthrough{}
		c.Summary = "connections to " + t.Host.String() + " that no rule takes go on to where they are addressed"
		c.Detail = "the source closes them; the target closes none that it has no rule for"
		c.Fix = "have the Service refuse what it should not get, by authorization or by the names of its certificate"
	case !closed && form.Named && t.Protocol == intent.TLS && !t.Host.Service.IsZero(): // others have no route
		t.Else = intent.Forward{}
		c.Summary = "connections to " + t.Host.String() + " for servers that no rule names are closed"
		c.Detail = "the source sends them on; a rule of the target names the servers that it is for"
		c.Fix = "name all servers that clients ask for"
	default:
		return
	}
	c.After = r.tables(t.Clone())
	r.record(c)
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
