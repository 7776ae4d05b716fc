package consul

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// gatewayBounds are how an ingress-gateway treats the instances of one service, or of
// all that it says nothing else of.
type gatewayBounds struct {
	limits  *intent.Limits
	outlier *intent.Outlier
}

// bounds reads them. 0 is the proxy's own, and ejection that is never enforced is always.
// agent/xds/clusters.go configIngressUpstreamCluster,
// agent/xds/config/config.go ToOutlierDetection
func (g *ingressGateway) bounds(n value) gatewayBounds {
	l := intent.Limits{}
	for _, f := range []struct {
		name    string
		to      **int
		setting intent.Setting
	}{
		{"maxConnections", &l.MaxConnections, intent.SettingConnections}, {"maxPendingRequests", &l.MaxPending, intent.SettingPending},
		{"maxConcurrentRequests", &l.MaxRequests, intent.SettingRequests},
	} {
		v := n.get(f.name)
		switch at := v.optionalCount(); {
		case at == nil:
		case *at == 0:
			v.Node.Skip(sameAsNone)
		default:
			*f.to = at
			l.At.Note(f.setting, v.Node.Ref())
			l.From = append(l.From, v.Node.Ref())
		}
	}
	var out gatewayBounds
	if !l.Empty() {
		out.limits = &l
	}
	if check := n.get("passiveHealthCheck"); !check.missing() {
		out.outlier = ejection(check)
		g.enforced(check.get("enforcingConsecutive5xx"))
	}
	return out
}

// enforced reads which share of ejections is carried out: a gateway is not told of
// none.
func (g *ingressGateway) enforced(v value) {
	if v.missing() {
		return
	}
	switch share := v.percent(); {
	case share == nil:
	case *share == 0:
		g.inert(v.Node, "that no ejection is carried out reaches no ingress gateway, which carries out all")
	case *share < 100:
		g.beyond = "it leaves failing instances out by chance"
	default:
		v.Node.Skip("all ejections are carried out anyway")
	}
}

// over fills what one service leaves open by what is said of all, setting by setting.
func (b gatewayBounds) over(all gatewayBounds) gatewayBounds {
	switch {
	case b.limits == nil:
		b.limits = all.limits
	case all.limits != nil:
		l := *b.limits
		l.MaxConnections, l.MaxPending, l.MaxRequests = cmp.Or(l.MaxConnections, all.limits.MaxConnections), cmp.Or(l.MaxPending, all.limits.MaxPending), cmp.Or(l.MaxRequests, all.limits.MaxRequests)
		l.At, l.From = slices.Concat(l.At, all.limits.At), slices.Concat(l.From, all.limits.From)
		b.limits = &l
	}
	switch {
	case b.outlier == nil:
		b.outlier = all.outlier
	case all.outlier != nil:
		o := *b.outlier
		o.Consecutive5xx, o.MaxPercent = cmp.Or(o.Consecutive5xx, all.outlier.Consecutive5xx), cmp.Or(o.MaxPercent, all.outlier.MaxPercent)
		o.Interval, o.BaseEjection = cmp.Or(o.Interval, all.outlier.Interval), cmp.Or(o.BaseEjection, all.outlier.BaseEjection)
		o.At, o.From = slices.Concat(o.At, all.outlier.At), slices.Concat(o.From, all.outlier.From)
		b.outlier = &o
	}
	return b
}

// text is equal for those that say the same.
func (b gatewayBounds) text() string {
	out := ""
	if b.limits != nil {
		out = intent.Describe(b.limits)
	}
	if b.outlier != nil {
		out += intent.Describe(b.outlier)
	}
	return out
}

// from is where they are said.
func (b gatewayBounds) from() (out intent.Origin) {
	if b.limits != nil {
		out = append(out, b.limits.From...)
	}
	if b.outlier != nil {
		out = append(out, b.outlier.From...)
	}
	return out
}

// treat lifts how the gateway treats all that the chain of one of its services leads to.
// Where two services lead to the same instances and differ, either may count.
func (g *ingressGateway) treat(s service, b gatewayBounds, rules []intent.Rule) {
	if b.limits != nil && standsIn(rules) {
		g.broken, g.beyond = true, "it limits what goes to "+s.name+", for which others stand in: Consul's server breaks off before it tells the gateway anything"
	}
	for _, h := range reached(rules) {
		if old, treated := g.treated[h]; treated {
			if old != b.text() {
				g.beyond = "it treats " + h.String() + " in several ways, of which either may count"
			}
			continue
		}
		g.treated[h] = b.text()
		if b.limits == nil && b.outlier == nil {
			continue
		}
		client, _ := g.names.client(g.own(g.object), g.object.Ref())
		u := &intent.Upstream{Home: g.entry.Home, Scope: intent.Scope{Client: client}, Host: h, Limits: b.limits, Outlier: b.outlier, From: b.from()}
		if own := g.providedFor(h); own != nil {
			g.complete(u, own)
			g.entered[s] = true
		}
		g.m.Upstream = append(g.m.Upstream, u)
	}
}

// standsIn reports whether rules have instances that stand in for others. The server
// fails to limit the cluster of both.
// agent/xds/clusters.go configIngressUpstreamCluster, which has it that each cluster has
// circuit breakers
func standsIn(rules []intent.Rule) bool {
	return slices.ContainsFunc(rules, func(rule intent.Rule) bool {
		return slices.ContainsFunc(rule.Then.(intent.Forward).To, func(b intent.Backend) bool { return len(b.Fallback) > 0 })
	})
}

// reached are the hosts that rules lead to, in order.
func reached(rules []intent.Rule) (out []intent.Host) {
	add := func(b intent.Backend) {
		if !slices.Contains(out, b.Host) {
			out = append(out, b.Host)
		}
	}
	for _, rule := range rules {
		for _, b := range rule.Then.(intent.Forward).To {
			add(b)
			for _, f := range b.Fallback {
				add(f)
			}
		}
	}
	return out
}

// providedFor is what the service of a host says itself of how it is treated.
func (g *ingressGateway) providedFor(h intent.Host) *intent.Upstream {
	for _, s := range sortedServices(g.resolvers) {
		if g.names.host(s) == h {
			return g.provided(s)
		}
	}
	return nil
}
