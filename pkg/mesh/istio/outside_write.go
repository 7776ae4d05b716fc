package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
)

// unknownOutside says why a table cannot be written that sends requests to a host outside of
// the cluster: Istio knows it by a ServiceEntry only, and where the input is complete there is
// none. What a ServiceEntry is for that stays as it is, it tells itself.
func unknownOutside(m *intent.Model, t *intent.Routing) (why string) {
	stays := func(o *intent.Opaque) bool { return o.Mesh == Name && o.Kind == "ServiceEntry" }
	if !m.Env.Complete.Services || slices.ContainsFunc(m.Opaque, stays) {
		return ""
	}
	legal.EachBackend(t, func(b *intent.Backend) {
		known := func(e *intent.External) bool { return slices.Contains(e.Hosts, b.Host) }
		if why == "" && !b.Missing && b.Host.DNS != "" && !slices.ContainsFunc(m.External, known) {
			why = "no ServiceEntry makes " + b.Host.DNS + " known"
		}
	})
	return why
}
