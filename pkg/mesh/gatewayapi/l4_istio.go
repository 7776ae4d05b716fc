package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// EndedAlike is WholeTable for Istio, where all that is left of TLS which ends at a
// listener goes the same way, whichever of its names clients ask for.
// istio pilot/pkg/networking/core/gateway.go buildGatewayNetworkFiltersFromTCPRoutes
func EndedAlike(m *intent.Model) func(*intent.Routing) string {
	whole := WholeTable(m)
	return func(t *intent.Routing) string {
		for _, e := range m.Entries {
			for i := range e.Listeners {
				l := &e.Listeners[i]
				if e.Name != t.Entry || t.Port != 0 && t.Port != l.Port || t.Protocol != intent.TCP || l.TLS == nil || !l.Serves(intent.TCP) {
					continue
				}
				other := func(h string) bool { _, meets := intersect(h, t.Host.DNS); return meets && h != t.Host.DNS }
				if named(t.Host) && slices.ContainsFunc(listenerHosts(*l), other) {
					return "where TLS ends, all that a listener takes goes one way, and the listener takes other names too"
				}
			}
		}
		return whole(t)
	}
}
