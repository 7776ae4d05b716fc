package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// verbatim sets facts of admission aside that stand in objects which the target
// keeps as they are, because they also hold what the model does not say: they
// can be said as they are, and nothing of them can be said in another way.
// verbatimBack puts them back.
func verbatim(r *run) {
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
}

// verbatimBack puts back what verbatim set aside, before the target's own.
func verbatimBack(r *run) {
	r.m.Access = append(r.m.Access, r.verbatimAccess...)
	r.m.Default = append(slices.Clone(r.verbatimDefault), r.m.Default...)
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
