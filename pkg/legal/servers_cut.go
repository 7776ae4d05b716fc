package legal

import (
	"fmt"
	"maps"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// placed is one namespace, cut.
type placed struct {
	namespace     string // "" stands for all that are not named anywhere
	plots         []*plot
	single, other []*unit
}

// cut places every fact. Namespaces that only facts about all namespaces reach
// are cut only if these say something that the target does not do by itself.
func (s *servers) cut() {
	s.places, s.known, s.last, s.blames = nil, map[string][]offer{}, map[*intent.Access]offered{}, map[string]*intent.Access{}
	s.services = servicesOf(&s.run.m.Inventory)
	s.workloads = workloads(&s.run.m.Inventory, s.services)
	named := s.named()
	rest := s.place("", named[""])
	if !s.native(rest) {
		for _, ns := range s.run.namespaces() {
			if named[ns] == nil {
				named[ns] = []int{}
			}
		}
	}
	for _, ns := range slices.Sorted(maps.Keys(named)) {
		if ns != "" {
			s.places = append(s.places, s.place(ns, slices.Concat(named[""], named[ns])))
		}
	}
	for _, u := range slices.Concat(rest.single, rest.other) {
		u.in = s.others()
	}
	s.places = append(s.places, rest)
}

// named lists the facts by the namespaces that they are about; "" has those
// about namespaces that they do not name.
func (s *servers) named() map[string][]int {
	out := map[string][]int{}
	for i, f := range s.facts {
		names, open := namespacesOf(f.subject())
		for _, ns := range names {
			if !open {
				out[ns] = append(out[ns], i)
			} else if out[ns] == nil {
				out[ns] = []int{}
			}
		}
		if open {
			out[""] = append(out[""], i)
		}
	}
	return out
}

// namespacesOf lists the namespaces that a scope names, and whether it may cover
// others.
func namespacesOf(subject match.Expr) (names []string, open bool) {
	match.Atoms(subject, func(a match.Atom, _ bool) {
		if a.Field == match.Namespace && a.Op == match.Exact && !slices.Contains(names, a.Value) {
			names = append(names, a.Value)
		}
	})
	return names, !match.IsFalse(match.Restrict(subject, match.Namespace, "", "", true))
}

// place cuts one namespace; one that falls into too many parts is withheld as a
// whole.
func (s *servers) place(ns string, facts []int) *placed {
	g := newGround(ns, s.workloads[ns], s.services[ns])
	for _, i := range facts {
		g.add(i, s.facts[i].subject(), s.facts[i].when())
	}
	plots, ok := g.plots()
	if !ok {
		g = s.withhold(ns, facts)
		plots, _ = g.plots()
	}
	s.bound(g, plots)
	p := &placed{namespace: ns, plots: plots}
	p.single, p.other = g.units(plots, s.signature())
	return p
}

// signature tells what facts that cover a port come to: who is let in, because
// of what.
func (s *servers) signature() func(cover []int, port int) string {
	known := map[string]string{}
	return func(cover []int, port int) string {
		key := pointKey(port, cover)
		if _, ok := known[key]; !ok {
			u := &unit{port: port, cover: cover}
			text := ""
			if s.costly[key] {
				text = "closed"
			}
			for _, o := range s.offers(u) {
				text += fmt.Sprintf("%p %s\n", o.fact.Home, match.Key(o.when))
			}
			if d := s.fallback(u); d != nil {
				text += fmt.Sprint(d.Withheld, d.Why)
			}
			for _, l := range s.limits(u) {
				text += fmt.Sprintf("%p", l)
			}
			known[key] = text
		}
		return known[key]
	}
}

// withhold withholds a namespace.
func (s *servers) withhold(ns string, facts []int) *ground {
	why := "the labels of its policies overlap in too many ways"
	d := &intent.Default{Scope: intent.Scope{Subject: inNamespace(ns)}, Effect: intent.Deny, Withheld: true, Why: why}
	for _, i := range facts {
		d.From = append(d.From, s.facts[i].from()...)
	}
	s.losses.add("shut\x00"+ns, Change{
		Pass: "servers", Feature: AccessWorkload, Code: diag.Withheld, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateWithheld, From: d.From,
		Summary: "namespace " + ns + " is closed: " + why, Detail: "nobody is let in there", Fix: "select workloads by one label",
	}, nil, nil)
	s.facts = append(s.facts, fact{def: d})
	s.shut = append(s.shut, &intent.Access{Scope: d.Scope, Effect: intent.Deny, Withheld: true, From: d.From})
	g := newGround(ns, nil, nil)
	g.add(len(s.facts)-1, nil, nil)
	return g
}

// namespaces lists all namespaces that the inventory knows, sorted.
func (r *run) namespaces() []string {
	seen := map[string]bool{}
	for _, w := range r.m.Inventory.Workloads {
		seen[w.Name.Namespace] = true
	}
	for _, n := range r.m.Inventory.Namespaces {
		seen[n.Name] = true
	}
	for _, s := range r.m.Inventory.Services {
		seen[s.Name.Namespace] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// others is the predicate of the namespaces that are not named anywhere.
func (s *servers) others() match.Expr {
	var and match.And
	for _, p := range s.places {
		if p.namespace != "" {
			and = append(and, match.Not{X: inNamespace(p.namespace)})
		}
	}
	return match.Simplify(and)
}
