package cilium

import (
	"cmp"
	"slices"
	"strconv"
	"sync"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// writer prints one legal model.
type writer struct {
	m *intent.Model
	// taken are the names in use, by kind.
	taken map[string]bool
	// commented are the homes whose comment is printed.
	commented map[*intent.Home]bool
	// verbatim are the objects that are printed as they were read, because they
	// hold something that the model does not.
	verbatim map[string]bool
	// inside are the workloads that single facts let dial all that is inside.
	inside func() []match.Expr
}

// write prints a legal model, Cilium's own objects verbatim.
func write(m *intent.Model, _ legal.Target) []*manifest.Object {
	w := &writer{m: m, taken: map[string]bool{}, commented: map[*intent.Home]bool{}, verbatim: map[string]bool{}, inside: sync.OnceValue(func() []match.Expr { return insideDials(m) })}
	out := gatewayapi.WriteVerbatim(m, Name)
	for _, o := range out {
		w.taken[nameKey(o.Kind, o.Namespace, o.Name)], w.verbatim[nameKey(o.Kind, o.Namespace, o.Name)] = true, true
	}
	for _, p := range w.policies() {
		out = append(out, w.policy(p))
	}
	out = append(out, w.routing()...)
	out = append(out, w.serviceExports()...)
	for _, s := range m.Leaves {
		out = append(out, inventory.WriteService(s))
	}
	slices.SortStableFunc(out, compareObjects)
	return out
}

func compareObjects(a, b *manifest.Object) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.APIVersion, b.APIVersion))
}

func nameKey(kind, namespace, name string) string { return kind + " " + namespace + "/" + name }

// isVerbatim reports whether the object that a home of the source stands for is
// printed as it was read.
func (w *writer) isVerbatim(h *intent.Home) bool {
	return h != nil && w.verbatim[nameKey(h.Kind, h.Namespace, h.Name)]
}

// name finds a free name: the wanted one, or one with a number.
func (w *writer) name(kind, namespace, name string) string {
	free := cmp.Or(name, "default")
	for i := 2; w.taken[nameKey(kind, namespace, free)]; i++ {
		free = name + "-" + strconv.Itoa(i)
	}
	w.taken[nameKey(kind, namespace, free)] = true
	return free
}

// once is a home whose comment is left out where it was printed before.
func (w *writer) once(h *intent.Home) *intent.Home {
	if h == nil || !w.commented[h] {
		w.commented[h] = true
		return h
	}
	c := *h
	c.Comment = ""
	return &c
}
