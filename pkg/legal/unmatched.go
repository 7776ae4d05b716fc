package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// unmatched has tables say by themselves what becomes of connections that no rule takes and
// that go the way of what clients are not told of, for targets that know no such way. Where
// it depends on the client, they are closed for all.
func unmatched(r *run) {
	form := r.t.Route.Connections
	if form.GoesOn {
		return
	}
	denied := intent.Denied(r.m.Egress)
	for _, t := range r.m.Routing {
		p, passes := t.Else.(intent.Passthrough)
		if !passes || !p.AsUnknown || r.t.Caps.Says(protocolFeatures[t.Protocol], t) != "" {
			continue
		}
		switch was := t.Clone(); {
		case takesAll(t) || !meet(t.Scope.Client, denied):
			t.Else = intent.Passthrough{}
		case implied(t.Scope.Client, denied):
			t.Else = intent.Forward{}
		default:
			t.Else = intent.Forward{}
			r.closed(was, t, "the source closes those of some clients, and sends those of others on")
		}
	}
}

// takesAll reports whether the last rule of a table takes all that is left.
func takesAll(t *intent.Routing) bool {
	return len(t.Rules) > 0 && match.IsTrue(t.Rules[len(t.Rules)-1].When)
}

// unmatchedAt has become of connections that no rule takes what does at the target.
func (r *run) unmatchedAt(t *intent.Routing, form ConnectionForm) {
	if len(t.Rules) == 0 || takesAll(t) {
		return
	}
	switch {
	case form.GoesOn:
		r.goesOn(t)
	case form.Named && t.Protocol == intent.TLS && !t.Host.Service.IsZero() && !closes(t.Else): // others have no route
		was := t.Clone()
		t.Else = intent.Forward{}
		r.closed(was, t, "the source sends them on; a rule of the target names the servers that it is for")
	}
}

// goesOn has connections that no rule takes go on, or those of TLS the way of what the client
// is not told of.
func (r *run) goesOn(t *intent.Routing) {
	was, closed := t.Clone(), closes(t.Else)
	p, passes := t.Else.(intent.Passthrough)
	if p.AsUnknown || !passes && !closed && t.Else != nil {
		return
	}
	t.Else = intent.Passthrough{AsUnknown: t.Protocol == intent.TLS}
	var denied match.Expr = match.False
	if t.Protocol == intent.TLS {
		denied = match.Conj(match.Simplify(t.Scope.Client), intent.Denied(r.m.Egress))
	}
	switch {
	case closed && !implied(t.Scope.Client, denied):
		r.record(Change{
			Pass: "connections", Feature: RouteRespond, Code: diag.Approximated, Drift: intent.Other, Aspect: intent.Routed, Fate: FateDrifted, From: t.From,
			Summary: "connections to " + t.Host.String() + " that no rule takes go on to where they are addressed",
			Detail:  "the source closes them; the target closes none that it has no rule for",
			Fix:     "have the Service refuse what it should not get, by authorization or by the names of its certificate",
			Before:  r.passing(was), After: r.passing(t.Clone()),
		})
	case !closed && !match.IsFalse(denied):
		r.closed(was, t, "the source sends them on; the target keeps clients from what it has no rule for")
	}
}

// closes reports whether an action is to close a connection.
func closes(a intent.Action) bool {
	f, forwards := a.(intent.Forward)
	return forwards && len(f.To) == 0
}

// closed notes that connections for servers that no rule names are closed.
func (r *run) closed(was, t *intent.Routing, why string) {
	r.record(Change{
		Pass: "connections", Feature: RouteRespond, Code: diag.Approximated, Drift: intent.Other, Aspect: intent.Routed, Fate: FateDrifted, From: t.From,
		Summary: "connections to " + t.Host.String() + " for servers that no rule names are closed", Detail: why, Fix: "name all servers that clients ask for",
		Before: r.passing(was), After: r.passing(t.Clone()),
	})
}

// passing is a fragment of a table and of what clients may send to what they are not told of.
func (r *run) passing(t *intent.Routing) *intent.Model {
	f := r.tables(t)
	f.Egress = r.m.Egress
	return f
}
