package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// idle is a route that does not count at a port of a parent, of which a finding tells.
type idle struct {
	attachment
	mark func(*source.Node, string) // as without effect, or as set aside
	why  string
}

// markIdle marks the parents at which routes count at no port at all, and the whole of
// routes that count nowhere.
func (a *attacher) markIdle() {
	for _, i := range a.idle {
		if a.counted[i.parent] {
			continue
		}
		i.mark(i.parent, i.why)
		if !slices.ContainsFunc(i.route.Parents, a.counts) {
			i.mark(i.route.Object.Root, i.why)
		}
	}
}

// counts reports whether a route counts at a parent: in a table, or in what is kept
// verbatim or handled elsewhere.
func (a *attacher) counts(p Parent) bool {
	return a.counted[p.Node] || a.d.Elsewhere != nil && a.d.Elsewhere(p) ||
		slices.ContainsFunc(a.opaque, func(o *intent.Opaque) bool { return o.At == p.Node.Ref() })
}
