package legal

import "github.com/transmesh/transmesh/pkg/intent"

// wholeTables refuses tables that the target cannot say as a whole, although it
// can say each part of them.
func wholeTables(r *run) {
	if r.t.Route.Table == nil {
		return
	}
	says := r.t.Route.Table(r.m)
	r.tablesWhere(func(t *intent.Routing) bool {
		why := says(t)
		if why != "" {
			r.refuse("tables", protocolFeatures[t.Protocol], t, t.From, why)
		}
		return why == ""
	})
}
