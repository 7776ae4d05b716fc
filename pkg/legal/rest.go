package legal

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// rest makes what a table does with unmatched requests its last rule, for
// targets that rank rules: there it is a rule like any other, and must be ranked
// behind them. The 404 of ranked targets stays; a table of nothing else cannot be
// said, since it takes a rule to have a route.
func rest(r *run) {
	if r.t.Route.Prefers == nil {
		return
	}
	r.tablesWhere(func(t *intent.Routing) bool {
		a, ok := t.Else.(intent.Respond)
		if t.Protocol == intent.TLS || t.Protocol == intent.TCP {
			return r.restOfConnections(t)
		}
		switch {
		case ok && a.Status == 404 && len(t.Rules) == 0:
			r.refuse("rest", RouteRespond, t, t.From, "no route answers 404 to all requests")
			return false
		case t.Else == nil, ok && a.Status == 404:
			return true
		case len(t.Rules) > 0 && match.IsTrue(t.Rules[len(t.Rules)-1].When):
			t.Else = intent.Respond{Status: 404} // no request is left for it
			return true
		}
		last := intent.Rule{Then: t.Else, From: t.From}
		if len(t.Rules) > 0 {
			last.Home = t.Rules[len(t.Rules)-1].Home
		}
		t.Rules = append(t.Rules, last)
		t.Else = intent.Respond{Status: 404}
		return true
	})
}

// restOfConnections is rest for tables of TLS and TCP, whose routes close what none
// takes.
func (r *run) restOfConnections(t *intent.Routing) bool {
	f, forwards := t.Else.(intent.Forward)
	p, _ := t.Else.(intent.Passthrough)
	switch {
	case p.AsUnknown: // no route says it
	case len(t.Rules) > 0 && match.IsTrue(t.Rules[len(t.Rules)-1].When):
		t.Else = intent.Forward{} // no connection is left for it
	case forwards && len(f.To) == 0 && len(t.Rules) == 0:
		r.refuse("rest", RouteRespond, t, t.From, "no route closes all connections")
		return false
	case t.Else != nil && (!forwards || len(f.To) > 0):
		t.Rules = append(t.Rules, intent.Rule{Then: t.Else, From: t.From})
		t.Else = intent.Forward{}
	}
	return true
}
