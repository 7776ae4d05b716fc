package legal

import (
	"github.com/transmesh/transmesh/pkg/intent"
)

// imports refuses routes of, and to, Services that the source makes of those of other
// clusters, where the target makes none: nothing would be there under these names.
func imports(r *run) {
	if len(r.m.Inventory.Imports) == 0 || r.t.Caps.Says(RouteImported, nil) == "" {
		return
	}
	r.tablesWhere(func(t *intent.Routing) bool {
		at, name, x := importedIn(r.m, t)
		if x == nil {
			return true
		}
		from := append(intent.Origin{}, at...)
		from = append(from, tableOrigin(t)...)
		c := r.refusal("imports", RouteImported, intent.Routed, from,
			"the routes of "+t.Host.String()+" are not written: "+r.o.From+" alone makes the Service "+name.String()+", of what is offered by "+x.Clusters)
		c.Detail = "in the target " + r.t.Caps.Says(RouteImported, nil)
		c.Fix = "name what the target has for it instead, or make a Service " + name.String() + " that leads there and add it to the input"
		c.Before, c.After = r.tables(t), r.tables()
		r.record(c)
		return false
	})
}

// importedIn finds the first of a table's host and backends with a share that is a Service
// which is made of those of other clusters, and where it is named.
func importedIn(m *intent.Model, t *intent.Routing) (at intent.Origin, name intent.Name, x *intent.Import) {
	if x = m.Inventory.Imported(t.Host.Service); x != nil {
		return t.From, t.Host.Service, x
	}
	intent.Walk(&intent.Model{Routing: []*intent.Routing{t}}, func(p intent.Part) {
		if b, is := p.(*intent.Backend); is && x == nil && b.Weight > 0 && !b.Host.Service.IsZero() {
			at, name, x = b.From, b.Host.Service, m.Inventory.Imported(b.Host.Service)
		}
	})
	return at, name, x
}

// verifyImports finds routes to Services that the target does not make.
func verifyImports(m *intent.Model, t Target, fail failure) {
	why := t.Caps.Says(RouteImported, nil)
	if len(m.Inventory.Imports) == 0 || why == "" {
		return
	}
	for _, table := range m.Routing {
		if at, _, x := importedIn(m, table); x != nil {
			fail(string(RouteImported), at, why)
		}
	}
}
