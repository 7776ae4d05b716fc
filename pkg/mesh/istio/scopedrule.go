package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// scopedRule is a rule with the matches that its condition is made of, of which
// one must hold.
type scopedRule struct {
	rule    intent.Rule
	matches []scopedMatch
}

// scopedMatch is a match with the gateways that it names; none are those of the
// object.
type scopedMatch struct {
	when     match.Expr
	gateways []string
	server   *serverName // of TLS; nil otherwise
}

// everything is the match of a rule that has none.
var everything = []scopedMatch{{when: match.True}}

func condition(ms []scopedMatch) match.Expr {
	if len(ms) == 1 {
		return ms[0].when
	}
	var out []match.Expr
	for _, m := range ms {
		out = append(out, m.when)
	}
	return match.Disj(out...)
}

// takesAll reports whether nothing reaches what stands behind the rule.
func (s scopedRule) takesAll() bool {
	return slices.ContainsFunc(s.matches, func(m scopedMatch) bool { return len(m.gateways) == 0 && match.IsTrue(m.when) })
}

func gatewaysOf(m *source.Node) []string { return stringsOf(m.Get("gateways")) }

// forEntry keeps the rules that are for an entry, or for the mesh where it is
// zero, each with the matches that are.
func (vs *virtualService) forEntry(rules []scopedRule, entry intent.Name) []intent.Rule {
	var out []intent.Rule
	for _, s := range vs.only(rules, entry) {
		out = append(out, s.rule)
	}
	return out
}

// only is forEntry with the matches apart.
func (vs *virtualService) only(rules []scopedRule, entry intent.Name) []scopedRule {
	var out []scopedRule
	for _, s := range rules {
		var here []scopedMatch
		for _, m := range s.matches {
			if vs.isFor(m, entry) {
				here = append(here, m)
			}
		}
		if len(here) == 0 {
			continue
		}
		if len(here) < len(s.matches) {
			s.matches, s.rule.When = here, condition(here)
			s.rule = pathFor(s.rule)
		}
		out = append(out, s)
	}
	return out
}

func (vs *virtualService) isFor(m scopedMatch, entry intent.Name) bool {
	return len(m.gateways) == 0 || slices.ContainsFunc(m.gateways, func(g string) bool {
		if entry.IsZero() || g == "mesh" {
			return entry.IsZero() && g == "mesh"
		}
		return vs.gatewayName(g) == entry
	})
}
