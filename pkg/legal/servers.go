package legal

import (
	"maps"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// partitioned writes admission in the normal form of partition.go, for targets
// that combine it so: every namespace is cut into points that all facts treat
// alike, and who is let in there is computed and written anew.
func partitioned(r *run) {
	if r.t.Access.Combine != Partition {
		return
	}
	s := newServers(r)
	s.ask()
	s.admit()
	s.finish()
}

// servers is admission on its way into normal form.
type servers struct {
	run    *run
	target Target
	speech speech
	facts  []fact
	places []*placed
	own    match.Expr // whom the target lets in where nothing is said
	// accepted are denials that may be dropped.
	accepted map[*intent.Access]bool
	// exact is who is let in before anything is lost, fact by fact of each unit.
	exact *intent.Model
	// losses are what could not be said, by the fact concerned.
	losses *losses
	// out are the facts of servers, elsewhere those of ports without one; those
	// of the namespace at hand begin at the marks.
	out, elsewhere      *intent.Model
	mark, markElsewhere int
}

// fact is a fact of admission with its scope: one of the three is set.
type fact struct {
	access *intent.Access
	def    *intent.Default
	served *intent.Transport
}

func (f fact) subject() match.Expr {
	switch {
	case f.access != nil:
		return f.access.Scope.Subject
	case f.def != nil:
		return f.def.Scope.Subject
	}
	return f.served.Scope.Subject
}

func (f fact) from() intent.Origin {
	switch {
	case f.access != nil:
		return f.access.From
	case f.def != nil:
		return f.def.From
	}
	return f.served.From
}

func (f fact) when() match.Expr {
	if f.access == nil {
		return nil
	}
	return f.access.When
}

// placed is one namespace, cut.
type placed struct {
	namespace     string // "" stands for all that are not named anywhere
	plots         []*plot
	single, other []*unit
}

func newServers(r *run) *servers {
	s := &servers{run: r, target: r.t, speech: r.speech(), exact: r.fragment(), losses: newLosses(), out: r.fragment(), elsewhere: r.fragment(), own: ownClients(r), accepted: map[*intent.Access]bool{}}
	for _, a := range r.m.Access {
		s.facts = append(s.facts, fact{access: a})
	}
	for _, d := range r.m.Default {
		s.facts = append(s.facts, fact{def: d})
	}
	for _, t := range r.m.Transport {
		if t.Side == intent.Served {
			s.facts = append(s.facts, fact{served: t})
		}
	}
	s.cut()
	return s
}

// cut places every fact. Namespaces that only facts about all namespaces reach
// are cut only if these say something that the target does not do by itself.
func (s *servers) cut() {
	all := workloads(&s.run.m.Inventory)
	named := s.named()
	rest := s.place("", nil, named[""])
	if !s.native(rest) {
		for _, ns := range s.run.namespaces(all) {
			if named[ns] == nil {
				named[ns] = []int{}
			}
		}
	}
	for _, ns := range slices.Sorted(maps.Keys(named)) {
		if ns != "" {
			s.places = append(s.places, s.place(ns, all[ns], slices.Concat(named[""], named[ns])))
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
func (s *servers) place(ns string, ws []*workload, facts []int) *placed {
	g := newGround(ns, ws)
	for _, i := range facts {
		g.add(i, s.facts[i].subject(), s.facts[i].when())
	}
	plots, ok := g.plots()
	if !ok {
		g = s.shut(ns, facts)
		plots, _ = g.plots()
	}
	p := &placed{namespace: ns, plots: plots}
	p.single, p.other = g.units(plots)
	return p
}

// shut withholds a namespace.
func (s *servers) shut(ns string, facts []int) *ground {
	why := "the labels of its policies overlap in too many ways"
	d := &intent.Default{Scope: intent.Scope{Subject: inNamespace(ns)}, Effect: intent.Deny, Withheld: true, Why: why}
	for _, i := range facts {
		d.From = append(d.From, s.facts[i].from()...)
	}
	s.run.record(Change{
		Pass: "servers", Feature: AccessWorkload, Code: diag.Withheld, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateWithheld, From: d.From,
		Summary: "namespace " + ns + " is closed: " + why, Detail: "nobody is let in there", Fix: "select workloads by one label",
	})
	s.facts = append(s.facts, fact{def: d})
	g := newGround(ns, nil)
	g.add(len(s.facts)-1, nil, nil)
	return g
}

// finish puts what was written into the model, and the target's own defaults
// behind it.
func (s *servers) finish() {
	r := s.run
	before, after := r.fragment(), r.fragment()
	before.Access, before.Default = r.m.Access, r.m.Default
	after.Access = slices.Concat(s.out.Access, s.elsewhere.Access)
	after.Default = slices.Concat(s.out.Default, s.elsewhere.Default)
	if r.t.Default != nil {
		after.Default = append(after.Default, r.t.Default(r.m.Env)...)
	}
	before.Transport, after.Transport = served(r.m.Transport), nil
	if r.t.Transport != nil {
		after.Transport = served(r.t.Transport(r.m.Env))
	}
	if intent.Print(before) != intent.Print(after) {
		s.rewritten(before)
	}
	s.losses.record(r)
	r.m.Access, r.m.Default = after.Access, after.Default
	r.m.Transport = append(slices.DeleteFunc(r.m.Transport, isServed), after.Transport...)
}

// rewritten notes that admission is said in other words.
func (s *servers) rewritten(before *intent.Model) {
	var from intent.Origin
	for _, f := range s.facts {
		if !f.from().Defaulted() {
			from = append(from, f.from()...)
		}
	}
	if len(from) == 0 {
		return
	}
	s.run.record(Change{
		Pass: "servers", Feature: AccessAllow, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: merge(nil, from),
		Summary: "who is let in is said port by port, by what is allowed", Fix: "nothing", Before: before, After: s.exact,
	})
}

func isServed(t *intent.Transport) bool { return t.Side == intent.Served }

// served are the facts about connections as they are accepted.
func served(ts []*intent.Transport) []*intent.Transport {
	var out []*intent.Transport
	for _, t := range ts {
		if isServed(t) {
			out = append(out, t)
		}
	}
	return out
}

// namespaces lists all namespaces that the inventory knows, sorted.
func (r *run) namespaces(of map[string][]*workload) []string {
	seen := map[string]bool{}
	for ns := range of {
		seen[ns] = true
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
