package linkerd

import (
	"slices"

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
				r.diags.Add(diag.Inert, "annotation "+key+" of Service "+s.Name.String()+" has no effect: "+idleBecause(key), "remove it", p.From...)
			}
		}
	}
}

// idleBecause is why an annotation of a Service has no effect.
func idleBecause(key string) string {
	if slices.Contains(accrualKeys, key) {
		return "the Service does not say " + accrual
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
