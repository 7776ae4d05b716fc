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
	homes := verbatimHomes(r.m, r.t)
	if why := r.t.Caps.Says(EntryListener, nil); why != "" {
		var kept []*intent.Entry
		for _, e := range r.m.Entries {
			if homes[e.Home] {
				kept = append(kept, e)
				continue
			}
			r.record(r.refusal("entries", EntryListener, intent.Entering, wholeEntry(e), "the entry "+e.Name.String()+" is not written: "+why))
		}
		r.m.Entries = kept
	}
	o := opening{run: r, kept: homes, open: map[intent.Name][]intent.Listener{}, shut: map[intent.Name][]intent.Listener{}}
	run := r.runners(homes)
	for i, e := range r.m.Entries {
		if !o.kept[e.Home] {
			c := *e
			r.m.Entries[i] = &c
			o.open[e.Name], o.shut[e.Name] = r.entry(&c, run[e.Name])
		}
	}
	o.orphans()
	r.m.Entries = slices.DeleteFunc(slices.Clone(r.m.Entries), func(e *intent.Entry) bool {
		return len(e.Listeners) == 0 && len(e.From) > 0 && !o.kept[e.Home]
	})
	r.tablesWhere(o.routed)
}

// entry says one entry in the target's words, and returns which of its listeners are
// written and which are not. own is what its pods are called, "" for those of all.
func (r *run) entry(e *intent.Entry, own string) (open, shut []intent.Listener) {
	r.apart(e)
	r.runner(e)
	r.ownPods(e, own)
	shut = r.listeners(e)
	r.certificates(e)
	return e.Listeners, shut
}

// opening is which listeners are written and which are not, by their entries.
type opening struct {
	*run
	kept       map[*intent.Home]bool
	open, shut map[intent.Name][]intent.Listener
}

// orphans refuses entries that add to one of which nothing is written.
func (o opening) orphans() {
	for _, e := range o.m.Entries {
		if p := e.Parent; len(o.shut[p]) > 0 && len(o.open[p]) == 0 && !o.kept[e.Home] {
			o.record(o.refusal("entries", EntryShared, intent.Entering, wholeEntry(e), "the entry "+e.Name.String()+" is not written: nothing of "+p.String()+" is, to which it adds"))
			o.shut[e.Name], o.open[e.Name], e.Listeners = append(o.shut[e.Name], e.Listeners...), nil, nil
		}
	}
}

// routed reports whether what a table is about comes in, and refuses it where it does
// not.
func (o opening) routed(t *intent.Routing) bool {
	if t.Entry.IsZero() {
		return true
	}
	why := o.t.Caps.Says(RouteEntry, t)
	if why == "" && comesIn(t, o.shut[t.Entry]) && !comesIn(t, o.open[t.Entry]) {
		why = "the listener that they come in by is not opened"
	}
	if why != "" {
		o.refuse("entries", RouteEntry, t, t.From, why)
	}
	return why == ""
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

// apart makes an entry of its own of one that adds listeners to another, for
// targets that know no such thing; who may add some is then nobody's to say.
func (r *run) apart(e *intent.Entry) {
	why := r.t.Caps.Says(EntryShared, e)
	if why == "" || e.Parent.IsZero() && e.Offers == "" {
		return
	}
	r.record(Change{
		Pass: "entries", Feature: EntryShared, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Entering, Fate: FateRewritten,
		From: merge(e.From, atomRefs(e.OffersTo)), Summary: "whose listeners the entry " + e.Name.String() + " takes, or adds to which, is not written: " + why,
		Detail: "the listeners of the input are written as they are, each entry by itself", Fix: "let only those write entries who may open ports",
	})
	e.Parent, e.Offers, e.OffersTo = intent.Name{}, "", nil
}

// runner says in the target's words who runs an entry. One of the same mesh of which nothing
// says it is run by all of its gateways, and stays so.
func (r *run) runner(e *intent.Entry) {
	if r.t.Entry == nil || r.o.From == r.t.Mesh && e.Class == "" && len(e.Selector) == 0 {
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
		Fix: "check that clients reach the gateway by the same address, and that policies let in its service account",
	})
}
