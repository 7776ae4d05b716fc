package gatewayapi

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// write prints a legal model.
func write(m *intent.Model, t legal.Target) []*manifest.Object {
	w := newRouteWriter(m, t, dialectOf(t.Version))
	out := writeGateways(m, t.Version)
	for _, o := range w.objects {
		out = append(out, w.print(o))
	}
	out = append(out, writeGrants(m, w.objects)...)
	out = append(out, writeBackendTLS(m, dialectOf(t.Version))...)
	out = append(out, writeTrafficPolicies(m)...)
	for _, s := range m.Leaves {
		out = append(out, inventory.WriteService(s))
	}
	out = append(out, WriteVerbatim(m, Name)...)
	slices.SortStableFunc(out, compareObjects)
	return slices.CompactFunc(out, func(a, b *manifest.Object) bool { return a.Kind != "Service" && compareObjects(a, b) == 0 })
}

func compareObjects(a, b *manifest.Object) int {
	for _, c := range []int{strings.Compare(a.Kind, b.Kind), strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name)} {
		if c != 0 {
			return c
		}
	}
	return 0
}
