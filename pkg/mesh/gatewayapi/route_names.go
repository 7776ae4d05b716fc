package gatewayapi

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
)

// separate gives objects of one kind that would have one name a number each, so
// that their names are in order.
func (w *routeWriter) separate() {
	var split []*routeObject
	for _, o := range w.objects {
		split = append(split, w.splitParents(o)...)
	}
	w.objects = split
	id := func(o *routeObject) string { return objectID(o.kind, o.key.namespace, o.key.name) }
	count, seen, taken := map[string]int{}, map[string]int{}, maps.Clone(w.verbatim)
	for own := range w.verbatim {
		seen[own] = 1
	}
	for _, o := range w.objects {
		taken[id(o)] = true
	}
	w.nameByRules(id, taken)
	for _, o := range w.objects {
		count[id(o)]++
	}
	for _, o := range w.objects {
		own, name := id(o), o.key.name
		digits := len(strconv.Itoa(count[own]))
		seen[own]++
		for n := seen[own]; n > 1; n++ {
			if o.key.name = fmt.Sprintf("%s-%0*d", name, digits, n); !taken[id(o)] {
				seen[own], taken[id(o)] = n, true
				break
			}
		}
	}
}

// objectID tells objects apart, of which those of two kinds may share a name.
func objectID(kind, namespace, name string) string { return kind + " " + namespace + "/" + name }

// nameByRules gives objects of one name that each begin with a named rule the
// names of these rules too, where the order stays.
func (w *routeWriter) nameByRules(id func(*routeObject) string, taken map[string]bool) {
	of := map[string][]*routeObject{}
	var order []string
	for _, o := range w.objects {
		if of[id(o)] == nil {
			order = append(order, id(o))
		}
		of[id(o)] = append(of[id(o)], o)
	}
	for _, one := range order {
		all := of[one]
		var names []string
		for _, o := range all {
			named := *o
			if rule := o.rules.Kids[0].Get("name"); rule != nil && len(all) > 1 {
				named.key.name += "-" + rule.Text
			}
			if !taken[id(&named)] {
				names = append(names, named.key.name)
			}
		}
		if len(names) != len(all) || !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(all) {
			continue
		}
		for i, o := range all {
			o.key.name = names[i]
			taken[id(o)] = true
		}
	}
}

// once is a home whose comment goes to the first object that has it.
func (w *routeWriter) once(h *intent.Home) *intent.Home {
	if h == nil || !w.commented[h] {
		w.commented[h] = true
		return h
	}
	c := *h
	c.Comment = ""
	return &c
}
