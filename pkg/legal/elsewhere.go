package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// writeElsewhere writes what holds on ports without a server: of single
// workloads, then of the namespace; and notes how that differs from what is
// asked for.
func (s *servers) writeElsewhere(p *placed, l *level) {
	wider := false
	for _, u := range p.other {
		s.remember(u, s.offers(u))
		got := l.plots[u.plots[0]]
		wider = wider || got.wider
		if got.narrower {
			s.fewerPorts(p, u, got)
		}
	}
	if wider {
		s.leftOpen(p, l)
	}
	s.fewerWorkloads(p, l)
	for _, w := range l.single {
		s.say(w.workload.subject(), w.clients, p, w.plot)
	}
	if p.namespace != "" && !match.Equal(l.clients, s.own) {
		s.say(match.And{inNamespace(p.namespace)}, l.clients, p, p.plots...)
	}
}

// say writes a policy for ports without a server; it stems from what covers the
// plots.
func (s *servers) say(subject match.And, clients match.Expr, p *placed, plots ...*plot) {
	d := &intent.Default{Scope: intent.Scope{Subject: match.Simplify(subject)}, Effect: intent.Deny}
	about := map[*plot]bool{}
	for _, plot := range plots {
		about[plot] = true
	}
	var covers []int
	for _, u := range p.other {
		if about[u.plots[0]] {
			covers = append(covers, u.cover...)
			s.stem(d, u)
		}
	}
	s.justify(d, covers)
	if match.IsTrue(clients) {
		d.Effect = intent.Allow
	}
	if !match.IsTrue(clients) && !match.IsFalse(clients) {
		rest := match.Simplify(append(subject, match.Negate(s.servedIn(p, d.Scope.Subject))))
		s.elsewhere.Access = append(s.elsewhere.Access, &intent.Access{Home: d.Home, Scope: intent.Scope{Subject: rest}, When: clients, From: d.From})
	}
	s.elsewhere.Default = append(s.elsewhere.Default, d)
}

// justify gives a Default the origins of facts, each fact once.
func (s *servers) justify(d *intent.Default, facts []int) {
	var from intent.Origin
	seen := map[int]bool{}
	for _, i := range facts {
		if !seen[i] {
			seen[i] = true
			from = append(from, s.facts[i].from()...)
		}
	}
	d.From = merge(nil, from)
}

// stem gives a Default the object that a unit's own default stands in.
func (s *servers) stem(d *intent.Default, u *unit) {
	if f := s.fallback(u); f != nil && d.Home == nil {
		d.Home, d.Withheld, d.Why = f.Home, f.Withheld, f.Why
	}
}

// servedIn is the predicate of what servers and single workloads of a namespace
// decide.
func (s *servers) servedIn(p *placed, but match.Expr) match.Expr {
	var or match.Or
	for _, d := range s.out.Default[s.mark:] {
		or = append(or, d.Scope.Subject)
	}
	for _, d := range s.elsewhere.Default[s.markElsewhere:] {
		if !match.Equal(d.Scope.Subject, but) {
			or = append(or, d.Scope.Subject)
		}
	}
	here := func(a match.Atom) match.Expr {
		if a == inNamespace(p.namespace) {
			return match.True
		}
		return nil
	}
	return match.Map(or, here)
}

// fewerPorts notes what is lost on ports without a server.
func (s *servers) fewerPorts(p *placed, u *unit, got policy) {
	scope := intent.Scope{Subject: u.subject()}
	for _, o := range s.offers(u) {
		if s.implied(o.when, got.clients) {
			continue
		}
		c := Change{
			Pass: "servers", Feature: AccessPort, Code: diag.Narrowed, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDrifted, From: o.fact.From,
			Summary: objectOf(o.fact.From) + " lets in on the ports that the input names only: clients are let in port by port",
			Detail:  "ports that no policy, Service or workload of the input names are closed",
			Fix:     "nothing, if its workloads listen on no others; else name these in a Service or a container of the input",
		}
		if !p.known() {
			c.Code = diag.NeedsInventory
			c.Summary = objectOf(o.fact.From) + " lets nobody in: " + p.title() + " has no port that is known"
			c.Fix = "add a Service or Deployment of " + p.title() + " to the input"
		}
		s.losses.add("port\x00"+c.Summary+"\x00"+o.fact.Name, c, []*intent.Access{o.exactly(scope)}, o.among(scope, got.clients))
	}
}

// fewerWorkloads notes what is lost at workloads that the input does not show:
// where plots differ, these get the strictest that any of them asks for.
func (s *servers) fewerWorkloads(p *placed, l *level) {
	for _, u := range p.other {
		got := l.plots[u.plots[0]]
		if got.wider || s.implied(got.clients, l.clients) {
			continue
		}
		o := offer{fact: &intent.Access{}, when: got.clients}
		if f := s.fallback(u); f != nil {
			o.fact = &intent.Access{Home: f.Home, From: f.From}
		}
		c := Change{
			Pass: "servers", Feature: AccessWorkload, Code: diag.Narrowed, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDrifted, From: o.fact.From,
			Summary: "workloads of " + p.title() + " that the input does not show are closed on ports that it does not name",
			Detail:  "one of them may be meant by a policy that closes such ports, and only workloads of the input can be told apart there",
			Fix:     "add the namespace's other workloads to the input",
		}
		scope := intent.Scope{Subject: u.subject()}
		s.losses.add("workload\x00"+c.Summary, c, []*intent.Access{o.exactly(scope)}, append(o.among(scope, l.clients), s.kept(u, l)...))
	}
}

// kept are the facts of single workloads in a unit.
func (s *servers) kept(u *unit, l *level) []*intent.Access {
	var out []*intent.Access
	for _, w := range l.single {
		if w.plot == u.plots[0] {
			subject := match.Conj(match.Conj(w.workload.subject()...), u.subject())
			out = append(out, &intent.Access{Scope: intent.Scope{Subject: subject}, When: w.clients})
		}
	}
	return out
}

// among is what an offer lets in of some clients, if it does any.
func (o offer) among(scope intent.Scope, clients match.Expr) []*intent.Access {
	o.when = match.Conj(o.when, clients)
	if match.IsFalse(o.when) {
		return nil
	}
	return []*intent.Access{o.exactly(scope)}
}

// leftOpen notes that ports without a server let in more than is asked for.
func (s *servers) leftOpen(p *placed, l *level) {
	var from intent.Origin
	before, after := s.run.admitting(), s.run.admitting()
	open := p.other
	if p.namespace == "" {
		open = slices.Concat(p.other, p.single) // no server is about these either
	}
	for _, u := range open {
		got := l.plots[u.plots[0]]
		if !got.wider {
			continue
		}
		scope := intent.Scope{Subject: u.subject()}
		for _, i := range u.cover {
			from = merge(from, s.facts[i].from())
		}
		for _, o := range s.offers(u) {
			before.Access = append(before.Access, o.exactly(scope))
			after.Access = append(after.Access, o.exactly(scope))
		}
		after.Access = append(after.Access, &intent.Access{Scope: scope, When: got.clients})
	}
	s.run.record(Change{
		Pass: "servers", Feature: AccessDefaultDeny, Code: diag.NeedsCompleteInventory, Drift: intent.Wider, Aspect: intent.Admission, Fate: FateDropped, From: from,
		Summary: "ports without a policy of their own stay open in " + p.title(),
		Detail:  "the target lets in there by default whom " + objectOf(from) + " keeps out",
		Fix:     "set the target's default policy for the whole mesh, and say so in the environment",
		Before:  before, After: after,
	})
}

// title names the namespaces for people.
func (p *placed) title() string {
	if p.namespace == "" {
		return "namespaces that the input does not name"
	}
	return "namespace " + p.namespace
}

// known reports whether any port of the namespace is.
func (p *placed) known() bool {
	return slices.ContainsFunc(p.plots, func(q *plot) bool { return len(q.ports) > 0 })
}

// native reports whether the target does by itself what is asked for in a
// namespace.
func (s *servers) native(p *placed) bool {
	for _, u := range slices.Concat(p.single, p.other) {
		asked := admitted(s.offers(u))
		if len(s.limits(u)) > 0 || !s.implied(asked, s.own) || !s.implied(s.own, asked) {
			return false
		}
	}
	return true
}
