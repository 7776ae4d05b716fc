package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// saidAnew leaves out what objects of the target's mesh say besides whom they let in, where
// they cannot stay as they are. Objects of which facts hold all are said anew for another
// edition of their mesh, and where something is withheld: as they stand, what they let in
// could reach what is closed for that. For the same reason the others that let in are left
// out then.
func saidAnew(r *run) {
	anew := func(o *intent.Opaque) bool {
		return o.Held && o.Admits && r.understands(o) && (o.Edition != r.t.Edition || r.withholds())
	}
	again := slices.ContainsFunc(r.m.Opaque, anew)
	if again {
		r.m.Opaque = slices.DeleteFunc(slices.Clone(r.m.Opaque), anew)
	}
	switch {
	case r.withholds():
		r.withoutOthers("something is closed that cannot be read or said", "correct what is withheld and translate again")
	case again:
		r.withoutOthers("what keeps requests out is said in other words for this edition", "write it for this edition by hand")
	}
}

// verbatim sets facts of admission and of tokens, and of how connections are accepted, aside that stand in objects which the target
// keeps as they are, because they also hold what the model does not say: they
// can be said as they are, and nothing of them can be said in another way.
// verbatimBack puts them back.
func verbatim(r *run) {
	saidAnew(r) // for what was withheld since
	homes := verbatimHomes(r.m, r.t)
	if len(homes) == 0 {
		return
	}
	r.m.Access = slices.DeleteFunc(slices.Clone(r.m.Access), func(a *intent.Access) bool {
		if homes[a.Home] {
			r.verbatimAccess = append(r.verbatimAccess, a)
		}
		return homes[a.Home]
	})
	r.m.Default = slices.DeleteFunc(slices.Clone(r.m.Default), func(d *intent.Default) bool {
		if homes[d.Home] {
			r.verbatimDefault = append(r.verbatimDefault, d)
		}
		return homes[d.Home]
	})
	r.m.Tokens = slices.DeleteFunc(slices.Clone(r.m.Tokens), func(t *intent.Tokens) bool {
		if homes[t.Home] {
			r.verbatimTokens = append(r.verbatimTokens, t)
		}
		return homes[t.Home]
	})
	r.m.Transport = slices.DeleteFunc(slices.Clone(r.m.Transport), func(t *intent.Transport) bool {
		kept := homes[t.Home] && t.Side == intent.Served
		if kept {
			r.verbatimTransport = append(r.verbatimTransport, t)
		}
		return kept
	})
}

// withoutOthers leaves out what objects hold besides whom they let in, so that this is said
// anew, for a reason. What may keep requests out stays where it is.
func (r *run) withoutOthers(why, fix string) {
	homes := map[*intent.Home]bool{}
	for _, a := range r.m.Access {
		homes[a.Home] = homes[a.Home] || a.Effect == intent.Allow
	}
	for _, t := range r.m.Transport {
		homes[t.Home] = homes[t.Home] || t.Side == intent.Served && t.Mode == intent.Permissive
	}
	for _, o := range r.m.Opaque {
		homes[o.Home] = homes[o.Home] || o.Admits
	}
	for _, o := range r.m.Opaque {
		if o.Whole != nil && (o.Security || o.Held && !o.Admits) {
			homes[o.Home] = false
		}
	}
	var rest []*intent.Opaque
	for _, o := range r.m.Opaque {
		if o.Home == nil || !homes[o.Home] || o.Whole == nil || !r.understands(o) {
			rest = append(rest, o)
			continue
		}
		r.record(Change{
			Pass: "anew", Feature: OpaqueConfig, Code: diag.Withheld, Drift: intent.Other, Aspect: intent.Routed, Fate: FateWithheld, From: o.From,
			Summary: standing(o.At) + " is not written: its object lets requests in, and " + why, Detail: o.Why, Fix: fix,
		})
	}
	r.m.Opaque = rest
}

// verbatimBack puts back what verbatim set aside, before the target's own.
func verbatimBack(r *run) {
	r.m.Access = append(r.m.Access, r.verbatimAccess...)
	r.m.Default = append(slices.Clone(r.verbatimDefault), r.m.Default...)
	r.m.Tokens = append(r.m.Tokens, r.verbatimTokens...)
	r.m.Transport = append(slices.Clone(r.verbatimTransport), r.m.Transport...)
}

// withholds reports whether something is closed that could not be read or said.
func (r *run) withholds() bool {
	return slices.ContainsFunc(r.m.Default, func(d *intent.Default) bool { return d.Withheld }) ||
		slices.ContainsFunc(r.m.Access, func(a *intent.Access) bool { return a.Withheld })
}

// verbatimHomes are the objects of the target's mesh that are kept as they are.
func verbatimHomes(m *intent.Model, t Target) map[*intent.Home]bool {
	homes := map[*intent.Home]bool{}
	for _, o := range m.Opaque {
		if o.Mesh == t.Mesh && o.Whole != nil && o.Home != nil {
			homes[o.Home] = true
		}
	}
	return homes
}

// KeptObjects are the objects of the target's mesh that are kept as they are, by place.
// Of routes and of how endpoints are treated, that in them stays as it is: it is
// printed with them, and need not be said in another way.
type KeptObjects map[string]bool

// Kept are the objects of a mesh that a model keeps as they are.
func Kept(m *intent.Model, mesh string) KeptObjects {
	out := KeptObjects{}
	for _, o := range m.Opaque {
		if o.Mesh == mesh && o.Whole != nil {
			out[o.At.Object] = true
		}
	}
	return out
}

// Table reports whether all of a table, of an entry what leads to it, stems from
// objects that are kept.
func (k KeptObjects) Table(t *intent.Routing) bool {
	if len(k) == 0 || !k.all(t.From) {
		return false
	}
	if !t.Entry.IsZero() {
		return true // the entry's object leads to its rules, wherever they are said
	}
	for i := range t.Rules {
		if !k.all(t.Rules[i].From) {
			return false
		}
	}
	return true
}

// Upstream reports whether all that is said of endpoints stems from objects that
// are kept.
func (k KeptObjects) Upstream(u *intent.Upstream) bool {
	if len(k) == 0 || u.Balance != nil && !k.all(u.Balance.From) || u.Limits != nil && !k.all(u.Limits.From) {
		return false
	}
	return k.all(u.From) && (u.Outlier == nil || k.all(u.Outlier.From)) && (u.RetryBudget == nil || k.all(u.RetryBudget.From))
}

// Dial reports whether how connections are secured is said in objects that are kept.
func (k KeptObjects) Dial(t *intent.Transport) bool {
	return t.Side == intent.Dialled && len(k) > 0 && k.all(t.From) && (t.Originate == nil || k.all(t.Originate.From))
}

// Says reports whether something is said in objects that are kept alone.
func (k KeptObjects) Says(from intent.Origin) bool { return len(k) > 0 && k.all(from) }

func (k KeptObjects) all(o intent.Origin) bool {
	for _, ref := range o {
		if !k[ref.Object] {
			return false
		}
	}
	return len(o) > 0
}
