package legal

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// shares brings weights to the sum that the target wants, by largest remainder:
// no backend's share is off by a whole unit. Where they are not just the same
// shares, that is reported.
func shares(r *run) {
	sum := r.t.Limits.WeightSum
	if sum == 0 {
		return
	}
	kept := Kept(r.m, r.t.Mesh)
	for _, t := range r.m.Routing {
		if kept.Table(t) {
			continue
		}
		before, exact, changed := r.tables(t.Clone()), true, false
		for i := range t.Rules {
			f, ok := t.Rules[i].Then.(intent.Forward)
			if !ok || len(f.To) < 2 || total(f.To) == 0 || total(f.To) == sum {
				continue
			}
			changed, exact = true, apportion(f.To, sum) && exact
		}
		if !changed {
			continue
		}
		c := Change{
			Pass: "shares", Feature: RouteSplit, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Routed, Fate: FateRewritten, From: t.From,
			Summary: "weights of " + t.Host.String() + " are written as shares", Fix: "nothing", Before: before, After: r.tables(t.Clone()),
		}
		if !exact {
			c.Drift, c.Fate = intent.Other, FateDrifted
			c.Summary = "weights of " + t.Host.String() + " are rounded"
			c.Detail, c.Fix = "shares differ by less than the target's smallest one", "choose weights that the target can say"
		}
		r.record(c)
	}
}

func total(to []intent.Backend) int {
	sum := 0
	for _, b := range to {
		sum += b.Weight
	}
	return sum
}

// apportion scales weights to a sum and reports whether the shares stay the same.
func apportion(to []intent.Backend, sum int) (exact bool) {
	old, left := total(to), sum
	order, remainder := make([]int, len(to)), make([]int, len(to))
	for i := range to {
		scaled := to[i].Weight * sum
		order[i], remainder[i] = i, scaled%old
		to[i].Weight = scaled / old
		left -= to[i].Weight
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainder[b], remainder[a]) })
	for _, i := range order[:left] {
		to[i].Weight++
	}
	return left == 0
}
