package legal

import "github.com/transmesh/transmesh/pkg/intent"

// wholeTables refuses tables that the target cannot say as a whole, although it
// can say each part of them.
func wholeTables(r *run) {
	if r.t.Route.Table == nil {
		return
	}
	r.tablesWhere(func(t *intent.Routing) bool {
		why := r.t.Route.Table(r.m, t)
		if why != "" {
			r.refuse("tables", protocolFeatures[t.Protocol], t, t.From, why)
		}
		return why == ""
	})
}
