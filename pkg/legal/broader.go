package legal

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// broader sends what is meant for a Service that selects some of the pods of
// another to a subset of that one, for targets where a pod belongs to one service, unless it
// does in the source.
func broader(r *run) {
	if !r.t.Route.OneService || r.m.Inventory.Registered {
		return
	}
	for _, t := range r.m.Routing {
		before, moved := r.tables(t.Clone()), intent.Origin(nil)
		EachBackend(t, func(b *intent.Backend) {
			s := r.m.Inventory.Service(b.Host.Service)
			if s == nil || b.Missing || b.Subset != nil || b.SubsetName != "" {
				return
			}
			whole, labels := Broader(&r.m.Inventory, s)
			if whole == nil || b.Port != 0 && !samePort(s, whole, b.Port) || b.Port == 0 && !samePorts(s, whole) {
				return
			}
			b.Host, b.SubsetName = intent.Host{Service: whole.Name}, subsetOf(whole.Name.Name, s.Name.Name)
			and := make(match.And, len(labels))
			for i, l := range labels {
				and[i] = labelAtom(l.Key, l.Value)
			}
			b.Subset, moved = and, append(moved, b.From...)
		})
		if len(moved) == 0 {
			continue
		}
		r.record(Change{
			Pass: "broader", Feature: RouteSubset, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Routed, Fate: FateRewritten, From: moved,
			Summary: "Services that share pods are written as subsets of one, for the routes of " + t.Host.String(), Detail: "a pod belongs to one service of the target",
			Fix: "nothing", Before: before, After: r.tables(t.Clone()),
		})
	}
}

// Broader is the Service that selects all pods of another and more, with the
// labels that tell these apart; nil is that there is none.
func Broader(inv *intent.Inventory, s *intent.Service) (whole *intent.Service, labels []intent.Pair) {
	for _, w := range inv.ServicesIn(s.Name.Namespace) {
		if len(w.Selector) == 0 || len(w.Selector) >= len(s.Selector) || !w.Selects(s.Selector) {
			continue
		}
		if whole == nil || len(w.Selector) < len(whole.Selector) {
			whole = w
		}
	}
	if whole == nil {
		return nil, nil
	}
	return whole, slices.DeleteFunc(slices.Clone(s.Selector), func(p intent.Pair) bool {
		_, said := intent.Lookup(whole.Selector, p.Key)
		return said
	})
}

// samePort reports whether a port is the only one of both Services.
func samePort(a, b *intent.Service, port int) bool {
	return len(a.Ports) == 1 && len(b.Ports) == 1 && a.Ports[0].Port == port && b.Ports[0].Port == port
}

// samePorts reports whether two Services have ports of the same numbers, so that what is
// sent to the port of the one reaches that of the other.
func samePorts(a, b *intent.Service) bool {
	return (len(a.Ports) == 0) == (len(b.Ports) == 0) &&
		!slices.ContainsFunc(a.Ports, func(p intent.ServicePort) bool { return b.Lacks(p.Port) }) &&
		!slices.ContainsFunc(b.Ports, func(p intent.ServicePort) bool { return a.Lacks(p.Port) })
}

// subsetOf names a subset by what a Service adds to the name of the whole.
func subsetOf(whole, part string) string {
	if rest, ok := strings.CutPrefix(part, whole+"-"); ok && rest != "" {
		return rest
	}
	return part
}
