package consul

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// intentions prints what is let in, one object for each server. Every source that
// is named is settled by itself, and "*" settles all others, so that the default
// policy decides nothing; wildcard servers are only closed, never opened, since
// what an exact source may do at all servers would stand beside what no source may
// at one: agent/xds/rbac.go subtracts more exact sources, and not servers.
func (w *writer) intentions(t legal.Target) {
	servers, beyond := legal.Admissions(w.unkept(), t)
	if beyond != nil {
		w.closed(beyond)
	}
	for _, s := range servers {
		w.server(s)
	}
}

// unkept is the model without what objects say of admission that are printed as they
// were read.
func (w *writer) unkept() *intent.Model {
	kept := map[*intent.Home]bool{}
	for _, o := range w.m.Opaque {
		if o.Mesh == Name && o.Whole != nil {
			kept[o.Home] = true
		}
	}
	if len(kept) == 0 {
		return w.m
	}
	out := *w.m
	out.Access = slices.DeleteFunc(slices.Clone(w.m.Access), func(a *intent.Access) bool { return kept[a.Home] })
	out.Default = slices.DeleteFunc(slices.Clone(w.m.Default), func(d *intent.Default) bool { return kept[d.Home] })
	out.Tokens = slices.DeleteFunc(slices.Clone(w.m.Tokens), func(t *intent.Tokens) bool { return kept[t.Home] })
	return &out
}

// homeOf is the object that most of what is said of a server stems from.
func homeOf(s legal.Named) *intent.Home {
	for _, src := range s.Sources {
		for _, share := range slices.Concat(src.Deny, src.Allow) {
			if share.Fact.Home != nil && !share.Fact.From.Defaulted() {
				return share.Fact.Home
			}
		}
	}
	return s.Home
}

// allServices names the resource about all destinations.
const allServices = "all-services"

// closed denies what no intention for a server is about.
func (w *writer) closed(d *intent.Default) {
	namespace := "default"
	if d.Home != nil && d.Home.Namespace != "" {
		namespace = d.Home.Namespace
	}
	o := w.object(kindIntentions, namespace, w.name(kindIntentions, namespace, allServices), d.Home, d.From)
	all := manifest.Map().Above(d.Why).Because(d.From...).Set("name", manifest.Str(anyName))
	dest := manifest.Map().Set("name", manifest.Str(anyName))
	if w.names.enterprise {
		all.Set("namespace", manifest.Str(anyName))
		dest.Set("namespace", manifest.Str(anyName))
	}
	w.spec(o).Set("destination", dest).Set("sources", manifest.List(all.Set("action", manifest.Str("deny"))))
}

// server prints the intentions of one destination.
func (w *writer) server(s legal.Named) {
	o := w.object(kindIntentions, s.Namespace, w.name(kindIntentions, s.Namespace, s.Name), homeOf(s), s.From)
	sources := manifest.List()
	for _, src := range s.Sources {
		sources.Append(w.source(s, src))
		if src.HTTP {
			w.speaksHTTP(service{w.consulNamespace(s.Namespace), s.Name}, s.Namespace)
		}
	}
	dest := manifest.Map().Set("name", manifest.Str(s.Name))
	if w.names.enterprise {
		dest.Set("namespace", manifest.Str(s.Namespace))
	}
	w.spec(o).Set("destination", dest).Set("sources", sources)
}

func (w *writer) consulNamespace(ns string) string {
	if w.names.enterprise {
		return ns
	}
	return ""
}

// source prints one source: an action where it is for all that is sent, a list of
// permissions otherwise. That of all other clients of a server that is closed ends
// with a denial, since where the default is to allow it is told by that.
func (w *writer) source(s legal.Named, src legal.Source) *manifest.Node {
	n := manifest.Map().Set("name", manifest.Str(anyName))
	if src.Party != nil {
		n.Set("name", manifest.Str(src.Party.Name))
	}
	if w.names.enterprise {
		n.Set("namespace", manifest.Str(anyName))
		if src.Party != nil {
			n.Set("namespace", manifest.Str(src.Party.Namespace))
		}
	}
	if !src.HTTP {
		from := s.From
		if all := slices.Concat(src.Deny, src.Allow); len(all) > 0 {
			from = nil
			for _, share := range all {
				from = append(from, share.Fact.From...)
				n.Because(refsOf(share)...)
			}
		}
		n.Because(from...)
		return n.Set("action", manifest.Str(actions[len(src.Deny) == 0 && len(src.Allow) > 0]))
	}
	lines, why := linesOf(clausesOfShares(src.Deny), clausesOfShares(src.Allow))
	if why != "" {
		panic("consul: permissions that cannot be written: " + why)
	}
	if last := len(lines) - 1; src.Party == nil && !s.Open && lines[last].allow && defaultEffect(w.m.Env) == intent.Allow {
		lines = append(lines, line{})
	}
	for _, share := range slices.Concat(src.Deny, src.Allow) {
		n.Because(share.Fact.From...)
		n.Because(refsOf(share)...)
	}
	return n.Set("permissions", w.permissions(s, lines))
}

// refsOf are the input values that chose the clients of a share.
func refsOf(s legal.Share) intent.Origin {
	var out intent.Origin
	match.Atoms(s.Fact.When, func(a match.Atom, _ bool) {
		if a.Field.Client() {
			out = append(out, intent.From(a.Place())...)
		}
	})
	return out
}

func clausesOfShares(shares []legal.Share) []clause {
	var out []clause
	for _, s := range shares {
		for i, c := range s.Requests {
			comment := ""
			if i == 0 {
				comment = s.Fact.Comment
			}
			for _, alt := range inverted(c) {
				out = append(out, clause{cond: alt, from: s.Fact.From, comment: comment})
				comment = ""
			}
		}
	}
	return out
}
