package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// imports refuses routes of, and to, what the source makes of Services of other clusters,
// where the target makes none of it: nothing would be there under these names.
func imports(r *run) {
	r.toKnow()
	if len(r.m.Inventory.Imports) == 0 {
		return
	}
	r.tablesWhere(func(t *intent.Routing) bool {
		x := importedIn(r.m, r.t, t)
		if x.why == "" {
			return true
		}
		c := r.refusal("imports", RouteImported, intent.Routed, append(slices.Clone(x.at), tableOrigin(t)...),
			"the routes of "+t.Host.String()+" are not written: "+r.o.From+" alone makes "+x.called()+", of what is offered by "+x.Clusters)
		c.Detail = "in the target " + x.why
		c.Fix = "name what the target has for it instead, or make a Service " + x.host.String() + " that leads there and add it to the input"
		if x.DNS != "" {
			c.Fix = "lead to a Service that the target has for it instead"
			if near := r.t.Nearest[intent.Clusters]; near != "" {
				c.Fix += "; " + near
			}
		}
		c.Before, c.After = r.tables(t), r.tables()
		r.record(c)
		return false
	})
}

// imported is the first host of a table that the source alone makes of what other clusters
// offer, where it is named, and why the target does not; no why is that there is none.
type imported struct {
	*intent.Import
	host intent.Host
	at   intent.Origin
	why  string
}

// called names the host for people.
func (x imported) called() string {
	if x.DNS != "" {
		return "the name " + x.DNS
	}
	return "the Service " + x.host.String()
}

// importedIn finds the first of a table's host and backends with a share that the target does
// not make. What only stands in for another is not one: targets say it, or leave it out.
func importedIn(m *intent.Model, t Target, table *intent.Routing) (found imported) {
	look := func(h intent.Host, at intent.Origin) {
		if x := m.Inventory.Imported(h); found.why == "" && x != nil && !madeKnown(m, h) {
			found = imported{x, h, at, t.Caps.Says(RouteImported, x)}
		}
	}
	look(table.Host, table.From)
	standIns := map[*intent.Backend]bool{}
	EachBackend(table, func(b *intent.Backend) {
		for i := range b.Fallback {
			standIns[&b.Fallback[i]] = true
		}
		if b.Weight > 0 && !standIns[b] {
			look(b.Host, b.From)
		}
	})
	return found
}

// madeKnown reports whether something says where connections to a name outside go.
func madeKnown(m *intent.Model, h intent.Host) bool {
	return h.DNS != "" && slices.ContainsFunc(m.External, func(e *intent.External) bool { return slices.Contains(e.Hosts, h) })
}

// verifyImports finds routes to what the target does not make.
func verifyImports(m *intent.Model, t Target, fail failure) {
	if len(m.Inventory.Imports) == 0 {
		return
	}
	for _, table := range m.Routing {
		if x := importedIn(m, t, table); x.why != "" {
			fail(string(RouteImported), x.at, x.why)
		}
	}
}
