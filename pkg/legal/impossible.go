package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// impossible leaves out rules that take no request, since their conditions exclude each
// other: written without an alternative they would take every request.
func impossible(r *run) {
	for _, t := range r.m.Routing {
		if !slices.ContainsFunc(t.Rules, takesNone) {
			continue
		}
		before := t.Clone()
		var from intent.Origin
		t.Rules = slices.DeleteFunc(slices.Clone(t.Rules), func(rule intent.Rule) bool {
			if !takesNone(rule) {
				return false
			}
			from = append(append(from, rule.From...), atomRefs(rule.When)...)
			return true
		})
		r.record(Change{
			Pass: "impossible", Feature: RouteOrder, Code: diag.Shadowed, Drift: intent.Same, Aspect: intent.Routed, Fate: FateInert, From: from,
			Summary: "a rule for " + t.Host.String() + " is about no request: none meets all its conditions", Fix: "correct its conditions, or remove it",
			Before: r.tables(before), After: r.tables(t.Clone()),
		})
	}
}

func takesNone(rule intent.Rule) bool {
	return match.IsFalse(match.Simplify(rule.When)) || contradicts(rule.When)
}
