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
	for i, e := range r.m.Entries {
		if kept[e.Home] {
			continue
		}
		c := *e
		r.m.Entries[i] = &c
		r.runner(&c)
		r.certificates(&c)
		r.listeners(&c)
	}
	r.m.Entries = slices.DeleteFunc(slices.Clone(r.m.Entries), func(e *intent.Entry) bool {
		return len(e.Listeners) == 0 && len(e.From) > 0 && !kept[e.Home]
	})
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

// listeners refuses those that the target cannot say.
func (r *run) listeners(e *intent.Entry) {
	var kept []intent.Listener
	for _, l := range e.Listeners {
		r.nameless(e, &l)
		f, why := EntryListener, r.t.Caps.Says(EntryListener, &l)
		if why == "" && l.TLS != nil {
			f, why = EntryTLS, r.t.Caps.Says(EntryTLS, l.TLS)
		}
		if why == "" {
			kept = append(kept, l)
			continue
		}
		r.record(r.refusal("entries", f, intent.Entering, wholeListener(l), fmt.Sprintf("port %d of the entry %s is not opened: %s", l.Port, e.Name, why)))
	}
	e.Listeners = kept
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
	return merge(l.From, l.TLS.From)
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

// certificates says where the Secrets of listeners are for the target: beside the
// gateway's pods, or beside the entry.
func (r *run) certificates(e *intent.Entry) {
	for i := range e.Listeners {
		l := &e.Listeners[i]
		if l.TLS == nil {
			continue
		}
		tls := *l.TLS
		tls.Certificates = slices.Clone(tls.Certificates)
		for j := range tls.Certificates {
			c := &tls.Certificates[j]
			if was := *c; r.moveSecret(c, e) {
				r.record(Change{
					Pass: "entries", Feature: EntryTLS, Code: diag.Prerequisite, Drift: intent.Same, Aspect: intent.Entering, Fate: FateRewritten, From: tls.From,
					Summary: "the Secret " + was.Name + " of the entry " + e.Name.String() + " is looked for in another namespace",
					Detail:  "one mesh looks beside the entry, another beside the pods of the gateway", Fix: "create the Secret there before the entry",
				})
			}
		}
		l.TLS = &tls
	}
}

// moveSecret changes where a Secret is looked for, and reports whether it did.
func (r *run) moveSecret(c *intent.Name, e *intent.Entry) bool {
	switch {
	case r.t.SecretsWithPods && c.Namespace != "":
		c.Namespace = ""
	case !r.t.SecretsWithPods && c.Namespace == "":
		c.Namespace = e.Name.Namespace
	default:
		return false
	}
	return true
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
