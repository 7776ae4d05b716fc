package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// Where a rule and its shares change the same header, the model has the rule first.
// Envoy has the share first.
// source/common/router/weighted_cluster_specifier.cc WeightedClusterEntry::finalizeRequestHeaders

// SharesFirst says a rule in the order of the model whose shares change headers first:
// what the rule does to headers that they change too stands behind that, in each share.
func SharesFirst(r intent.Rule) intent.Rule {
	return moved(r, func(rule, share []intent.Step) []intent.Step { return slices.Concat(share, rule) })
}

// IntoShares says in its shares what a rule does to headers that they change too, so
// that it does not matter who is first.
func IntoShares(r intent.Rule) intent.Rule {
	return moved(r, func(rule, share []intent.Step) []intent.Step { return slices.Concat(rule, share) })
}

// moved gives each share the changes of the rule to headers that any share changes.
func moved(r intent.Rule, join func(rule, share []intent.Step) []intent.Step) intent.Rule {
	forward, _ := r.Then.(intent.Forward)
	shared := func(s intent.Step) bool {
		return slices.ContainsFunc(forward.To, func(b intent.Backend) bool {
			return slices.ContainsFunc(b.Steps, func(o intent.Step) bool { return sameHeader(s, o) })
		})
	}
	if !slices.ContainsFunc(r.Steps, shared) {
		return r
	}
	var own, both []intent.Step
	for _, s := range r.Steps {
		if shared(s) {
			both = append(both, s)
		} else {
			own = append(own, s)
		}
	}
	to := slices.Clone(forward.To)
	for i := range to {
		to[i].Steps = join(both, to[i].Steps)
	}
	r.Steps, r.Then = own, intent.Forward{To: to}
	return r
}

func sameHeader(a, b intent.Step) bool {
	x, is := a.(intent.Headers)
	y, are := b.(intent.Headers)
	return is && are && x.On == y.On && x.Name == y.Name
}
