package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// eachPort gives the rules of a table for all ports to each port of its Service,
// where the target can pass requests on at a port that is named, and not
// otherwise.
func eachPort(r *run) {
	var out []*intent.Routing
	for _, t := range r.m.Routing {
		parts := r.perPort(t)
		if parts == nil {
			out = append(out, t)
			continue
		}
		out = append(out, parts...)
		r.record(Change{
			Pass: "each-port", Feature: RoutePassthrough, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Routed, Fate: FateRewritten, From: t.From,
			Summary: "the routes of " + t.Host.String() + " are written for each of its ports", Fix: "nothing", Before: r.tables(t), After: r.tables(clones(parts)...),
		})
	}
	r.m.Routing = out
}

// perPort is a table for each port of a Service; nil is that the table stays.
func (r *run) perPort(t *intent.Routing) []*intent.Routing {
	s := r.m.Inventory.Service(t.Host.Service)
	if t.Port != 0 || !t.Entry.IsZero() || s == nil || len(s.Ports) == 0 || !passesOn(t) || r.t.Caps.Says(RoutePassthrough, t) == "" || len(portsNamed(t, r.m.Routing)) > 0 {
		return nil
	}
	var parts []*intent.Routing
	for _, p := range s.Ports {
		c := t.Clone()
		c.Port = p.Port
		if r.t.Caps.Says(RoutePassthrough, c) != "" {
			return nil
		}
		parts = append(parts, c)
	}
	return parts
}

// clones are copies that later passes do not change.
func clones(ts []*intent.Routing) []*intent.Routing {
	out := make([]*intent.Routing, len(ts))
	for i, t := range ts {
		out[i] = t.Clone()
	}
	return out
}

// passesOn reports whether a table sends requests on to where they are addressed.
func passesOn(t *intent.Routing) bool {
	if p, ok := t.Else.(intent.Passthrough); ok && !p.AsUnknown {
		return true
	}
	for i := range t.Rules {
		if _, ok := t.Rules[i].Then.(intent.Passthrough); ok {
			return true
		}
	}
	return false
}
