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
	return MoveHeaders(r, always, func(rule, share []intent.Step) []intent.Step { return slices.Concat(share, rule) })
}

// IntoShares says in its shares what a rule does to headers that they change too, so
// that it does not matter who is first.
func IntoShares(r intent.Rule) intent.Rule {
	return MoveHeaders(r, always, func(rule, share []intent.Step) []intent.Step { return slices.Concat(rule, share) })
}

func always(_, _ []intent.Headers) bool { return true }

// MoveHeaders gives each share what a rule does to headers that some share changes too,
// where moves says so of what both do to one; join puts that and what a share does in
// order.
func MoveHeaders(r intent.Rule, moves func(rule, share []intent.Headers) bool, join func(rule, share []intent.Step) []intent.Step) intent.Rule {
	forward, _ := r.Then.(intent.Forward)
	var own, both []intent.Step
	for _, s := range r.Steps {
		of := changesLike(r.Steps, s)
		shared := slices.ContainsFunc(forward.To, func(b intent.Backend) bool {
			too := changesLike(b.Steps, s)
			return len(too) > 0 && moves(of, too)
		})
		if shared {
			both = append(both, s)
		} else {
			own = append(own, s)
		}
	}
	if len(both) == 0 {
		return r
	}
	to := slices.Clone(forward.To)
	for i := range to {
		to[i].Steps = join(both, to[i].Steps)
	}
	r.Steps, r.Then = own, intent.Forward{To: to}
	return r
}

// changesLike are the changes of the header that a step changes.
func changesLike(steps []intent.Step, like intent.Step) []intent.Headers {
	x, is := like.(intent.Headers)
	if !is {
		return nil
	}
	var out []intent.Headers
	for _, s := range steps {
		if y, ok := s.(intent.Headers); ok && x.On == y.On && x.Name == y.Name {
			out = append(out, y)
		}
	}
	return out
}
