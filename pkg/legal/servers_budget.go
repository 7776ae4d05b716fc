package legal

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// point is one port of workloads that the same facts cover, and what it takes to work out
// who is let in there.
type point struct {
	unit
	key  string
	cost int
}

// bound closes those points of a namespace that take more than its budget leaves: cheaper
// ones are worked out first. What a point takes depends on its facts alone, so that the
// same ones are closed whatever is worked out at the same time.
func (s *servers) bound(g *ground, plots []*plot) {
	budget := cmp.Or(s.run.o.Budget, DefaultBudget)
	points := s.points(g, plots)
	if totalCost(points) <= budget {
		return
	}
	for i := range points {
		points[i].cost = s.cost(&points[i].unit, budget)
	}
	slices.SortStableFunc(points, func(a, b point) int { return a.cost - b.cost })
	spent := 0
	for _, p := range points {
		if spent += p.cost; spent > budget {
			s.costly[p.key] = true
		}
	}
}

func totalCost(points []point) (n int) {
	for _, p := range points {
		n += p.cost
	}
	return n
}

// points are those of a namespace, each once, with the most that each may take: each
// condition that denies is held to each fact that lets in.
func (s *servers) points(g *ground, plots []*plot) []point {
	var out []point
	seen, sizes := map[string]bool{}, map[int]int{}
	for _, p := range plots {
		for _, port := range append([]int{0}, p.ports...) {
			u := unit{port: port, cover: g.cover(p.cell, port)}
			key := pointKey(port, u.cover)
			if seen[key] {
				continue
			}
			seen[key] = true
			allows, conditions := 1, 0
			for _, i := range u.cover {
				switch a := s.facts[i].access; {
				case a == nil:
				case a.Effect == intent.Deny:
					if sizes[i] == 0 {
						sizes[i] = size(a.When)
					}
					conditions += sizes[i]
				default:
					allows++
				}
			}
			out = append(out, point{u, key, allows * conditions})
		}
	}
	return out
}

// size counts the conditions of a predicate; there is one at least.
func size(e match.Expr) int {
	n := 0
	match.Atoms(e, func(match.Atom, bool) { n++ })
	return max(n, 1)
}

// cost is what it takes to work out who is let in at a unit, without denials that are seen
// to be about others than whom a fact lets in. More than most is not told apart.
func (s *servers) cost(u *unit, most int) (n int) {
	allows, denials, _ := s.parts(u, s.accepted)
	sizes := make([]int, len(denials))
	for i, d := range denials {
		sizes[i] = size(d)
	}
	for _, a := range allows {
		for i, d := range denials {
			if n++; !match.Apart(a.when, d) {
				n += sizes[i]
			}
		}
		if n > most {
			return n
		}
	}
	return n
}

// tooCostly notes that a unit is closed.
func (s *servers) tooCostly(u *unit, scope intent.Scope) {
	ns := "other namespaces"
	if name := match.Demanded(u.in, match.Namespace); name != "" {
		ns = "namespace " + name
	}
	var from intent.Origin
	for _, i := range u.cover {
		if s.facts[i].access != nil {
			from = append(from, s.facts[i].from()...)
		}
	}
	s.shut = append(s.shut, &intent.Access{Scope: scope, Effect: intent.Deny, Withheld: true, From: from})
	s.losses.add("costly\x00"+ns, Change{
		Pass: "servers", Feature: AccessDeny, Code: diag.Withheld, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateWithheld, From: merge(nil, from),
		Summary: fmt.Sprintf("workloads of %s are closed: what is denied there cannot be taken off what is let in within the budget of %d conditions", ns, cmp.Or(s.run.o.Budget, DefaultBudget)),
		Detail:  "nobody is let in at the ports that all these rules are about; others of the namespace are not concerned",
		Fix:     "have fewer rules allow and deny at one workload, such as by policies that select fewer, or raise the budget",
	}, nil, nil)
}
