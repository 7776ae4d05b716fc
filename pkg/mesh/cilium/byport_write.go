package cilium

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// byPort says tables for all ports of a Service port by port where a rule depends on the
// port that was addressed: Envoy tells endpoints of one port from those of all, and keeps
// no port in a redirect to another host. The ports of a Service that is not known are
// taken to be that of http.
func (w *writer) byPort(tables []*intent.Routing) []*intent.Routing {
	var out []*intent.Routing
	for _, t := range tables {
		s := w.m.Service(t.Host.Service)
		if t.Port != 0 || s == nil || !w.depends(t) {
			out = append(out, t)
			continue
		}
		for _, p := range s.Ports {
			if !hasTable(tables, p.Port) && !notHTTP(p) {
				own := t.Clone()
				own.Port = p.Port
				out = append(out, own)
			}
		}
	}
	return out
}

// depends reports whether a rule of a table depends on the port that was addressed.
func (w *writer) depends(t *intent.Routing) bool {
	return w.onPort(t, t.Else) || slices.ContainsFunc(t.Rules, func(r intent.Rule) bool {
		return w.onPort(t, r.Then) || slices.ContainsFunc(r.Steps, func(s intent.Step) bool {
			m, copies := s.(intent.Mirror)
			return copies && w.several(m.To)
		})
	})
}

func (w *writer) onPort(t *intent.Routing, a intent.Action) bool {
	switch a := a.(type) {
	case intent.Redirect:
		return a.Host != "" && a.Scheme == "" && a.Port == 0
	case intent.Passthrough:
		return w.several(intent.Backend{Host: t.Host})
	case intent.Forward:
		return slices.ContainsFunc(a.To, w.several)
	}
	return false
}

// several reports whether a backend is the endpoints of one of several ports, which is
// not said.
func (w *writer) several(b intent.Backend) bool {
	s := w.m.Service(b.Host.Service)
	return b.Port == 0 && s != nil && len(s.Ports) > 1
}
