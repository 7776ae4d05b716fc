package legal

import (
	"github.com/transmesh/transmesh/pkg/intent"
)

// failover drops the backends that stand in for others, for targets that have
// none: requests go where they go while all is well.
func failover(r *run) {
	r.tablesWhere(func(t *intent.Routing) bool {
		var at intent.Origin
		why := ""
		EachBackend(t, func(b *intent.Backend) {
			for i := range b.Fallback {
				if says := r.t.Caps.Says(RouteFailover, &b.Fallback[i]); says != "" {
					why, at = says, merge(at, b.Fallback[i].From)
				}
			}
		})
		if why == "" {
			return true
		}
		before := r.tables(t.Clone())
		EachBackend(t, func(b *intent.Backend) { b.Fallback = nil })
		r.dropped("failover", RouteFailover, intent.Routed, at, "what stands in for backends of "+t.Host.String(), why, before, r.tables(t.Clone()))
		return true
	})
}
