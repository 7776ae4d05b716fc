package legal

import (
	"maps"
	"slices"
	"sort"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// serve writes the server of a unit, unless the ports without a server are
// treated just so.
func (s *servers) serve(u *unit, level *level) {
	offers := s.offers(u)
	s.remember(u, offers)
	subject := u.subject()
	needed := len(s.limits(u)) > 0 || s.ofMachines(u)
	if !needed && s.covers(level, u, admitted(offers)) && !s.hasOwnPolicy(u) {
		return
	}
	if why := s.target.Access.Scope(subject); why != "" {
		s.unreached(u, offers, why)
		return
	}
	plan := s.plan(subject, offers)
	for i := range offers {
		s.lose(u, plan, i)
	}
	if !needed && !plan.whole() && s.covers(level, u, plan.admits()) && !s.hasOwnPolicy(u) {
		return
	}
	d := intent.Default{}
	if f := s.fallback(u); f != nil {
		d = *f
	}
	d.Scope, d.Effect = intent.Scope{Subject: subject}, intent.Deny
	s.out.Default = append(s.out.Default, &d)
	s.meter(u, subject)
	for i := range offers {
		s.out.Access = append(s.out.Access, plan.facts[i]...)
	}
}

// ofMachines reports whether a unit is of machines alone, of a target that tells them from
// pods: their server says that another with the same labels is for pods.
func (s *servers) ofMachines(u *unit) bool {
	return s.target.Apart && tellsApart(u.labels) && match.IsFalse(outsideAs(u.labels, false))
}

// hasOwnPolicy reports whether pods of a unit may have a policy of their own at its port.
func (s *servers) hasOwnPolicy(u *unit) bool {
	return slices.ContainsFunc(s.ownAt, func(e match.Expr) bool { return meet(u.subject(), e) })
}

// admitted is the predicate of all that is let in.
func admitted(offers []offer) match.Expr {
	or := make(match.Or, len(offers))
	for i, o := range offers {
		or[i] = o.when
	}
	return match.Simplify(or)
}

// fallback is the Default that decides at a unit, or nil.
func (s *servers) fallback(u *unit) *intent.Default {
	for _, i := range u.cover {
		if d := s.facts[i].def; d != nil {
			return d
		}
	}
	return nil
}

// remember notes who is let in before anything is lost.
func (s *servers) remember(u *unit, offers []offer) {
	subject := intent.Scope{Subject: u.subject()}
	if s.costly[pointKey(u.port, u.cover)] {
		s.tooCostly(u, subject)
	}
	for _, o := range offers {
		s.exact.Access = append(s.exact.Access, o.exactly(subject))
	}
	s.exact.Default = append(s.exact.Default, &intent.Default{Scope: subject, Effect: intent.Deny})
}

// exactly is the fact that lets in whom the offer does.
func (o offer) exactly(scope intent.Scope) *intent.Access {
	fact := *o.fact
	fact.Scope, fact.When, fact.Effect, fact.Provider = scope, o.when, intent.Allow, ""
	return &fact
}

// lose notes what a plan does not say of an offer, if nothing else of the
// server says it.
func (s *servers) lose(u *unit, p *serverPlan, i int) {
	o := p.offers[i]
	why := p.why[i]
	if why == "" && len(o.lost) > 0 {
		why = s.speech.no(intent.Allow, o.lost[0])
	}
	if why == "" && o.overflow {
		why = "its conditions combine in too many ways"
	}
	if why == "" || s.implied(o.when, p.admits()) {
		return
	}
	c := Change{
		Pass: "servers", Feature: AccessAllow, Code: diag.Narrowed, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDrifted,
		From:    merge(refs(o.lost), o.fact.From),
		Summary: ruleOf(o.fact.From) + " lets in less: " + why,
		Detail:  "requests that it let in are denied where they cannot be told from others",
		Fix:     "let them in by a rule that the target can say",
	}
	if len(o.lost) > 0 {
		c.Feature = featureOf(o.lost[0])
	}
	key := why + "\x00" + ruleOf(o.fact.From) + "\x00" + o.fact.Name
	if d := s.blamed(u); d != nil {
		c.Code, c.Fate = diag.Withheld, FateWithheld
		c.From = merge(d.From, c.From)
		c.Summary = ruleOf(d.From) + " cannot be told from what is let in: " + why
		c.Detail, c.Fix = "all that it may be about is denied, also what others let in", "say it by what is let in"
		key = "deny\x00" + objectOf(d.From) + "\x00" + d.Name + "\x00" + why
	}
	s.losses.add(key, c, []*intent.Access{o.exactly(intent.Scope{Subject: p.subject})}, s.ownPart(p, i))
}

// whole reports whether the plan says all that is offered.
func (p *serverPlan) whole() bool {
	incomplete := func(o offer) bool { return len(o.lost) > 0 || o.overflow }
	return !slices.ContainsFunc(p.offers, incomplete) && !slices.ContainsFunc(p.why, func(why string) bool { return why != "" })
}

// admits is the predicate of all that the plan lets in.
func (p *serverPlan) admits() match.Expr {
	var or match.Or
	for _, facts := range p.facts {
		for _, f := range facts {
			or = append(or, f.When)
		}
	}
	return match.Simplify(or)
}

// unreached loses all offers of a unit whose workloads cannot be selected.
func (s *servers) unreached(u *unit, offers []offer, why string) {
	for _, o := range offers {
		s.losses.add("scope\x00"+why+"\x00"+objectOf(o.fact.From), Change{
			Pass: "servers", Feature: AccessWorkload, Code: diag.Narrowed, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDrifted,
			From: o.fact.From, Summary: objectOf(o.fact.From) + " lets in at fewer workloads: " + why,
			Detail: "the others deny what it let in", Fix: "select the workloads by labels that they have and others have not",
		}, []*intent.Access{o.exactly(intent.Scope{Subject: u.subject()})}, nil)
	}
}

// shortfall counts what cannot be said of a unit when some facts are left out.
func (s *servers) shortfall(u *unit, without map[*intent.Access]bool) int {
	n := 0
	for _, o := range s.compute(u, without) {
		n += len(o.lost)
		if o.overflow {
			n += manyAlternatives
		}
	}
	return n
}

// denials lists the Deny facts that cover a unit.
func (s *servers) denials(u *unit) []*intent.Access {
	var out []*intent.Access
	for _, i := range u.cover {
		if a := s.facts[i].access; a != nil && a.Effect == intent.Deny && !s.accepted[a] {
			out = append(out, a)
		}
	}
	return out
}

// guilty lists those of some denials at a unit for which allows are lost.
func (s *servers) guilty(u *unit, of []*intent.Access) []*intent.Access {
	if len(of) == 0 {
		return nil
	}
	without := maps.Clone(s.accepted)
	for _, d := range s.denials(u) {
		without[d] = true
	}
	least := s.shortfall(u, without)
	var out []*intent.Access
	for _, d := range of {
		delete(without, d)
		if s.shortfall(u, without) > least {
			out = append(out, d)
		}
		without[d] = true
	}
	return out
}

// blamed is the first denial that, with those before it, makes allows at a unit be lost;
// nil is none.
func (s *servers) blamed(u *unit) *intent.Access {
	key := pointKey(u.port, u.cover)
	d, known := s.blames[key]
	if !known {
		d = s.blame(u, s.denials(u))
		s.blames[key] = d
	}
	return d
}

func (s *servers) blame(u *unit, denials []*intent.Access) *intent.Access {
	if len(denials) == 0 {
		return nil
	}
	losing := func(first int) int {
		without := maps.Clone(s.accepted)
		for _, d := range denials[first:] {
			without[d] = true
		}
		return s.shortfall(u, without)
	}
	least := losing(0)
	i := sort.Search(len(denials), func(i int) bool { return losing(i+1) > least })
	if i == len(denials) {
		return nil
	}
	return denials[i]
}

// ask asks for each denial whether it may be dropped where it costs allows, and reports
// whether one is.
func (s *servers) ask() bool {
	if s.run.o.Accept == nil {
		return false
	}
	may := map[*intent.Access]bool{}
	undroppable := func(d *intent.Access) bool {
		if _, asked := may[d]; !asked {
			may[d] = s.run.accepts(s.dropping(d))
		}
		return !may[d]
	}
	for _, p := range s.places {
		for _, u := range slices.Concat(p.single, p.other) {
			if s.costly[pointKey(u.port, u.cover)] {
				continue
			}
			denials := slices.DeleteFunc(s.denials(u), undroppable)
			for _, d := range s.guilty(u, denials) {
				s.run.record(s.dropping(d))
				s.accepted[d] = true
			}
		}
	}
	return len(s.accepted) > 0
}

// dropping is the change that leaves a denial out.
func (s *servers) dropping(d *intent.Access) Change {
	return Change{
		Pass: "servers", Feature: AccessDeny, Code: diag.Widened, Drift: intent.Wider, Aspect: intent.Admission, Fate: FateDropped,
		From: d.From, Summary: objectOf(d.From) + " is dropped", Detail: "requests that it kept out are let in where another rule lets them in",
		Fix: "say it by what is let in", Before: s.run.denying(d), After: s.run.denying(),
	}
}
