package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// withPorts names the only port of destinations where requests in the mesh may be
// addressed to another: Istio sends them to that one otherwise.
func (w *writer) withPorts(t *intent.Routing, to []intent.Backend) []intent.Backend {
	out := slices.Clone(to)
	for i := range out {
		b := &out[i]
		s := w.m.Service(b.Host.Service)
		if b.Port == 0 && !b.Missing && b.Host != t.Host && t.Entry.IsZero() && s != nil && len(s.Ports) == 1 && w.elsewhere(t, s.Ports[0].Port) {
			b.Port = s.Ports[0].Port
		}
	}
	return out
}

// elsewhere reports whether requests may be addressed to another port.
func (w *writer) elsewhere(t *intent.Routing, port int) bool {
	if t.Port != 0 {
		return t.Port != port
	}
	s := w.m.Service(t.Host.Service)
	return s == nil || slices.ContainsFunc(s.Ports, func(p intent.ServicePort) bool { return p.Port != port })
}
