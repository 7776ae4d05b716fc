package istio

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// entryTable adds the table of a host for requests through a gateway, which knows a Service
// by its DNS name alone. Tables of one host are joined in order, catch-all rules last.
func (vs *virtualService) entryTable(c *claims, entry intent.Name, t *intent.Routing) {
	t = vs.atGateway(t, entry)
	t.Entry = entry
	t.Host = intent.Host{DNS: vs.in.Env.DNS(t.Host)}
	t.Else = unroutedAt(t.Protocol)
	if t.Host.DNS == "*" {
		t.Host = intent.Host{}
	}
	if t.Port != 0 {
		t.Rules = untilCatchAll(t.Rules, t.Port)
	}
	claim := gatewayClaim{entry, t.Host, t.Port, t.Protocol}
	old := c.gateway[claim]
	if old == nil {
		c.gateway[claim] = t
		vs.m.Routing = append(vs.m.Routing, t)
		return
	}
	for i := range t.Rules {
		t.Rules[i].Home = t.Home
	}
	for i := range old.Rules {
		if old.Rules[i].Home == nil {
			old.Rules[i].Home = old.Home
		}
	}
	old.Rules, old.From = append(old.Rules, t.Rules...), append(old.From, t.From...)
	slices.SortStableFunc(old.Rules, func(a, b intent.Rule) int { return catchAllRank(a, t.Port) - catchAllRank(b, t.Port) })
	vs.add(diag.HostClaimedTwice, t.Host.String()+" is routed by two VirtualServices through "+entry.String(), "keep the host in one of them", t.From...)
}

// untilCatchAll are the rules of an object up to that which takes all that is asked of a port,
// and those for other ports, which are nothing here.
// pilot/pkg/networking/core/route/route.go BuildHTTPRoutesForVirtualService
func untilCatchAll(rules []intent.Rule, port int) []intent.Rule {
	i := slices.IndexFunc(rules, func(r intent.Rule) bool { return catchAllRank(r, port) > 0 })
	if i < 0 {
		return rules
	}
	elsewhere := slices.DeleteFunc(slices.Clone(rules[i+1:]), func(r intent.Rule) bool { return len(atPort([]intent.Rule{r}, port)) > 0 })
	return slices.Concat(rules[:i+1], elsewhere)
}

// catchAllRank is 1 for a rule that takes all that is asked of a port. Istio knows one by its
// path, of which "/" and the pattern ".*" are all.
// pilot/pkg/networking/core/route/route.go IsCatchAllRoute
func catchAllRank(r intent.Rule, port int) int {
	all := match.Map(r.When, func(a match.Atom) match.Expr {
		if a.Field == match.Path && a.Op == match.Regex && a.Value == ".*" {
			return match.True
		}
		return nil
	})
	if port != 0 {
		all = match.Restrict(all, match.ServicePort, "", strconv.Itoa(port), true)
	}
	if match.IsTrue(match.Simplify(all)) {
		return 1
	}
	return 0
}

// table makes a table whose unmatched requests get no route: 404 for HTTP.
func (vs *virtualService) table(host intent.Host, p intent.Protocol, rules []intent.Rule) *intent.Routing {
	return &intent.Routing{
		Home: vs.home, Host: host, Protocol: p, Rules: slices.Clone(rules), Else: unrouted(p), From: intent.From(vs.object.Ref()),
	}
}

// unrouted is what becomes of traffic in the mesh that no rule takes: HTTP gets 404,
// connections of TLS go the way of those that the client is not told of, and others go on to
// the Service.
// pilot/pkg/networking/core/listener_builder.go buildOutboundCatchAllNetworkFiltersOnly
func unrouted(p intent.Protocol) intent.Action {
	if p == intent.HTTP {
		return intent.Respond{Status: 404}
	}
	return intent.Passthrough{AsUnknown: p == intent.TLS}
}

// unroutedAt is what becomes of traffic at a gateway that no rule takes: HTTP gets
// 404, other connections are closed.
func unroutedAt(p intent.Protocol) intent.Action {
	if p == intent.HTTP {
		return intent.Respond{Status: 404}
	}
	return intent.Forward{}
}
