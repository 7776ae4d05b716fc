package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// order makes tables come out as listed on targets that rank rules by
// themselves. Only pairs that overlap and answer differently matter. Where the
// target would prefer the later rule, the earlier one is said once more for the
// overlap, in words that rank higher; where that does not help, the table is
// refused with a request that shows it.
func order(r *run) {
	if r.t.Route.Prefers != nil {
		r.tablesWhere(r.orderTable)
	}
}

// entry is one alternative of a rule, as the target ranks them.
type entry struct {
	says conjunct
	when match.Expr // the same
	rule int
}

// maxSpecial bounds how often a table's rules are said again.
const maxSpecial = 32

func (r *run) orderTable(t *intent.Routing) bool {
	var before *intent.Model
	for range maxSpecial {
		i, j, witness := r.misranked(t)
		if witness == nil {
			if before != nil {
				r.specialised(t, before)
			}
			return true
		}
		if before == nil {
			before = r.tables(t.Clone())
		}
		if !r.specialise(t, i, j) {
			r.record(Change{
				Pass: "order", Feature: RouteOrder, Code: diag.OrderNotExpressible, Drift: intent.Other, Aspect: intent.Routed, Fate: FateDropped,
				From:    append(append(append(intent.Origin{}, t.Rules[i.rule].From...), t.Rules[j.rule].From...), tableOrigin(t)...),
				Summary: "the routes of " + t.Host.String() + " are not written: the target would prefer a later rule",
				Detail:  "for " + witness.String() + " the rule of " + match.String(j.when) + " would win over " + match.String(i.when),
				Fix:     "make the rules disjoint", Before: before, After: r.tables(),
			})
			return false
		}
	}
	r.refuse("order", RouteOrder, t, t.From, "too many of its rules would have to be said again to keep their order")
	return false
}

func (r *run) specialised(t *intent.Routing, before *intent.Model) {
	r.record(Change{
		Pass: "order", Feature: RouteOrder, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Routed, Fate: FateRewritten, From: t.From,
		Summary: "rules of " + t.Host.String() + " are said again so that their order stays", Fix: "nothing", Before: before, After: r.tables(t.Clone()),
	})
}

func alternatives(t *intent.Routing) []entry {
	var out []entry
	for i := range t.Rules {
		alts, _ := match.DNF(t.Rules[i].When, maxAlternatives)
		for _, a := range alts {
			out = append(out, entry{a, conjunction(a), i})
		}
	}
	return out
}

// misranked finds two alternatives in the wrong order, with a request that shows
// it: one that no rule before the first takes.
func (r *run) misranked(t *intent.Routing) (i, j entry, witness *match.Request) {
	if len(t.Rules) < 2 {
		return i, j, nil
	}
	es := alternatives(t)
	same := sameAnswers(t.Rules)
	ranks := r.t.Route.Ranks(t.Protocol)
	for y := range es {
		for x := range y {
			i, j = es[x], es[y]
			if i.rule == j.rule || i.says.clashes(j.says) {
				continue
			}
			wins := ranks(i.when, j.when)
			if match.IsFalse(wins) || same(i.rule, j.rule) {
				continue
			}
			region := []match.Expr{i.when, j.when, wins}
			if _, answer := match.Overlap(match.Conj(i.when, j.when), wins); answer == match.No {
				continue // whatever the rules before take
			}
			for _, e := range es {
				if e.rule < i.rule || e.rule < j.rule && same(e.rule, i.rule) && r.outranks(t.Protocol, e.when, j.when) {
					region = append(region, match.Negate(match.Simplify(e.when)))
				}
			}
			if q, answer := match.Overlap(match.Conj(region[0], region[1]), match.Conj(region[2:]...)); answer != match.No {
				if q == nil {
					q = &match.Request{}
				}
				return i, j, q
			}
		}
	}
	return i, j, nil
}

// sameAnswers tells whether two rules do the same with a request, by number.
func sameAnswers(rules []intent.Rule) func(i, j int) bool {
	answers := make([]string, len(rules))
	answer := func(i int) string {
		if answers[i] == "" {
			answers[i] = rules[i].Answer()
		}
		return answers[i]
	}
	return func(i, j int) bool { return i == j || answer(i) == answer(j) }
}

// outranks reports whether the target takes a over b, which is listed later,
// wherever both hold.
func (r *run) outranks(p intent.Protocol, a, b match.Expr) bool {
	_, answer := match.Overlap(match.Conj(a, b), r.t.Route.Ranks(p)(a, b))
	return answer == match.No
}

// specialise says rule i once more, before it, for the requests that j would
// take; false where the target cannot say that or would not prefer it.
func (r *run) specialise(t *intent.Routing, i, j entry) bool {
	alts, ok := match.DNF(match.Conj(i.when, j.when), 1)
	if !ok || len(alts) != 1 {
		return false
	}
	both := conjunction(withoutImplied(alts[0]))
	said, _, why := r.say(t.Protocol, both)
	if why != "" || !r.outranks(t.Protocol, said, j.when) || match.Equal(said, i.when) {
		return false
	}
	rule := t.Rules[i.rule].Clone()
	rule.When, rule.Name = said, ""
	t.Rules = slices.Insert(t.Rules, i.rule, rule)
	return true
}

// withoutImplied leaves out literals that another one on the same attribute
// implies: "path in /foo/..." beside "path /foo".
func withoutImplied(ls []match.Literal) []match.Literal {
	var out []match.Literal
	for i, l := range ls {
		implied := false
		for k, other := range ls {
			if i == k || other.Atom.Field != l.Atom.Field || other.Atom.Key != l.Atom.Key {
				continue
			}
			_, there := match.Implies(literal(other), literal(l))
			_, back := match.Implies(literal(l), literal(other))
			implied = implied || there == match.Yes && (back != match.Yes || k < i)
		}
		if !implied {
			out = append(out, l)
		}
	}
	return out
}
