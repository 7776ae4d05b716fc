package legal

import (
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
	s.cut()
	if s.ask() {
		s.cut() // what was accepted may make points alike that were not
	}
	s.admit()
	s.finish()
}

// servers is admission on its way into normal form.
type servers struct {
	asker
	run    *run
	target Target
	speech speech
	facts  []fact
	places []*placed
	// workloads and services are the inventory's, by namespace.
	workloads map[string][]*workload
	services  map[string][]*intent.Service
	own       match.Expr   // whom the target lets in where nothing is said
	ownAt     []match.Expr // ports of pods with a policy of their own
	// accepted are denials that may be dropped.
	accepted map[*intent.Access]bool
	// exact is who is let in before anything is lost, fact by fact of each unit.
	exact *intent.Model
	// known are the offers of units met before, and last the offer of each fact where it
	// was met last: most let in the same at each port.
	known map[string][]offer
	last  map[*intent.Access]offered
	// blames are the denials that units met before lose allows for.
	blames map[string]*intent.Access
	// costly are the points that are closed since they take too much, by pointKey; shut
	// are the denials that stand for them.
	costly map[string]bool
	shut   []*intent.Access
	// losses are what could not be said, by the fact concerned.
	losses *losses
	// out are the facts of servers, elsewhere those of ports without one; those
	// of the namespace at hand begin at the marks.
	out, elsewhere      *intent.Model
	mark, markElsewhere int
	// rates are the limits as said, metered those of each fact; apart says why a
	// fact cannot be said beside others.
	rates   []*intent.RateLimit
	metered map[*intent.RateLimit][]*intent.RateLimit
	apart   map[*intent.RateLimit]string
}

// fact is a fact of admission, or a limit of rates, with its scope: one of the four
// is set.
type fact struct {
	access *intent.Access
	def    *intent.Default
	served *intent.Transport
	rate   *intent.RateLimit
}

func (f fact) subject() match.Expr {
	switch {
	case f.access != nil:
		return f.access.Scope.Subject
	case f.def != nil:
		return f.def.Scope.Subject
	case f.rate != nil:
		return f.rate.Scope.Subject
	}
	return f.served.Scope.Subject
}

func (f fact) from() intent.Origin {
	switch {
	case f.access != nil:
		return f.access.From
	case f.def != nil:
		return f.def.From
	case f.rate != nil:
		return nil // it lets nobody in
	}
	return f.served.From
}

func (f fact) when() match.Expr {
	if f.access == nil {
		return nil
	}
	return f.access.When
}

func newServers(r *run) *servers {
	s := &servers{run: r, target: r.t, speech: r.speech(), exact: r.fragment(), losses: newLosses(), out: r.fragment(), elsewhere: r.fragment(), own: ownClients(r), accepted: map[*intent.Access]bool{}, costly: map[string]bool{},
		metered: map[*intent.RateLimit][]*intent.RateLimit{}, apart: map[*intent.RateLimit]string{}}
	if r.t.Access.OwnAt != nil {
		s.ownAt = r.t.Access.OwnAt(&r.m.Inventory)
	}
	for _, a := range r.m.Access {
		if a.Mode == intent.Enforced {
			s.facts = append(s.facts, fact{access: a})
		}
	}
	for _, d := range r.m.Default {
		s.facts = append(s.facts, fact{def: d})
	}
	for _, t := range r.m.Transport {
		if t.Side == intent.Served {
			s.facts = append(s.facts, fact{served: t})
		}
	}
	for _, l := range r.m.Rates {
		s.facts = append(s.facts, fact{rate: l})
	}
	return s
}

// finish puts what was written into the model, and the target's own defaults
// behind it.
func (s *servers) finish() {
	r := s.run
	before, after := r.fragment(), r.fragment()
	before.Access, before.Default = slices.Concat(enforced(r.m.Access), s.shut), r.m.Default
	after.Access = slices.Concat(s.out.Access, s.elsewhere.Access)
	after.Default = slices.Concat(s.out.Default, s.elsewhere.Default)
	after.Access = append(after.Access, s.ownAccess(after.Default)...)
	after.Default = append(after.Default, r.ownDefaults()...)
	before.Transport, after.Transport = served(r.m.Transport), nil
	if r.t.Transport != nil {
		after.Transport = served(r.t.Transport(r.m.Env))
	}
	if !samePrint(before, after) {
		s.rewritten(before)
	}
	s.losses.record(r)
	s.finishRates()
	r.m.Access = append(slices.DeleteFunc(r.m.Access, isEnforced), after.Access...)
	r.m.Default = after.Default
	r.m.Transport = append(slices.DeleteFunc(r.m.Transport, isServed), after.Transport...)
}

// samePrint reports whether two fragments of admission are the same facts.
func samePrint(a, b *intent.Model) bool {
	return len(a.Access) == len(b.Access) && len(a.Default) == len(b.Default) && len(a.Transport) == len(b.Transport) && intent.Print(a) == intent.Print(b)
}

// ownAccess is what the target lets in where nothing is said, if its Default
// does not tell.
func (s *servers) ownAccess(said []*intent.Default) []*intent.Access {
	if match.IsTrue(s.own) || match.IsFalse(s.own) {
		return nil
	}
	var or match.Or
	for _, d := range said {
		or = append(or, d.Scope.Subject)
	}
	var from intent.Origin
	for _, d := range s.run.ownDefaults() {
		from = merge(from, d.From)
	}
	return []*intent.Access{{Scope: intent.Scope{Subject: match.Negate(match.Simplify(or))}, When: s.own, From: from}}
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

func isEnforced(a *intent.Access) bool { return a.Mode == intent.Enforced }

// enforced are the facts that do something.
func enforced(as []*intent.Access) []*intent.Access {
	return slices.DeleteFunc(slices.Clone(as), func(a *intent.Access) bool { return !isEnforced(a) })
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
