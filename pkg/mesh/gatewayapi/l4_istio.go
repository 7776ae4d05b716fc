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

// foreignNames says why Istio would not take all servers that a table in the mesh names: each
// must be alone in its route, or one that the Service has.
// istio pilot/pkg/config/kube/gateway/conversion.go compatibleRoutesForHost
func foreignNames(m *intent.Model, t *intent.Routing) string {
	if t.Protocol != intent.TLS || !t.Entry.IsZero() {
		return ""
	}
	own := m.Env.DNS(t.Host)
	for i := range t.Rules {
		for _, h := range ofServers(t.Rules[i].When) {
			foreign := func(name string) bool { _, is := intersect(own, name); return !is }
			if len(h.hosts) > 1 && slices.ContainsFunc(h.hosts, foreign) {
				return "of several hostnames of a route, Istio takes those that the Service has"
			}
		}
	}
	return ""
}

// sharedByAll holds for tables of connections for all clients: Istio takes the routes of all
// namespaces for all of them.
func sharedByAll(p intent.Part) string {
	if t, ok := p.(*intent.Routing); ok && layer4(t.Protocol) {
		return "routes for connections are for all clients"
	}
	return consumes(p)
}
