package legal

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// backendPorts refuses tables with a backend whose port nobody tells, for
// targets where a backend must name one. A rule that sends requests to the
// Service that they are addressed to passes them on instead.
func backendPorts(r *run) {
	if !r.t.Route.BackendPorts {
		return
	}
	r.tablesWhere(func(t *intent.Routing) bool {
		if r.t.Caps.Says(RoutePassthrough, t) == "" {
			r.passOn(t)
		}
		r.missingPorts(t)
		unknown := r.portless(t)
		if unknown == nil && r.passesToNamed(t) {
			unknown = &intent.Backend{Host: t.Host}
		}
		if unknown == nil {
			return true
		}
		c := r.refusal("backend-ports", RoutePort, intent.Routed, append(slices.Clone(unknown.From), tableOrigin(t)...),
			"the routes of "+t.Host.String()+" are not written: a backend has to name a port there, and the input shows none of "+unknown.Host.String())
		c.Code, c.Fix, c.Before, c.After = diag.NeedsInventory, "add the Service "+unknown.Host.String()+" to the input, or name the port", r.tables(t), r.tables()
		r.record(c)
		return false
	})
}

// passesToNamed reports whether a table passes requests on at ports that the input does not
// tell, where others name ports of the Service and the target then passes on to these alone.
// cilium pkg/ciliumenvoyconfig/controller.go computeLoadAssignments
func (r *run) passesToNamed(t *intent.Routing) bool {
	s := r.m.Service(t.Host.Service)
	if !r.t.Route.PassesByPort || t.Port != 0 || !t.Entry.IsZero() || !passesOn(t) || s != nil && len(s.Ports) > 0 {
		return false
	}
	return slices.ContainsFunc(r.m.Routing, func(o *intent.Routing) bool {
		named := o.Entry.IsZero() && o.Host == t.Host && o.Port != 0
		EachBackend(o, func(b *intent.Backend) { named = named || b.Host == t.Host && b.Port != 0 })
		return named
	})
}

// missingPorts names some port of Services that are not there: none answers.
func (r *run) missingPorts(t *intent.Routing) {
	const some = 80
	EachBackend(t, func(b *intent.Backend) {
		if b.Missing && b.Port == 0 && !b.Host.Service.IsZero() && r.m.Service(b.Host.Service) == nil {
			b.Port = cmp.Or(t.Port, some)
		}
	})
}

// portless is a backend whose port nobody tells, or nil.
func (r *run) portless(t *intent.Routing) *intent.Backend {
	var unknown *intent.Backend
	EachBackend(t, func(b *intent.Backend) {
		if unknown == nil && !b.Missing && !r.portKnown(t, b) {
			unknown = b
		}
	})
	return unknown
}

// portKnown reports whether a backend's port is said, or the table's, or the only
// one that its Service has.
func (r *run) portKnown(t *intent.Routing, b *intent.Backend) bool {
	s := r.m.Service(b.Host.Service)
	switch {
	case b.Port != 0:
		return true
	case b.Host.Service.IsZero():
		return true // what is no Service is another pass's concern
	case s == nil:
		return t.Port != 0 && t.Entry.IsZero()
	case len(s.Ports) == 1:
		return true
	}
	return t.Entry.IsZero() && slices.ContainsFunc(s.Ports, func(p intent.ServicePort) bool { return p.Port == t.Port })
}

// passOn makes rules that send requests where they are addressed say just that.
func (r *run) passOn(t *intent.Routing) {
	own := func(a intent.Action) bool {
		f, ok := a.(intent.Forward)
		return ok && len(f.To) == 1 && f.To[0].Host == t.Host && len(f.To[0].Steps) == 0 && len(f.To[0].Fallback) == 0 &&
			f.To[0].Subset == nil && f.To[0].SubsetName == "" && !f.To[0].Missing && !r.portKnown(t, &f.To[0])
	}
	for i := range t.Rules {
		if own(t.Rules[i].Then) {
			t.Rules[i].Then = intent.Passthrough{}
		}
	}
	if own(t.Else) {
		t.Else = intent.Passthrough{}
	}
}
