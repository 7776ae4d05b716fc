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
	for _, u := range p.other {
		s.remember(u, s.offers(u, s.accepted))
		s.miss(p, l, u)
	}
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
	for _, u := range p.other {
		for _, plot := range plots {
			if u.plots[0] == plot {
				s.justify(d, u)
			}
		}
	}
	if match.IsTrue(clients) {
		d.Effect = intent.Allow
	}
	if !match.IsTrue(clients) && !match.IsFalse(clients) {
		rest := match.Simplify(append(subject, match.Negate(s.servedIn(p, d.Scope.Subject))))
		s.elsewhere.Access = append(s.elsewhere.Access, &intent.Access{Home: d.Home, Scope: intent.Scope{Subject: rest}, When: clients, From: d.From})
	}
	s.elsewhere.Default = append(s.elsewhere.Default, d)
}

// justify adds to a Default what covers a unit.
func (s *servers) justify(d *intent.Default, u *unit) {
	for _, i := range u.cover {
		d.From = merge(d.From, s.facts[i].from())
	}
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
		return a
	}
	return match.Map(or, here)
}

// miss notes how the ports without a server of one plot are treated differently
// from what is asked for.
func (s *servers) miss(p *placed, l *level, u *unit) {
	asked, got := admitted(s.offers(u, s.accepted)), l.plots[u.plots[0]]
	if got.wider {
		s.open(p, u, got)
		return
	}
	strict := match.Equal(got.clients, l.clients)
	if implied(asked, got.clients) && (strict || s.run.m.Env.Complete.Workloads) {
		return
	}
	for _, o := range s.offers(u, s.accepted) {
		if implied(o.when, l.clients) {
			continue
		}
		c := Change{
			Pass: "servers", Feature: AccessPort, Code: diag.Narrowed, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDrifted, From: o.fact.From,
			Summary: objectOf(o.fact.From) + " lets in on fewer ports: clients are let in port by port, and only on ports that the input names",
			Detail:  "ports of workloads that neither a policy, a Service nor a workload of the input names are closed to them",
			Fix:     "add the Services and workloads that it is about to the input",
		}
		if len(p.workloadsKnown()) == 0 {
			c.Code = diag.NeedsInventory
			c.Summary = objectOf(o.fact.From) + " lets nobody in: no port of a workload in namespace " + p.namespace + " is known"
			c.Fix = "add the Services and Deployments of namespace " + p.namespace + " to the input"
		}
		var after []*intent.Access
		if kept := s.keeps(o, l.clients); kept != nil {
			after = append(after, kept.exactly(intent.Scope{Subject: u.subject()}))
		}
		s.losses.add("port\x00"+c.Summary+o.fact.Name, c, []*intent.Access{o.exactly(intent.Scope{Subject: u.subject()})}, after)
	}
}

// keeps is what is left of an offer, if anything.
func (s *servers) keeps(o offer, clients match.Expr) *offer {
	o.when = match.Conj(o.when, clients)
	if match.IsFalse(o.when) {
		return nil
	}
	return &o
}

// open notes that ports without a server let in more than is asked for.
func (s *servers) open(p *placed, u *unit, got policy) {
	var from intent.Origin
	for _, i := range u.cover {
		from = merge(from, s.facts[i].from())
	}
	before := s.run.admitting()
	scope := intent.Scope{Subject: u.subject()}
	for _, o := range s.offers(u, s.accepted) {
		before.Access = append(before.Access, o.exactly(scope))
	}
	where := "namespace " + p.namespace
	if p.namespace == "" {
		where = "namespaces that the input does not name"
	}
	s.run.record(Change{
		Pass: "servers", Feature: AccessDefaultDeny, Code: diag.NeedsCompleteInventory, Drift: intent.Wider, Aspect: intent.Admission, Fate: FateDropped, From: from,
		Summary: "ports that the input does not name stay open in " + where,
		Detail:  "the target lets in there by default whom " + objectOf(from) + " keeps out",
		Fix:     "set the target's default policy for the whole mesh, and say so in the environment",
		Before:  before, After: s.run.admitting(&intent.Access{Scope: scope, When: got.clients}),
	})
}

// workloadsKnown are the namespace's workloads in the inventory.
func (p *placed) workloadsKnown() []*workload {
	var out []*workload
	for _, plot := range p.plots {
		out = append(out, plot.workloads...)
	}
	return out
}

// native reports whether the target does by itself what is asked for in a
// namespace.
func (s *servers) native(p *placed) bool {
	for _, u := range slices.Concat(p.single, p.other) {
		asked := admitted(s.offers(u, s.accepted))
		if !implied(asked, s.own) || !implied(s.own, asked) {
			return false
		}
	}
	return true
}
