package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// Shares is in which order a rule and its shares change a header that both change. In
// the model the rule is first.
type Shares uint8

const (
	// SharesLast: the rule first, as in the model.
	SharesLast Shares = iota
	// SharesOpen: implementations differ. It is read as if the rule was first, and
	// written so that it does not matter.
	SharesOpen
	// SharesEnvoy: of several shares each changes headers before the rule does. The
	// changes of an only one are one list with the rule's, of which what is removed goes
	// first, then what is set, then what is added.
	// source/common/router/config_impl.cc WeightedClusterEntry::finalizeRequestHeaders;
	// istio pilot/pkg/networking/core/route/route.go processDestination; cilium
	// operator/pkg/model/translation/envoy_virtual_host.go envoyHTTPRoutes
	SharesEnvoy
	// SharesEnvoyWeighted: the same, where shares without a weight do not count.
	// istio pilot/pkg/config/kube/gateway/conversion.go buildHTTPDestination
	SharesEnvoyWeighted
)

// Read says a rule as it is read in the order of the model.
func (s Shares) Read(r intent.Rule) intent.Rule {
	switch {
	case s < SharesEnvoy:
		return r
	case s.several(r):
		return SharesFirst(r)
	}
	return moveHeaders(r, inOneList, oneList)
}

// Write says a rule of the model in its shares, as far as the order is another one.
func (s Shares) Write(r intent.Rule) intent.Rule {
	switch {
	case s == SharesLast:
		return r
	case s == SharesOpen || s.several(r):
		return IntoShares(r)
	}
	return moveHeaders(r, inOneList, func(rule, share []intent.Step) []intent.Step { return slices.Concat(rule, share) })
}

// several reports whether a rule has more shares than one.
func (s Shares) several(r intent.Rule) bool {
	f, _ := r.Then.(intent.Forward)
	n := 0
	for _, b := range f.To {
		if s != SharesEnvoyWeighted || b.Weight > 0 {
			n++
		}
	}
	return n > 1
}

// SharesFirst says a rule in the order of the model whose shares change headers first:
// what the rule does to headers that they change too stands behind that, in each share.
func SharesFirst(r intent.Rule) intent.Rule {
	return moveHeaders(r, inTurn, func(rule, share []intent.Step) []intent.Step { return slices.Concat(share, rule) })
}

// IntoShares says in its shares what a rule does to headers that they change too, so
// that it does not matter who is first.
func IntoShares(r intent.Rule) intent.Rule {
	return moveHeaders(r, inTurn, func(rule, share []intent.Step) []intent.Step { return slices.Concat(rule, share) })
}

// inTurn reports whether it matters which of both changes a header first. Cookies that
// both add do not know each other.
func inTurn(rule, share []intent.Headers) bool {
	added := func(hs []intent.Headers) bool { return !has(intent.SetHeader, hs) && !has(intent.RemoveHeader, hs) }
	return intent.Listed(rule[0].Name) || !added(rule) || !added(share)
}

// inOneList reports whether it matters that both changes of a header are one list.
func inOneList(rule, share []intent.Headers) bool {
	return has(intent.SetHeader, share) && has(intent.AddHeader, rule) ||
		has(intent.RemoveHeader, share) && (has(intent.AddHeader, rule) || has(intent.SetHeader, rule))
}

func has(op intent.HeaderOp, hs []intent.Headers) bool {
	return slices.ContainsFunc(hs, func(h intent.Headers) bool { return h.Op == op })
}

// oneList puts changes of headers in the order in which Envoy makes those of one list.
func oneList(rule, share []intent.Step) []intent.Step {
	all := slices.Concat(rule, share)
	slices.SortStableFunc(all, func(a, b intent.Step) int { return turn(a) - turn(b) })
	return all
}

// turn is when Envoy makes a change of headers; other steps have none.
func turn(s intent.Step) int {
	h, ok := s.(intent.Headers)
	if !ok {
		return 0
	}
	return 1 + slices.Index(envoyOrder[:], h.Op)
}

// moveHeaders gives each share what a rule does to headers that some share changes too,
// where moves says so of what both do to one; join puts that and what a share does in
// order.
func moveHeaders(r intent.Rule, moves func(rule, share []intent.Headers) bool, join func(rule, share []intent.Step) []intent.Step) intent.Rule {
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
