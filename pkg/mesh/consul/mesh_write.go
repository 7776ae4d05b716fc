package consul

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/place"
)

// allowsPermissive prints that services may take plaintext, where objects that are
// printed as they were read say that they do and the source said so: without it,
// Consul's servers refuse them.
func (w *writer) allowsPermissive() {
	for _, t := range w.m.Transport {
		i := slices.IndexFunc(t.From, func(r place.Ref) bool {
			return spells(r.Path[strings.LastIndexByte(r.Path, '.')+1:], "allowEnablingPermissiveMutualTLS")
		})
		if t.Side != intent.Served || t.Mode != intent.Permissive || t.Home == nil || i < 0 {
			continue
		}
		_, name, _ := strings.Cut(t.From[i].Object, " ")
		namespace, _, _ := strings.Cut(name, "/")
		o := w.object(kindMesh, namespace, "mesh", nil, t.From)
		w.spec(o).Set("allowEnablingPermissiveMutualTLS", manifest.Bool(true).Because(t.From[i]))
		return
	}
}
