package istio

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// serverName is a name that clients of TLS ask for, with what a match says
// beside.
type serverName struct {
	text string
	ref  place.Ref
	rest match.Expr
}

// tls lifts the list of TLS routes. Each name of a server is a filter chain of
// its own, of which Envoy takes the one with the most specific name; of equal
// ones, the first is sent to the proxy.
// pilot/pkg/networking/core/tls.go buildSidecarOutboundTLSFilterChainOpts
func (vs *virtualService) tls(n *source.Node) []scopedRule {
	if n == nil {
		return nil
	}
	lines := []scopedRule{}
	for _, h := range n.Items() {
		s := vs.l4Route(h, intent.TLS)
		for _, m := range s.matches {
			line := scopedRule{s.rule, []scopedMatch{m}}
			line.rule.When = m.when
			lines = append(lines, line)
		}
	}
	slices.SortStableFunc(lines, func(a, b scopedRule) int {
		return compareNames(a.matches[0].server, b.matches[0].server)
	})
	return togetherAgain(lines)
}

// compareNames puts exact names before wildcards, and longer ones of these before
// shorter ones.
func compareNames(a, b *serverName) int {
	if a == nil || b == nil {
		return 0
	}
	wildA, wildB := strings.HasPrefix(a.text, "*"), strings.HasPrefix(b.text, "*")
	switch {
	case wildA && wildB:
		return cmp.Compare(len(b.text), len(a.text))
	case wildA:
		return 1
	case wildB:
		return -1
	}
	return 0
}

// togetherAgain joins neighbours that stem from one rule.
func togetherAgain(lines []scopedRule) []scopedRule {
	out := lines[:0]
	for _, l := range lines {
		if last := len(out) - 1; last >= 0 && out[last].rule.From[0] == l.rule.From[0] {
			out[last].matches = append(out[last].matches, l.matches...)
			out[last].rule.When = condition(out[last].matches)
			continue
		}
		out = append(out, l)
	}
	return out
}

// entryTLS adds the tables for TLS through a gateway: one for each name of a
// server, whichever host of the object it belongs to.
// pilot/pkg/networking/core/gateway.go buildGatewayNetworkFiltersFromTLSRoutes
func (vs *virtualService) entryTLS(c *claims, entry intent.Name, spec *source.Node, rules []scopedRule) {
	byName := map[string]*intent.Routing{}
	var tables []*intent.Routing
	for _, s := range rules {
		for _, m := range s.matches {
			if m.server == nil || !vs.isFor(m, entry) {
				continue
			}
			t := byName[m.server.text]
			if t == nil {
				t = vs.table(intent.Host{DNS: m.server.text}, intent.TLS, nil)
				byName[m.server.text] = t
				tables = append(tables, t)
			}
			rule := s.rule.Clone()
			rule.When = m.server.rest
			t.Rules, t.From = append(t.Rules, rule), append(t.From, m.server.ref)
		}
	}
	any, e := false, entryNamed(vs.m, entry)
	for _, t := range tables {
		any = vs.entryPorts(c, entry, t, func(l *intent.Listener) bool {
			return vs.taken(e, l) && overlaps(l.Hosts, spec.Get("hosts").Items())
		}) || any
	}
	if len(tables) > 0 && !any {
		vs.noServer(entry, "TLS", spec.Get("tls"))
	}
}
