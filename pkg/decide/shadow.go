package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// Shadow is something that never has an effect because of what comes before it.
type Shadow struct {
	// What names it, and By what takes its effect, each in a clause's words.
	What, By string
	// From and FromBy are what the manifests say of either; FromBy is empty where it is
	// its own conditions that exclude each other, and What is "".
	From, FromBy intent.Origin
}

// Shadows finds rules of tables that no request reaches, and what is let in that
// other facts deny all of. What cannot be decided is not reported.
func Shadows(m *intent.Model) []Shadow {
	s := shadows{space: new(match.Space)}
	for _, t := range m.Routing {
		s.table(t)
	}
	for _, a := range m.Access {
		s.access(a, m.Access)
	}
	s.contradictions(m.Access)
	return s.found
}

// contradictions finds what of the manifests holds for no request, by conditions that
// exclude each other in all facts that it makes.
func (s *shadows) contradictions(all []*intent.Access) {
	holds := map[place.Ref]bool{}
	for _, a := range all {
		if len(a.From) > 0 && (a.Side == intent.Dialled || match.IsFalse(a.When) || !s.within(a.When, match.False)) {
			holds[a.From[0]] = true
		}
	}
	for _, a := range all {
		if len(a.From) > 0 && !holds[a.From[0]] {
			holds[a.From[0]] = true // once
			s.add(Shadow{By: "no request meets all its conditions", From: a.From})
		}
	}
}

type shadows struct {
	space *match.Space
	found []Shadow
}

// manyRules bounds the rules that are held to all those before them together.
const manyRules = 64

// table finds rules that others before them shadow.
func (s *shadows) table(t *intent.Routing) {
	for i := range t.Rules {
		rule := &t.Rules[i]
		before := t.Rules[:i]
		what := "a rule for " + t.Host.String()
		if by := slices.IndexFunc(before, func(e intent.Rule) bool { return s.within(rule.When, e.When) }); by >= 0 {
			s.add(Shadow{what, "an earlier rule takes all its requests", rule.From, before[by].From})
		} else if i > 1 && i <= manyRules && s.within(rule.When, takenBy(before)) {
			s.add(Shadow{what, "the rules before it take all its requests together", rule.From, before[i-1].From})
		}
	}
}

// takenBy holds where one of the rules takes a request.
func takenBy(rules []intent.Rule) match.Expr {
	var any match.Or
	for _, r := range rules {
		any = append(any, r.When)
	}
	return any
}

// access finds an Allow all of which one Deny denies.
func (s *shadows) access(a *intent.Access, all []*intent.Access) {
	if a.Effect != intent.Allow || a.Mode != intent.Enforced {
		return
	}
	by := slices.IndexFunc(all, func(d *intent.Access) bool {
		return d.Effect == intent.Deny && d.Mode == intent.Enforced && d.Side == a.Side && !match.IsFalse(d.When) &&
			s.within(a.Scope.Subject, d.Scope.Subject) && s.within(a.Scope.Client, d.Scope.Client) && s.within(a.When, d.When)
	})
	if by >= 0 && !s.within(a.When, match.False) {
		s.add(Shadow{"what is let in", "another policy denies all of it", a.From, all[by].From})
	}
}

func (s *shadows) within(a, b match.Expr) bool {
	if match.IsTrue(b) {
		return true
	}
	_, answer := s.space.Implies(a, b)
	return answer == match.Yes
}

// add notes what a manifest asks for.
func (s *shadows) add(found Shadow) {
	if len(found.From) > 0 && !found.From.Defaulted() {
		s.found = append(s.found, found)
	}
}
