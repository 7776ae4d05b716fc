package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// toKnow notes what the Services of one name of all clusters need in another mesh than the
// source's.
func (r *run) toKnow() {
	if r.t.ClusterSets == "" || r.o.From == r.t.Mesh {
		return
	}
	var from intent.Origin
	for _, t := range r.m.Routing {
		EachBackend(t, func(b *intent.Backend) {
			if _, joint := b.Host.ClusterSet(); joint && !b.Missing {
				from = merge(from, b.From)
			}
		})
	}
	if from == nil {
		return
	}
	r.record(Change{
		Pass: "imports", Feature: RouteExternal, Code: diag.Prerequisite, Drift: intent.Same, Aspect: intent.Routed, Fate: FateCarried, From: from,
		Summary: "routes name Services of all clusters by one name", Detail: "where the target does not know it, such requests fail", Fix: r.t.ClusterSets,
	})
}
