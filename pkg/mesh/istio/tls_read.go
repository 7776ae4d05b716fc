package istio

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
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
	// of is the match that names it.
	of *source.Node
}

// tls lifts the list of TLS routes. Each name of a server is a filter chain of
// its own, of which Envoy takes the one with the most specific name; of equal
// ones, the first is sent to the proxy.
// pilot/pkg/networking/core/tls.go buildSidecarOutboundTLSFilterChainOpts
func (vs *virtualService) tls(n *source.Node) []scopedRule {
	if n == nil {
		return nil
	}
	var rules []scopedRule
	for _, h := range n.Items() {
		rules = append(rules, vs.l4Route(h, intent.TLS))
	}
	return bySpecificName(rules)
}

// bySpecificName puts matches in the order in which they count, each rule in as many
// parts as that takes.
func bySpecificName(rules []scopedRule) []scopedRule {
	lines := []scopedRule{}
	for _, s := range rules {
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
// server, whichever host of the object it belongs to. Of all that a match says beside
// only the port and the gateways count there, and none of its names does where one is
// named before at the port.
// pilot/pkg/networking/core/gateway.go buildGatewayNetworkFiltersFromTLSRoutes
func (vs *virtualService) entryTLS(c *claims, entry intent.Name, spec *source.Node, rules []scopedRule) {
	matches := inOrder(rules, spec)
	e := entryNamed(vs.m, entry)
	if e == nil {
		vs.passesUnseen(c, entry, matches)
		return
	}
	any := false
	var live []livingName
	for _, port := range servingPorts(e, intent.TLS) {
		takes := func(l intent.Listener) bool {
			return l.Port == port && l.Serves(intent.TLS) && vs.taken(e, &l) && overlaps(l.Hosts, spec.Get("hosts").Items())
		}
		if !slices.ContainsFunc(e.Listeners, takes) {
			continue
		}
		for _, m := range matches {
			names, isFor := vs.passesTLS(c, e, port, m)
			any, live = any || isFor, append(live, names...)
		}
	}
	slices.SortStableFunc(live, func(a, b livingName) int { return compareNames(a.name, b.name) })
	for _, n := range live {
		vs.entryTable(c, entry, vs.passing(n))
	}
	if len(matches) > 0 && !any {
		vs.noServer(entry, "TLS", spec.Get("tls"))
	}
}

// livingName is a name of a match that leads somewhere at a port; 0 is any.
type livingName struct {
	name  *serverName
	match namedMatch
	port  int
}

// namedMatch is a match of TLS with all its names, as a rule of its own.
type namedMatch struct {
	rule  intent.Rule
	match scopedMatch
	names []*serverName
}

// inOrder are the matches of an object for TLS, as they stand there.
func inOrder(rules []scopedRule, spec *source.Node) []namedMatch {
	of := map[*source.Node]*namedMatch{}
	for _, s := range rules {
		for _, m := range s.matches {
			if m.server == nil { // of an object that is rejected
				continue
			}
			if of[m.server.of] == nil {
				of[m.server.of] = &namedMatch{rule: s.rule, match: m}
			}
			of[m.server.of].names = append(of[m.server.of].names, m.server)
		}
	}
	var out []namedMatch
	for _, h := range spec.Get("tls").Items() {
		for _, m := range h.Get("match").Items() {
			if of[m] != nil {
				out = append(out, *of[m])
			}
		}
	}
	return out
}

// namedAt is a name of TLS that an object routes at a port of a gateway.
type namedAt struct {
	name  string
	port  int
	entry *intent.Entry
	by    *source.Object
	match *source.Node
	// all says that the match names all servers.
	all bool
}

// passesTLS lists the names of a match that lead somewhere at a port, if it is for it.
func (vs *virtualService) passesTLS(c *claims, e *intent.Entry, port int, m namedMatch) (names []livingName, isFor bool) {
	if !vs.isFor(m.match, e.Name) || match.IsFalse(match.Restrict(m.match.server.rest, match.ServicePort, "", strconv.Itoa(port), true)) {
		return nil, false
	}
	for _, n := range m.names {
		for _, before := range c.named {
			if before.name == n.text && before.port == port && alwaysTogether(before.entry, e) {
				vs.namedBefore(before, e, m)
				return nil, true
			}
		}
	}
	for _, n := range m.names {
		c.named = append(c.named, namedAt{n.text, port, e, vs.object, m.match.server.of, slices.ContainsFunc(m.names, func(n *serverName) bool { return n.text == "*" })})
		names = append(names, livingName{n, m, port})
	}
	return names, true
}

// passing is the table of a name of TLS.
func (vs *virtualService) passing(n livingName) *intent.Routing {
	rule := n.match.rule.Clone()
	rule.When = match.True
	t := vs.table(intent.Host{DNS: n.name.text}, intent.TLS, []intent.Rule{rule})
	t.Port, t.From = n.port, append(t.From, n.name.ref)
	vs.pinned[t] = someField(n.name.rest, []match.Field{match.ServicePort})
	return t
}

// passesUnseen adds tables for a gateway that the input does not show.
func (vs *virtualService) passesUnseen(c *claims, entry intent.Name, matches []namedMatch) {
	for _, m := range matches {
		if !vs.isFor(m.match, entry) {
			continue
		}
		ports, all := portsNamed([]match.Expr{onlyFields(m.match.server.rest, match.ServicePort)})
		if all {
			ports = []int{0}
		}
		for _, p := range ports {
			for _, n := range m.names {
				vs.entryTable(c, entry, vs.passing(livingName{n, m, p}))
			}
		}
	}
}

// namedBefore tells of a match that has no part in a port, since one of its names is routed there.
func (vs *virtualService) namedBefore(before namedAt, e *intent.Entry, m namedMatch) {
	vs.diags.Tell(diag.HostClaimedTwice, before.name+" at port "+strconv.Itoa(before.port)+" of "+e.Name.String()+" is routed before, by "+before.by.Ref().Object,
		"Istio passes over all names of the match there", "name it in one match only", m.match.server.of.Ref())
}
