package legal

import (
	"github.com/transmesh/transmesh/pkg/intent"
)

// entries refuses routing from outside for targets without ingress, and the
// ingress with it.
func entries(r *run) {
	if why := r.t.Caps.Says(EntryListener, nil); why != "" {
		for _, e := range r.m.Entries {
			r.record(r.refusal("entries", EntryListener, intent.Entering, e.From, "the entry "+e.Name.String()+" is not written: "+why))
		}
		r.m.Entries = nil
	}
	r.tablesWhere(func(t *intent.Routing) bool {
		if t.Entry.IsZero() {
			return true
		}
		why := r.t.Caps.Says(RouteEntry, t)
		if why != "" {
			r.refuse("entries", RouteEntry, t, t.From, why)
		}
		return why == ""
	})
}

// tablesWhere keeps the tables for which keep holds.
func (r *run) tablesWhere(keep func(*intent.Routing) bool) {
	var out []*intent.Routing
	for _, t := range r.m.Routing {
		if keep(t) {
			out = append(out, t)
		}
	}
	r.m.Routing = out
}
