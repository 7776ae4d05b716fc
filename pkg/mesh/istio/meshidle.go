package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// idleConnections sets aside the rules for connections that come to no table: no port of
// their hosts is declared for them, or none of their matches is for callers in the mesh and
// gateways of the object; and of others the matches for such ports.
func (r *reader) idleConnections(o *source.Object, used map[string]bool, claims []*meshClaim) {
	for _, p := range []intent.Protocol{intent.TLS, intent.TCP} {
		of := slices.DeleteFunc(slices.Clone(claims), func(m *meshClaim) bool { return m.object != o || m.protocol != p })
		key := protocolKeys[p]
		for _, n := range o.Root.Get("spec").Get(key).Items() {
			if ref := n.Ref(); used[ref.Object+ref.Path] {
				r.idleMatches(n, of, strings.ToUpper(key))
				continue
			}
			n.Inert("no port or gateway is for it")
			r.diags.Tell(diag.Inert, "a rule of "+o.Ref().Object+" for connections has no effect", "no port of its hosts is declared for "+strings.ToUpper(key)+", none of its matches is for a port or a gateway of its, or rules before it take all that it is for",
				"declare what the port carries by its name or appProtocol, or remove the rule", n.Ref())
		}
	}
}

// idleMatches sets aside matches of a rule for a port that no host of the object, which is
// for the mesh alone, has for such connections.
func (r *reader) idleMatches(rule *source.Node, of []*meshClaim, kind string) {
	if len(of) == 0 || slices.ContainsFunc(of[0].object.Root.Get("spec").Get("gateways").Items(), func(g *source.Node) bool { return g.Str() != "mesh" }) {
		return
	}
	for _, m := range rule.Get("match").Items() {
		port := m.Get("port")
		if port == nil || slices.ContainsFunc(of, func(c *meshClaim) bool { return c.mayCountAt(port.Int()) }) {
			continue
		}
		m.Inert("no host has the port for it")
		r.diags.Tell(diag.Inert, "a match of "+of[0].object.Ref().Object+" for connections has no effect", "no host of its has the port "+port.Text()+" declared for "+kind,
			"declare what the port carries by its name or appProtocol, or remove the match", m.Ref())
	}
}

// mayCountAt reports whether rules of a claim count at a port of a Service that it is for, or
// that the input does not show.
func (m *meshClaim) mayCountAt(port int) bool {
	services := m.services()
	if len(services) == 0 || isWildcard(m.host) && !m.in.Env.Complete.Services {
		return true
	}
	return slices.ContainsFunc(services, func(s *intent.Service) bool {
		return slices.ContainsFunc(s.Ports, func(p intent.ServicePort) bool {
			return p.Port == port && gatewayapi.CountsInIstio(m.protocol, gatewayapi.DeclaredToIstio(p))
		})
	})
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
