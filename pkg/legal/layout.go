package legal

import (
	"fmt"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// layout brings what is left into the bounds of the target's objects. Which
// objects tables are written into is for the writers, which keep the homes that
// tables have.
func layout(r *run) {
	r.m.Routing = r.scaleWeights()
	r.neededLeaves()
}

// scaleWeights brings weights into the target's range by their greatest common
// divisor; tables where that is not enough are refused.
func (r *run) scaleWeights() []*intent.Routing {
	limit := r.t.Limits.MaxWeight
	if limit == 0 {
		return r.m.Routing
	}
	var out []*intent.Routing
	for _, t := range r.m.Routing {
		before, fits, scaled := r.tables(t.Clone()), true, false
		for i := range t.Rules {
			f, ok := t.Rules[i].Then.(intent.Forward)
			if !ok || heaviest(f.To) <= limit {
				continue
			}
			scaled = true
			fits = divide(f.To, limit) && fits
		}
		switch {
		case !fits:
			r.refuse("layout", RouteSplit, t, t.From, fmt.Sprintf("its weights cannot be said with numbers up to %d", limit))
			continue
		case scaled:
			r.record(Change{
				Pass: "layout", Feature: RouteSplit, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Routed, Fate: FateRewritten, From: t.From,
				Summary: "weights of " + t.Host.String() + " are divided by their common divisor", Fix: "nothing", Before: before, After: r.tables(t.Clone()),
			})
		}
		out = append(out, t)
	}
	return out
}

func heaviest(to []intent.Backend) int {
	most := 0
	for _, b := range to {
		most = max(most, b.Weight)
	}
	return most
}

func divide(to []intent.Backend, limit int) bool {
	d := 0
	for _, b := range to {
		for x := b.Weight; x != 0; {
			d, x = x, d%x
		}
	}
	for i := range to {
		to[i].Weight /= max(d, 1)
	}
	return heaviest(to) <= limit
}

// neededLeaves leaves out Services that were made for routes which are refused.
func (r *run) neededLeaves() {
	used := map[intent.Name]bool{}
	for _, t := range r.m.Routing {
		EachBackend(t, func(b *intent.Backend) { used[b.Host.Service] = true })
	}
	for _, u := range r.m.Upstream {
		used[u.Host.Service] = true
	}
	r.m.Leaves = slices.DeleteFunc(slices.Clone(r.m.Leaves), func(s *intent.Service) bool { return !used[s.Name] })
}
