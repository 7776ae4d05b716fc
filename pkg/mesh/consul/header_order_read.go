package consul

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// afterShares has a route change headers after its shares do, as Envoy's router
// does, where both change the same one: the route's changes then end those of each
// share. envoy source/common/router/config_impl.cc
// WeightedClusterEntry::finalizeRequestHeaders
func afterShares(steps []intent.Step, to []intent.Backend) []intent.Step {
	var heads, rest []intent.Step
	contested := false
	for _, s := range steps {
		h, ok := s.(intent.Headers)
		if !ok {
			rest = append(rest, s)
			continue
		}
		heads = append(heads, s)
		contested = contested || slices.ContainsFunc(to, func(b intent.Backend) bool { return changesHeader(b.Steps, h) })
	}
	if !contested {
		return steps
	}
	for i := range to {
		to[i].Steps = slices.Concat(to[i].Steps, heads)
	}
	return rest
}

func changesHeader(steps []intent.Step, of intent.Headers) bool {
	return slices.ContainsFunc(steps, func(s intent.Step) bool {
		h, ok := s.(intent.Headers)
		return ok && h.On == of.On && h.Name == of.Name
	})
}
