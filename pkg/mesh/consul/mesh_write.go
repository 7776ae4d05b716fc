package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/place"
)

// meshWide prints what holds for all proxies: that services may take plaintext, and
// that nothing leaves but what is a service of the mesh.
func (w *writer) meshWide() {
	permissive, held := w.permissive(), w.heldBack()
	if permissive == nil && held == nil {
		return
	}
	var from intent.Origin
	var home *intent.Home
	namespace := ""
	if permissive != nil {
		from = append(from, permissive...)
		_, name, _ := strings.Cut(permissive[0].Object, " ")
		namespace, _, _ = strings.Cut(name, "/")
	}
	if held != nil {
		from, home = append(from, held.From...), consulHome(held.Home, kindMesh)
	}
	o := w.object(kindMesh, cmp.Or(namespace, "default"), "mesh", home, from)
	if held != nil {
		w.spec(o).Set("transparentProxy", manifest.Map().Set("meshDestinationsOnly", manifest.Bool(true).Because(held.From...)))
	}
	if permissive != nil {
		w.spec(o).Set("allowEnablingPermissiveMutualTLS", manifest.Bool(true).Because(permissive...))
	}
}

// permissive is where the source allows services to take plaintext, where objects that
// are printed as they were read say that they do: without it, Consul's servers refuse
// them. nil is nowhere.
func (w *writer) permissive() intent.Origin {
	for _, t := range w.m.Transport {
		i := slices.IndexFunc(t.From, func(r place.Ref) bool {
			return spells(r.Path[strings.LastIndexByte(r.Path, '.')+1:], "allowEnablingPermissiveMutualTLS")
		})
		if t.Side == intent.Served && t.Mode == intent.Permissive && t.Home != nil && i >= 0 {
			return intent.From(t.From[i])
		}
	}
	return nil
}
