package cilium

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// routeTable reads the routes of all virtual hosts. Envoy chooses one of these by
// the authority, and answers 404 where it has no route for a request: what filters do for
// all requests they do for these, too.
// https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-virtualhost
func (c *configReader) routeTable(n *source.Node, base []filter) *intent.Routing {
	t := &intent.Routing{Else: intent.Respond{Status: 404}}
	unrouted := c.stepsOf(base)
	common := c.headerSteps(n)
	c.bends(n, "vhds", "ignorePortInHostMatching", "ignorePathParametersInPathMatching", "vhostHeader")
	for _, h := range virtualHosts(msg(n, "virtualHosts").Items()) {
		for _, r := range c.virtualHost(h.node, base, common) {
			r.When = match.Conj(h.when, r.When)
			t.Rules = append(t.Rules, r)
		}
		if !match.IsTrue(h.when) {
			from := intent.From(h.node.Ref())
			t.Rules = append(t.Rules, intent.Rule{When: h.when, Steps: unrouted, Then: intent.Respond{Status: 404, From: from}, From: from})
		}
	}
	if len(unrouted) > 0 {
		from := intent.From(n.Ref())
		t.Rules = append(t.Rules, intent.Rule{Steps: unrouted, Then: intent.Respond{Status: 404, From: from}, From: from})
	}
	return t
}

// virtualHost reads the routes of one. Headers are changed for the route first,
// then for its host, then for all.
func (c *configReader) virtualHost(n *source.Node, base []filter, common []intent.Step) []intent.Rule {
	common = slices.Concat(c.headerSteps(n), common)
	base = c.perRoute(msg(n, "typedPerFilterConfig"), base)
	c.bends(n, "matcher", "hedgePolicy")
	if tls := msg(n, "requireTls"); tls != nil && word(tls, "envoy.config.route.v3.VirtualHost.TlsRequirementType") != "NONE" {
		c.fail("requests that are sent to https for their virtual host are not translated")
	}
	var retry *intent.Retry
	if p := msg(n, "retryPolicy"); p != nil {
		retry = c.retryOf(p)
	}
	var out []intent.Rule
	for _, item := range msg(n, "routes").Items() {
		r, ok := c.rule(item, base)
		if !ok {
			continue
		}
		r.Steps = append(r.Steps, common...)
		r = gatewayapi.SharesFirst(r)
		if _, forwards := r.Then.(intent.Forward); forwards && r.Retry == nil {
			r.Retry = retry
		}
		out = append(out, r)
	}
	return out
}

// virtualHost is one with the authorities that it is for.
type virtualHost struct {
	node *source.Node
	when match.Expr // nil is all
	rank hostRank
}

// hostRank orders authorities as Envoy chooses among them: exact ones first, then
// those with a wildcard in front, those with it at the end, and last all; of those
// with a wildcard the longer first.
type hostRank struct{ kind, length int }

// virtualHosts lists them by the authorities that they are for; one may stand
// several times.
func virtualHosts(items []*source.Node) []virtualHost {
	var out []virtualHost
	var all []string
	for _, n := range items {
		for _, d := range msg(n, "domains").Items() {
			all = append(all, strings.ToLower(d.Str()))
		}
	}
	for _, n := range items {
		skipAll(n, "name")
		domains := msg(n, "domains").Items()
		for _, d := range domains {
			if h, ok := domainOf(d, domains, all); ok {
				h.node = n
				out = append(out, h)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b virtualHost) int {
		if a.rank.kind != b.rank.kind {
			return a.rank.kind - b.rank.kind
		}
		return b.rank.length - a.rank.length
	})
	return joined(out)
}

// joined makes one of neighbours that are the same virtual host.
func joined(in []virtualHost) []virtualHost {
	var out []virtualHost
	for _, h := range in {
		if n := len(out); n > 0 && out[n-1].node == h.node && h.when != nil {
			out[n-1].when = match.Disj(out[n-1].when, h.when)
			continue
		}
		out = append(out, h)
	}
	return out
}

// domainOf reads one domain. A host with any port behind it, beside the host by
// itself, is that host, unless other domains are for one of its ports; ok is false for
// the second of the two.
func domainOf(n *source.Node, own []*source.Node, all []string) (h virtualHost, ok bool) {
	d := strings.ToLower(n.Str())
	name := strings.TrimSuffix(d, ":*")
	apart := slices.ContainsFunc(all, func(o string) bool {
		return o != name+":*" && strings.HasPrefix(o, name+":") || strings.HasPrefix(o, "*") && strings.Contains(o, ":")
	})
	has := func(text string) bool {
		return !apart && slices.ContainsFunc(own, func(o *source.Node) bool { return strings.EqualFold(o.Str(), text) })
	}
	a := match.Atom{Field: match.Authority, Value: d, Fold: true, Ref: new(n.Ref())}
	host, anyPort := strings.CutSuffix(d, ":*")
	switch {
	case d == "*":
		return virtualHost{rank: hostRank{3, 0}}, true
	case anyPort && has(host):
		return virtualHost{}, false
	case has(d + ":*"):
		return virtualHost{when: match.Atom{Field: match.Host, Value: d, Ref: new(n.Ref())}, rank: hostRank{0, 0}}, true
	case strings.HasPrefix(d, "*"):
		a.Op, a.Value = match.Suffix, d[1:]
		return virtualHost{when: andMore(a, strings.HasPrefix(a.Value, ".")), rank: hostRank{1, len(d)}}, true
	case strings.HasSuffix(d, "*"):
		a.Op, a.Value = match.Prefix, d[:len(d)-1]
		return virtualHost{when: andMore(a, strings.HasSuffix(a.Value, ".") || strings.HasSuffix(a.Value, ":")), rank: hostRank{2, len(d)}}, true
	}
	return virtualHost{when: a, rank: hostRank{0, 0}}, true
}

// andMore is what a wildcard stands for: at least one letter, besides the rest. That
// goes without saying at a separator, where no name begins or ends.
func andMore(rest match.Atom, separated bool) match.Expr {
	if separated {
		return rest
	}
	alone := rest
	alone.Op = match.Exact
	return match.And{rest, match.Not{X: alone}}
}
