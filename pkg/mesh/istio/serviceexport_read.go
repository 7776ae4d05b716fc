package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// serviceExport says on a Service to which namespaces Istio shows it.
// https://istio.io/latest/docs/reference/config/annotations/#NetworkingExportTo
const serviceExport = "networking.istio.io/exportTo"

// serviceExports keeps apart Services that are shown to callers of some namespaces alone:
// for those of others pilot makes no routes for them, and what is said of their hosts does
// not hold.
// pilot/pkg/serviceregistry/kube/conversion.go ConvertService
func (r *reader) serviceExports() {
	for _, s := range r.in.Inventory.Services {
		for _, p := range s.Annotations {
			if p.Key != serviceExport || shownToAll(p.Value) || len(p.From) == 0 {
				continue
			}
			r.m.Opaque = append(r.m.Opaque, &intent.Opaque{
				Mesh: Name, Kind: "Service", At: p.From[0], Hosts: []intent.Host{{Service: s.Name}}, From: p.From,
				Why: "its annotation " + serviceExport + " shows it to some namespaces alone: callers of others do not know it, and no route holds for what they send there",
			})
		}
	}
}

// shownToAll reports whether a list of namespaces is all of them, as an empty one is.
func shownToAll(list string) bool {
	names := strings.Split(list, ",")
	return strings.TrimSpace(list) == "" || slices.ContainsFunc(names, func(n string) bool { return strings.TrimSpace(n) == "*" })
}
