package decide

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// upstream compares how endpoints are treated.
func (c *comparison) upstream() {
	if len(c.a.Upstream)+len(c.b.Upstream) == 0 {
		return
	}
	each(c.upstreams(c.a), c.upstreams(c.b), c.behind, func(at peer, x, y []ruling[*intent.Upstream]) {
		if !c.o.Scopes && plainly(x) && plainly(y) {
			return
		}
		for i, aspect := range blockAspects {
			say := func(u *intent.Upstream) (string, intent.Origin) { return blocks(u)[i], upstreamOrigin(u) }
			c.called("calls to "+at.String(), aspect, treatments(x, say), treatments(y, say))
		}
	})
}

// plainly reports whether policies leave all to the mesh.
func plainly(us []ruling[*intent.Upstream]) bool {
	return !slices.ContainsFunc(us, func(r ruling[*intent.Upstream]) bool { return blocks(r.fact) != blocks(nil) })
}

var blockAspects = [...]intent.Aspect{intent.Balancing, intent.Limiting, intent.Ejecting, intent.Retrying}

func upstreamOrigin(u *intent.Upstream) intent.Origin {
	if u == nil {
		return nil
	}
	return u.From
}

func (c *comparison) upstreams(m *intent.Model) *policies[*intent.Upstream] {
	s, out := c.services(m), &policies[*intent.Upstream]{}
	if len(m.Visible) > 0 && len(m.Upstream) > 0 {
		hiddenRulings(m, s, out, hostsOf(m.Upstream, func(u *intent.Upstream) intent.Host { return u.Host }), nil, match.False)
	}
	for _, u := range m.Upstream {
		out.add(s.callee(u.Host, u.Subset, u.SubsetName, u.Port), portsOf(m, u.Host), ruling[*intent.Upstream]{match.Simplify(u.Scope.Client), u}, u.At == intent.AtParent)
	}
	if len(out.list) > 0 {
		out.routed(s)
	}
	return out
}

// hostsOf are the hosts that some facts are about.
func hostsOf[T any](facts []T, host func(T) intent.Host) []intent.Host {
	out := make([]intent.Host, 0, len(facts))
	for _, f := range facts {
		out = append(out, host(f))
	}
	return out
}

// portsOf are the ports of a host that is a Service of the input.
func portsOf(m *intent.Model, h intent.Host) []int {
	s := m.Service(h.Service)
	if s == nil {
		return nil
	}
	var out []int
	for _, p := range s.Ports {
		out = append(out, p.Port)
	}
	return out
}

// blocks writes the blocks of a policy; what is not said is the mesh's own.
func blocks(u *intent.Upstream) [len(blockAspects)]string {
	const own = "the mesh's own"
	out := [len(blockAspects)]string{own, own, own, own}
	if u == nil {
		return out
	}
	if u.Balance != nil {
		out[0] = cmp.Or(intent.Describe(u.Balance), own)
	}
	if u.Limits != nil && !u.Limits.Empty() {
		out[1] = intent.Describe(u.Limits)
	}
	if u.Outlier != nil {
		out[2] = intent.Describe(u.Outlier)
	}
	if u.RetryBudget != nil {
		out[3] = intent.Describe(u.RetryBudget)
	}
	return out
}

// dialled compares how callers secure their connections.
func (c *comparison) dialled() {
	say := func(t *intent.Transport) (string, intent.Origin) {
		if t == nil {
			return dialText(t), nil
		}
		return dialText(t), t.From
	}
	hosts := c.hiddenHosts()
	each(c.dials(c.a, hosts), c.dials(c.b, hosts), c.behindName, func(at peer, x, y []ruling[*intent.Transport]) {
		c.called("connections to "+at.String(), intent.Securing, treatments(x, say), treatments(y, say))
	})
}

// hiddenHosts are hosts of which clients may not be told, whose connections then go as if
// there were no mesh: those that facts name, and those that visibility compares where it
// is not alike.
func (c *comparison) hiddenHosts() []intent.Host {
	if len(c.a.Visible)+len(c.b.Visible) == 0 {
		return nil
	}
	var out []intent.Host
	if !likeVisible(c.a, c.b) {
		out = c.shownHosts()
	}
	for _, m := range []*intent.Model{c.a, c.b} {
		named := hostsOf(m.Transport, func(t *intent.Transport) intent.Host { return t.Host })
		out = append(out, slices.DeleteFunc(named, intent.Host.Wide)...)
	}
	return out
}

// dials are the facts of one side about how callers secure connections; hidden are hosts of
// which some may not be told, and then send plaintext if anything.
func (c *comparison) dials(m *intent.Model, hidden []intent.Host) *policies[*intent.Transport] {
	s, out := c.services(m), &policies[*intent.Transport]{}
	if len(m.Visible) > 0 {
		hiddenRulings(m, s, out, hidden, &intent.Transport{Side: intent.Dialled, Mode: intent.Plain}, intent.Denied(m.Egress))
	}
	for _, t := range m.Transport {
		if t.Side != intent.Dialled {
			continue
		}
		out.add(s.callee(t.Host, t.Subset, t.SubsetName, t.Port), portsOf(m, t.Host), ruling[*intent.Transport]{match.Simplify(t.Scope.Client), t}, true)
	}
	return out
}

func dialText(t *intent.Transport) string {
	if t == nil {
		return intent.Auto.String()
	}
	text := t.Mode.String()
	if t.Originate != nil {
		text += " " + intent.Describe(t.Originate)
	}
	return text
}
