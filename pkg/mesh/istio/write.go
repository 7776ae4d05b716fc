package istio

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// writer prints one legal model.
type writer struct {
	m    *intent.Model
	objs []*manifest.Object
	// taken are the names in use, by kind.
	taken map[string]bool
	// verbatim are the objects that are printed as they were read, because they
	// hold something that only Istio understands.
	verbatim map[string]bool
	// anyNames are how many hosts stand for all.
	anyNames int
}

// write prints a legal model, Istio's own objects verbatim.
func write(m *intent.Model, _ legal.Target) []*manifest.Object {
	w := &writer{m: m, taken: map[string]bool{}, verbatim: map[string]bool{}}
	for _, o := range m.Opaque {
		if whole, ok := o.Whole.(*source.Object); ok && o.Mesh == Name {
			w.verbatim[nameKey(whole.Kind, whole.Namespace, whole.Name)] = true
		}
	}
	for _, o := range gatewayapi.WriteVerbatim(m, Name) {
		w.taken[nameKey(o.Kind, o.Namespace, o.Name)] = true
		w.add(o)
	}
	w.virtualServices()
	w.destinationRules()
	w.peerAuthentications()
	w.authorizationPolicies()
	w.requestAuthentications()
	w.gateways()
	w.serviceEntries()
	w.machines()
	w.sidecars()
	w.rates()
	w.telemetries()
	return w.objs
}

func (w *writer) add(o *manifest.Object) { w.objs = append(w.objs, o) }

func nameKey(kind, namespace, name string) string { return kind + " " + namespace + "/" + name }

// isVerbatim reports whether the object that a home of the source stands for is
// printed as it was read.
func (w *writer) isVerbatim(kind string, h *intent.Home) bool {
	return h != nil && w.verbatim[nameKey(kind, h.Namespace, h.Name)]
}

// name finds a free name: the wanted one, one with an addition, one with a
// number.
func (w *writer) name(kind, namespace, name, addition string) string {
	addition = strings.Trim(strings.NewReplacer("*", "any", ".", "-").Replace(addition), "-")
	names := []string{name, name + "-" + addition}
	for i := 2; i < 2+len(w.taken); i++ {
		names = append(names, name+"-"+strconv.Itoa(i))
	}
	i := slices.IndexFunc(names, func(n string) bool { return !w.taken[nameKey(kind, namespace, n)] })
	w.taken[nameKey(kind, namespace, names[i])] = true
	return names[i]
}
