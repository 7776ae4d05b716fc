package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// limits are those that cover a unit, in order.
func (s *servers) limits(u *unit) []*intent.RateLimit {
	var out []*intent.RateLimit
	for _, i := range u.cover {
		if l := s.facts[i].rate; l != nil {
			out = append(out, l)
		}
	}
	return out
}

// meter says the limits of a unit for its server.
func (s *servers) meter(u *unit, subject match.Expr) {
	var said []*intent.RateLimit
	for _, l := range s.limits(u) {
		if why := s.target.Rate.together(said, l); why != "" {
			s.apart[l] = why
			continue
		}
		at := *l
		at.Scope = intent.Scope{Subject: subject}
		said = append(said, &at)
		s.metered[l] = append(s.metered[l], &at)
	}
	s.rates = append(s.rates, said...)
}

// finishRates puts the limits into the model as they were said, and notes what was
// not.
func (s *servers) finishRates() {
	r := s.run
	for _, f := range s.facts {
		l := f.rate
		if l == nil {
			continue
		}
		said := s.metered[l]
		var at match.Or
		for _, x := range said {
			at = append(at, x.Scope.Subject)
		}
		c := Change{
			Pass: "servers", Feature: RateWorkload, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Rating, Fate: FateRewritten, From: wholeRate(l),
			Summary: objectOf(l.From) + " is said port by port", Fix: "nothing", Before: r.metered(l), After: r.metered(said...),
		}
		switch {
		case len(said) == 1 && match.Equal(said[0].Scope.Subject, l.Scope.Subject):
			continue
		case !implied(l.Scope.Subject, at):
			c.Code, c.Drift, c.Fate = diag.Dropped, intent.Other, FateDrifted
			c.Summary = objectOf(l.From) + " limits fewer workloads or ports: " + s.whyFewer(l)
			c.Detail, c.Fix = "the others take as many requests as come", "add the Services and workloads that it is about to the input"
			if len(said) == 0 {
				c.Fate = FateDropped
			}
		}
		r.record(c)
	}
	r.m.Rates = s.rates
}

func (s *servers) whyFewer(l *intent.RateLimit) string {
	if why := s.apart[l]; why != "" {
		return why
	}
	return "rates are limited on ports that policies, Services or workloads of the input name"
}
