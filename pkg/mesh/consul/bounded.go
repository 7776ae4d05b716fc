package consul

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
)

// bounded lists the Services without routes that are written as those of HTTP, since
// permissions tell their requests apart, or routes of others lead to them: their
// callers end requests after Envoy's 15 seconds. Connections to services without a
// protocol are not bounded.
func bounded(m *intent.Model, t legal.Target) []intent.Host {
	w := newWriter(m, t)
	w.say(t)
	routed := map[service]bool{}
	for _, t := range m.Routing {
		if t.Entry.IsZero() {
			routed[w.service(t.Host.Service)] = true
		}
	}
	var out []intent.Host
	for _, x := range w.sorted() {
		if x.http && !routed[x.service] && len(w.names.find(x.service)) == 1 {
			out = append(out, w.names.host(x.service))
		}
	}
	return out
}
