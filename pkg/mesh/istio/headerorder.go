package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// Of several destinations each changes headers before the route does. The changes of an
// only one are one list with the route's, of which what is removed goes first, then what
// is set, then what is added. In the model destinations come last.
// pilot/pkg/networking/core/route/route.go processDestination, processWeightedDestination

// modelOrder says a rule as it is read in the order of the model.
func modelOrder(r intent.Rule) intent.Rule {
	if shares(r) {
		return gatewayapi.MoveHeaders(r, destinationLost, func(rule, share []intent.Step) []intent.Step { return slices.Concat(share, rule) })
	}
	return gatewayapi.MoveHeaders(r, routeLost, oneList)
}

// overruled takes out what destinations do to headers in vain, since the route does
// something else to them after that.
func (vs *virtualService) overruled(r intent.Rule, n *source.Node) {
	f, _ := r.Then.(intent.Forward)
	for i, d := range n.Get("route").Items() {
		if i < len(f.To) {
			f.To[i].Steps = vs.lasting(f.To[i].Steps, d.Get("headers"))
		}
	}
}

// lasting are the steps without those of a destination that later ones of the route undo.
func (vs *virtualService) lasting(steps []intent.Step, own *source.Node) []intent.Step {
	var out []intent.Step
	for i, s := range steps {
		h, is := s.(intent.Headers)
		at := headerNode(own, h)
		if !is || at == nil || !undone(h, steps[i+1:], own) {
			out = append(out, s)
			continue
		}
		at.Inert("the route changes the header after it")
		vs.add(diag.Inert, "what a destination does to the header "+h.Name+" has no effect: the route changes it after that", "say it of the other destinations instead of the route", at.Ref())
	}
	return out
}

// undone reports whether later steps, that are not the destination's own, leave nothing
// of a change of a header.
func undone(h intent.Headers, later []intent.Step, own *source.Node) bool {
	return slices.ContainsFunc(later, func(s intent.Step) bool {
		o, is := s.(intent.Headers)
		return is && o.On == h.On && o.Name == h.Name && o.Op != intent.AddHeader && headerNode(own, o) == nil
	})
}

// headerNode is where a destination says a change of a header; nil is not there.
func headerNode(own *source.Node, h intent.Headers) *source.Node {
	if own == nil {
		return nil
	}
	side := own.Get("request")
	if h.On == intent.OnResponse {
		side = own.Get("response")
	}
	values := side.Get("remove").Items()
	for _, key := range []string{"set", "add"} {
		for _, e := range side.Get(key).Entries() {
			values = append(slices.Clip(values), e.Value)
		}
	}
	i := slices.IndexFunc(values, func(n *source.Node) bool { return slices.Contains(h.From, n.Ref()) })
	if i < 0 {
		return nil
	}
	return values[i]
}

// istioOrder says a rule in its destinations, as far as Istio has another order.
func istioOrder(r intent.Rule) intent.Rule {
	moves := routeLost
	if shares(r) {
		moves = destinationLost
	}
	return gatewayapi.MoveHeaders(r, moves, func(rule, share []intent.Step) []intent.Step { return slices.Concat(rule, share) })
}

func shares(r intent.Rule) bool {
	f, _ := r.Then.(intent.Forward)
	return len(f.To) > 1
}

// destinationLost reports whether it matters that a destination changes a header before
// the route does. Of values that both add only the order differs, which is left.
func destinationLost(route, destination []intent.Headers) bool {
	return !only(intent.AddHeader, route) || !only(intent.AddHeader, destination)
}

// routeLost reports whether it matters that both changes of a header are one list.
func routeLost(route, destination []intent.Headers) bool {
	return has(intent.SetHeader, destination) && has(intent.AddHeader, route) ||
		has(intent.RemoveHeader, destination) && !only(intent.RemoveHeader, route)
}

func has(op intent.HeaderOp, hs []intent.Headers) bool {
	return slices.ContainsFunc(hs, func(h intent.Headers) bool { return h.Op == op })
}

func only(op intent.HeaderOp, hs []intent.Headers) bool {
	return !slices.ContainsFunc(hs, func(h intent.Headers) bool { return h.Op != op })
}

// oneList puts changes of headers in the order in which Envoy makes those of one list.
func oneList(route, destination []intent.Step) []intent.Step {
	all := slices.Concat(route, destination)
	slices.SortStableFunc(all, func(a, b intent.Step) int { return turn(a) - turn(b) })
	return all
}

// turn is when Envoy makes a change of headers; other steps have none.
func turn(s intent.Step) int {
	h, ok := s.(intent.Headers)
	if !ok {
		return 0
	}
	return 1 + slices.Index([]intent.HeaderOp{intent.RemoveHeader, intent.SetHeader, intent.AddHeader}, h.Op)
}
