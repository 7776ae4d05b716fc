package istio

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// idleConnections sets aside the rules for connections that come to no table: no port of
// their hosts is declared for them, or none of their matches is for callers in the mesh and
// gateways of the object.
func (r *reader) idleConnections(o *source.Object, used map[string]bool) {
	for _, key := range []string{"tls", "tcp"} {
		for _, n := range o.Root.Get("spec").Get(key).Items() {
			if ref := n.Ref(); !used[ref.Object+ref.Path] {
				n.Inert("no port or gateway is for it")
				r.diags.Tell(diag.Inert, "a rule of "+o.Ref().Object+" for connections has no effect", "no port of its hosts is declared for "+strings.ToUpper(key)+", none of its matches is for a port or a gateway of its, or rules before it take all that it is for",
					"declare what the port carries by its name or appProtocol, or remove the rule", ref)
			}
		}
	}
}

// usedRules are the places of the rules that tables have.
func usedRules(ts []*intent.Routing) map[string]bool {
	out := map[string]bool{}
	for _, t := range ts {
		for i := range t.Rules {
			if from := t.Rules[i].From; len(from) > 0 {
				out[from[0].Object+from[0].Path] = true
			}
		}
	}
	return out
}
