package legal

import (
	"maps"
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/match"
)

// unit is one port of some workloads of a namespace, or all their ports that no
// other unit is about: points that all facts treat alike.
type unit struct {
	in     match.Expr // the namespace
	labels match.Expr // True is all workloads of the namespace
	port   int        // 0 is the other ports
	plots  []*plot    // that it consists of
	cover  []int      // the facts that cover it, in order
}

// subject is the predicate of the unit's points; those of a unit for the other
// ports leave out the ports of its plots.
func (u *unit) subject() match.Expr {
	and := match.And{u.in, u.labels}
	if u.port != 0 {
		return match.Simplify(append(and, portAtom(u.port)))
	}
	for _, p := range u.plots {
		for _, n := range p.ports {
			and = append(and, match.Not{X: portAtom(n)})
		}
	}
	return match.Simplify(and)
}

func portAtom(n int) match.Atom {
	return match.Atom{Field: match.Port, Op: match.Exact, Value: strconv.Itoa(n)}
}

// units are the points of a namespace: single ports, and for each plot the
// other ports.
// alike tells what facts that cover a point come to.
func (g *ground) units(plots []*plot, alike func(cover []int, port int) string) (single, other []*unit) {
	open := map[int]bool{}
	for _, p := range plots {
		for _, n := range p.ports {
			open[n] = true
		}
		other = append(other, &unit{in: inNamespace(g.namespace), labels: p.expr(), plots: []*plot{p}, cover: g.cover(p.cell, 0)})
	}
	wholes := g.wholes(plots)
	for _, n := range slices.Sorted(maps.Keys(open)) {
		sign := func(p *plot) string { return alike(g.cover(p.cell, n), n) }
		single = append(single, g.at(n, plots, wholes, sign)...)
	}
	return single, other
}

// whole is a predicate that somebody wrote, with the plots that it consists of.
type whole struct {
	expr  match.Expr
	plots []*plot
}

// wholes lists all of the namespace first, then its predicates, the larger ones
// first.
func (g *ground) wholes(plots []*plot) []whole {
	members := map[string][]*plot{}
	for _, p := range plots {
		for key := range p.in {
			members[key] = append(members[key], p)
		}
	}
	all := []whole{{match.True, plots}}
	for _, e := range g.preds {
		all = append(all, whole{e, members[match.Key(e)]})
	}
	slices.SortStableFunc(all[1:], func(a, b whole) int { return len(b.plots) - len(a.plots) })
	return all
}

// at lists the units of one port. Plots that are treated alike there and that
// make a whole are one unit, so that selectors stay what people wrote.
func (g *ground) at(port int, plots []*plot, wholes []whole, sign func(*plot) string) []*unit {
	done := map[*plot]bool{}
	var out []*unit
	take := func(labels match.Expr, of []*plot) {
		out = append(out, &unit{in: inNamespace(g.namespace), labels: labels, port: port, plots: of, cover: g.cover(of[0].cell, port)})
		for _, p := range of {
			done[p] = true
		}
	}
	for _, w := range wholes {
		if slices.ContainsFunc(w.plots, func(p *plot) bool { return p.opens(port) }) && alike(w.plots, done, sign) {
			take(w.expr, w.plots)
		}
	}
	for _, p := range plots {
		if p.opens(port) && !done[p] {
			take(p.expr(), []*plot{p})
		}
	}
	return out
}

func (p *plot) opens(port int) bool {
	_, ok := slices.BinarySearch(p.ports, port)
	return ok
}

// alike reports whether all plots are free and of one signature.
func alike(plots []*plot, done map[*plot]bool, signature func(*plot) string) bool {
	for i, p := range plots {
		if done[p] || i > 0 && signature(p) != signature(plots[0]) {
			return false
		}
	}
	return true
}
