package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
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
	for _, e := range r.m.Entries {
		r.runner(e)
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

// runner says in the target's words who runs an entry.
func (r *run) runner(e *intent.Entry) {
	if r.t.Entry == nil {
		return
	}
	was := *e
	e.Class, e.Selector = r.t.Entry(e)
	var from intent.Origin
	for _, p := range was.Selector {
		if _, kept := intent.Lookup(e.Selector, p.Key); !kept {
			from = append(from, p.From...)
		}
	}
	if e.Class == was.Class && len(from) == 0 {
		return
	}
	r.record(Change{
		Pass: "entries", Feature: EntryListener, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Entering, Fate: FateRewritten, From: append(from, was.From...),
		Summary: "who runs the entry " + e.Name.String() + " is said in other words", Detail: "the target chooses its gateways in its own way",
		Fix: "check that clients reach the gateway by the same address",
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
