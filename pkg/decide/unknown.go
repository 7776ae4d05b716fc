package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// settledTables are the tables of a model with what becomes of what no rule takes said for
// each client, where that depends on what clients may send to what they are not told of.
func settledTables(m *intent.Model) []*intent.Routing {
	if !slices.ContainsFunc(m.Routing, restUnknown) {
		return m.Routing
	}
	denied := intent.Denied(m.Egress)
	out := slices.Clone(m.Routing)
	for i, t := range out {
		if restUnknown(t) {
			out[i] = settledTable(t, denied, m.Egress)
		}
	}
	return out
}

func restUnknown(t *intent.Routing) bool {
	p, passes := t.Else.(intent.Passthrough)
	return passes && p.AsUnknown
}

// settledTable is a table whose rest goes nowhere for the clients that are denied.
func settledTable(t *intent.Routing, denied match.Expr, by []*intent.Egress) *intent.Routing {
	if match.IsFalse(denied) {
		return t
	}
	c := *t
	closed := intent.Rule{When: denied, Then: intent.Forward{}, From: slices.Clone(t.From)}
	for _, e := range by {
		if e.Effect == intent.Deny {
			closed.From = append(closed.From, e.From...)
		}
	}
	c.Rules = append(slices.Clip(t.Rules), closed)
	return &c
}
