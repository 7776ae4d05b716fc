package linkerd

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
)

// idle reports annotations of Services that nothing stems from, and of which
// nothing is said yet.
func (r *reader) idle() {
	var told map[place.Ref]bool
	for _, s := range r.in.Inventory.Services {
		a := annotationsIn(s.Annotations)
		for _, key := range serviceKeys {
			p, ok := a[key]
			if !ok {
				continue
			}
			if told == nil {
				told = r.toldOf()
			}
			if !told[p.From[0]] {
				r.diags.Add(diag.Inert, "annotation "+key+" of Service "+s.Name.String()+" has no effect: "+r.idleBecause(s, p), "remove it", p.From...)
			}
		}
	}
}

// idleBecause is why an annotation of a Service has no effect.
func (r *reader) idleBecause(s *intent.Service, a intent.Pair) string {
	of := func(p intent.Protocol) bool {
		return slices.ContainsFunc(r.m.Routing, func(t *intent.Routing) bool { return t.Host.Service == s.Name && t.Protocol == p })
	}
	switch {
	case slices.Contains(accrualKeys, a.Key):
		return "the Service does not say " + accrual
	case a.Key == retryGRPC && !of(intent.GRPC):
		return "no GRPCRoute is attached to the Service, without which requests are those of HTTP"
	case a.Key == retryHTTP && of(intent.GRPC) && !of(intent.HTTP):
		return "the Service's routes are GRPCRoutes"
	case strings.TrimRight(a.Value, "smhd") == "0":
		return "0 counts as not said"
	}
	return "each rule of its routes says its own"
}

// toldOf are the places that facts stem from, or that something is said of.
func (r *reader) toldOf() map[place.Ref]bool {
	out := map[place.Ref]bool{}
	intent.Walk(r.m, func(p intent.Part) {
		for _, ref := range p.Origin() {
			out[ref] = true
		}
	})
	for _, d := range r.diags {
		for _, ref := range d.At {
			out[ref] = true
		}
	}
	return out
}
