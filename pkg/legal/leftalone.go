package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
)

// leftAlone takes out objects that are kept as they are for routes of which a table is
// refused, such as one that several objects make together: alone they would route the
// Service's requests in another way than with what is not written. Where such an object is
// about other tables too, these go with it; where it says more than routes, it stays.
func leftAlone(r *run) {
	kept := Kept(r.m, r.t.Mesh)
	for i := 0; len(kept) > 0 && i < len(r.changes); i++ {
		c := r.changes[i]
		if c.Code != diag.Refused || c.Before == nil || c.After == nil || len(c.Before.Routing) != 1 || len(c.After.Routing) != 0 {
			continue
		}
		for _, object := range routesOf(c.Before.Routing[0]) {
			if kept[object] && r.takeAlone(object, c.Before.Routing[0].Host) {
				delete(kept, object)
			}
		}
		r.takeGateways(kept, c.Before.Routing[0])
	}
}

// takeGateways takes out entries that are kept as they are and follow routes to a Service which
// are refused: they would send there what comes in.
func (r *run) takeGateways(kept KeptObjects, refused *intent.Routing) {
	chain := routesOf(refused)
	for _, e := range slices.Clone(r.m.Entries) {
		if len(e.From) == 0 || !kept[e.From[0].Object] || !slices.ContainsFunc(r.m.Routing, func(t *intent.Routing) bool {
			return t.Entry == e.Name && slices.ContainsFunc(tableOrigin(t), func(ref place.Ref) bool { return slices.Contains(chain, ref.Object) })
		}) {
			continue
		}
		object := e.From[0].Object
		r.m.Opaque = slices.DeleteFunc(slices.Clone(r.m.Opaque), func(o *intent.Opaque) bool { return o.At.Object == object })
		r.m.Entries = slices.DeleteFunc(slices.Clone(r.m.Entries), func(x *intent.Entry) bool { return x == e })
		before := r.fragment()
		before.Entries = []*intent.Entry{e}
		r.record(Change{
			Pass: "left-alone", Feature: EntryListener, Code: diag.Refused, Drift: intent.Other, Aspect: intent.Entering, Fate: FateDropped, From: e.From,
			Summary: object + " is not kept: it follows the routes of " + refused.Host.String() + ", which are not written", Detail: "nothing comes in by it",
			Fix: "see why the routes are not written", Before: before, After: r.fragment(),
		})
		r.m.Routing = slices.DeleteFunc(slices.Clone(r.m.Routing), func(t *intent.Routing) bool {
			if t.Entry == e.Name {
				r.refuse("left-alone", protocolFeatures[t.Protocol], t, t.From, object+" is not kept")
			}
			return t.Entry == e.Name
		})
	}
}

// routesOf are the objects whose routes to a Service a table is made of; of what comes in
// by an entry, there are none.
func routesOf(t *intent.Routing) []string {
	if !t.Entry.IsZero() {
		return nil
	}
	from := slices.Clone(t.From)
	for i := range t.Rules {
		from = append(from, t.Rules[i].From...)
	}
	var out []string
	for _, ref := range from {
		if !slices.Contains(out, ref.Object) {
			out = append(out, ref.Object)
		}
	}
	return out
}

// takeAlone takes out what is kept of an object that is about nothing but routes, with the
// tables it makes, since those of a host are refused.
func (r *run) takeAlone(object string, host intent.Host) bool {
	if r.saysMore(object) {
		return false
	}
	var rest []*intent.Opaque
	for _, o := range r.m.Opaque {
		if o.Mesh != r.t.Mesh || o.Whole == nil || o.At.Object != object {
			rest = append(rest, o)
			continue
		}
		r.record(Change{
			Pass: "left-alone", Feature: OpaqueConfig, Code: diag.NotTranslated, Drift: intent.Other, Aspect: intent.Routed, Fate: FateDropped, From: o.From,
			Summary: standing(o.At) + " is not kept: the routes of " + host.String() + " that it is a part of are not written", Detail: o.Why,
			Fix: "see why the routes are not written",
		})
	}
	r.m.Opaque = rest
	r.m.Routing = slices.DeleteFunc(slices.Clone(r.m.Routing), func(t *intent.Routing) bool {
		is := slices.Contains(routesOf(t), object)
		if is {
			r.refuse("left-alone", protocolFeatures[t.Protocol], t, t.From, object+" is not kept, and says a part of them")
		}
		return is
	})
	return true
}

// saysMore reports whether what is kept of an object may keep requests out or let them in,
// or holds what facts other than routes say.
func (r *run) saysMore(object string) bool {
	more := slices.ContainsFunc(r.m.Opaque, func(o *intent.Opaque) bool {
		return o.At.Object == object && (o.Security || o.Leaving || o.Opens || o.Refuses || o.Admits || o.Running || o.Network)
	})
	others := *r.m
	others.Routing, others.Opaque = nil, nil
	intent.Walk(&others, func(p intent.Part) {
		if _, home := p.(*intent.Home); !home {
			more = more || slices.ContainsFunc(p.Origin(), func(ref place.Ref) bool { return ref.Object == object })
		}
	})
	return more
}
