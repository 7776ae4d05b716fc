package legal

import (
	"fmt"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// entries refuses routing from outside for targets without ingress, and the
// ingress with it. What the target keeps as it is can be said as it is.
func entries(r *run) {
	if why := r.t.Caps.Says(EntryListener, nil); why != "" {
		for _, e := range r.m.Entries {
			r.record(r.refusal("entries", EntryListener, intent.Entering, wholeEntry(e), "the entry "+e.Name.String()+" is not written: "+why))
		}
		r.m.Entries = nil
	}
	kept := verbatimHomes(r.m, r.t)
	open, shut := map[intent.Name][]intent.Listener{}, map[intent.Name][]intent.Listener{}
	for i, e := range r.m.Entries {
		if kept[e.Home] {
			continue
		}
		c := *e
		r.m.Entries[i] = &c
		r.runner(&c)
		shut[e.Name] = r.listeners(&c)
		r.certificates(&c)
		open[e.Name] = c.Listeners
	}
	r.m.Entries = slices.DeleteFunc(slices.Clone(r.m.Entries), func(e *intent.Entry) bool {
		return len(e.Listeners) == 0 && len(e.From) > 0 && !kept[e.Home]
	})
	r.tablesWhere(func(t *intent.Routing) bool {
		if t.Entry.IsZero() {
			return true
		}
		why := r.t.Caps.Says(RouteEntry, t)
		if why == "" && comesIn(t, shut[t.Entry]) && !comesIn(t, open[t.Entry]) {
			why = "the listener that they come in by is not opened"
		}
		if why != "" {
			r.refuse("entries", RouteEntry, t, t.From, why)
		}
		return why == ""
	})
}

// comesIn reports whether what a table is about comes in by one of the listeners.
func comesIn(t *intent.Routing, ls []intent.Listener) bool {
	return slices.ContainsFunc(ls, func(l intent.Listener) bool {
		return (t.Port == 0 || l.Port == t.Port) && l.Serves(t.Protocol) && l.Names(t.Host.DNS)
	})
}

// listeners refuses those that the target cannot say, and returns them.
func (r *run) listeners(e *intent.Entry) (shut []intent.Listener) {
	var kept []intent.Listener
	for _, l := range e.Listeners {
		r.nameless(e, &l)
		f, why := EntryListener, r.t.Caps.Says(EntryListener, &l)
		if why == "" && l.TLS != nil {
			f, why = EntryTLS, r.unsecurable(e, &l)
		}
		if why == "" {
			kept = append(kept, l)
			r.validates(e, &l)
			continue
		}
		r.record(r.refusal("entries", f, intent.Entering, wholeListener(l), fmt.Sprintf("port %d of the entry %s is not opened: %s", l.Port, e.Name, why)))
		shut = append(shut, l)
	}
	e.Listeners = kept
	return shut
}

// nameless takes the hosts off a listener for plain TCP, which learns of none, where
// the target has none there.
func (r *run) nameless(e *intent.Entry, l *intent.Listener) {
	if !l.Nameless() || len(l.Hosts) == 0 || r.t.Caps.Says(EntryListener, l) == "" {
		return
	}
	l.Hosts = nil
	r.record(Change{
		Pass: "entries", Feature: EntryListener, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Entering, Fate: FateRewritten, From: l.From,
		Summary: fmt.Sprintf("the hosts of port %d of the entry %s are not written", l.Port, e.Name), Detail: "connections of plain TCP name no host", Fix: "nothing",
	})
}

// wholeEntry is where an entry is said, with all of its listeners.
func wholeEntry(e *intent.Entry) intent.Origin {
	from := e.From
	for _, l := range e.Listeners {
		from = merge(from, wholeListener(l))
	}
	return from
}

func wholeListener(l intent.Listener) intent.Origin {
	if l.TLS == nil {
		return l.From
	}
	from := merge(l.From, l.TLS.From)
	if c := l.TLS.Clients; c != nil {
		from = merge(from, c.From)
	}
	return from
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

// tablesWhere keeps the tables for which keep holds, and those that stand in objects
// which stay as they are.
func (r *run) tablesWhere(keep func(*intent.Routing) bool) {
	var out []*intent.Routing
	kept := Kept(r.m, r.t.Mesh)
	for _, t := range r.m.Routing {
		if kept.Table(t) || keep(t) {
			out = append(out, t)
		}
	}
	r.m.Routing = out
}
