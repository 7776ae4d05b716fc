package linkerd

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/parallel"
)

// write prints a legal model. Annotations of Services, namespaces and workloads
// are patches, since these are the user's.
func write(m *intent.Model, t legal.Target) []*manifest.Object {
	m = spoken(m)
	kept := gatewayapi.WriteVerbatim(m, Name)
	var out, routes []*manifest.Object
	parallel.All(
		func() { out = writeAdmission(m, t, kept) },
		func() { routes = writeRouting(m, t) },
	)
	out = append(out, routes...)
	out = append(out, writeExports(m, undormant(m, t, onePatch(writeBreakers(m), writeAppProtocols(m))))...)
	for _, s := range m.Leaves {
		out = append(out, inventory.WriteService(understood(s)))
	}
	out = append(out, kept...)
	out = append(out, writeEgress(m, out)...)
	out = writeLogs(m, out)
	slices.SortStableFunc(out, compareObjects)
	return out
}

func writeRouting(m *intent.Model, t legal.Target) []*manifest.Object {
	if t.Version == versionProfiles {
		return writeProfiles(m)
	}
	return gatewayapi.WriteRoutes(m, t, routeDialect)
}

func compareObjects(a, b *manifest.Object) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.APIVersion, b.APIVersion))
}
