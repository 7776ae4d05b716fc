package decide

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// peer is whom a policy of the calling side is about.
type peer struct {
	endpoints string // as services.endpoints names them; "" for every host
	port      int
	client    string // the key of the clients' predicate
}

func (p peer) String() string {
	s := p.endpoints
	if s == "" {
		s = "every host"
	}
	if p.port != 0 {
		s += ":" + itoa(p.port)
	}
	return s
}

// policies are facts in order, each with its peer, found by peer.
type policies[T any] struct {
	list []policy[T]
	by   map[string][]policy[T] // by endpoints
}

type policy[T any] struct {
	peer  peer
	whole string // the endpoints of the host without its subset
	ports []int  // of the Service; nil where they are not known
	fact  T
	order int
}

func (p *policies[T]) add(at peer, whole string, ports []int, fact T) {
	if p.by == nil {
		p.by = map[string][]policy[T]{}
	}
	x := policy[T]{at, whole, ports, fact, len(p.list)}
	p.list = append(p.list, x)
	p.by[at.endpoints] = append(p.by[at.endpoints], x)
}

// find returns the fact that decides for a peer of a host: the first that is
// about its endpoints, about all of its host, or about every host, at its port
// or at all, for its clients or for all.
func (p *policies[T]) find(at peer, whole string) (fact T, ok bool) {
	best := -1
	for _, name := range []string{at.endpoints, whole, ""} {
		for _, x := range p.by[name] {
			if (x.peer.port == 0 || x.peer.port == at.port) && (x.peer.client == anyClient || x.peer.client == at.client) && (best < 0 || x.order < best) {
				best, fact, ok = x.order, x.fact, true
			}
		}
	}
	return fact, ok
}

var anyClient = match.Key(match.True)

// each visits every peer that some fact of two models is about, sorted, with the
// fact that decides on either side.
func each[T any](a, b *policies[T], visit func(at peer, x, y T)) {
	type place struct {
		at          peer
		whole, text string
	}
	seen := map[peer]bool{}
	var peers []place
	add := func(at peer, whole string) {
		if !seen[at] {
			seen[at] = true
			peers = append(peers, place{at, whole, at.String()})
		}
	}
	for _, p := range slices.Concat(a.list, b.list) {
		if p.peer.port != 0 || len(p.ports) == 0 {
			add(p.peer, p.whole)
			continue
		}
		for _, port := range p.ports {
			at := p.peer
			at.port = port
			add(at, p.whole)
		}
	}
	slices.SortFunc(peers, func(x, y place) int { return strings.Compare(x.text, y.text) })
	for _, p := range peers {
		x, _ := a.find(p.at, p.whole)
		y, _ := b.find(p.at, p.whole)
		visit(p.at, x, y)
	}
}

// upstream compares how endpoints are treated.
func (c *comparison) upstream() {
	a, b := upstreams(c.a), upstreams(c.b)
	each(a, b, func(at peer, x, y *intent.Upstream) {
		if x == nil && y == nil && !c.o.Scopes {
			return
		}
		scope := "calls to " + at.String()
		ba, bb := c.blocks(x, c.a.Baseline), c.blocks(y, c.b.Baseline)
		for i, aspect := range blockAspects {
			if ba[i] == bb[i] {
				c.same(text(scope), aspect)
				continue
			}
			c.add(Difference{Aspect: aspect, Verdict: Different, Scope: scope, A: ba[i], B: bb[i], FromA: upstreamOrigin(x), FromB: upstreamOrigin(y)})
		}
	})
}

var blockAspects = [...]intent.Aspect{intent.Balancing, intent.Limiting, intent.Ejecting, intent.Retrying}

func upstreamOrigin(u *intent.Upstream) intent.Origin {
	if u == nil {
		return nil
	}
	return u.From
}

func upstreams(m *intent.Model) *policies[*intent.Upstream] {
	s, out := servicesOf(m), &policies[*intent.Upstream]{}
	for _, u := range m.Upstream {
		at := peer{port: u.Port, client: match.Key(u.Scope.Client)}
		whole := ""
		if u.Host != (intent.Host{}) {
			at.endpoints, whole = s.endpoints(u.Host, u.Subset, u.SubsetName), s.endpoints(u.Host, nil, "")
		}
		out.add(at, whole, portsOf(m, u.Host), u)
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
func (c *comparison) blocks(u *intent.Upstream, base intent.Baseline) [len(blockAspects)]string {
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
	a, b := dials(c.a), dials(c.b)
	each(a, b, func(at peer, x, y *intent.Transport) {
		ta, tb := dialText(x), dialText(y)
		scope := scopeText(func() string { return "connections to " + at.String() })
		if ta == tb {
			c.same(scope, intent.Securing)
			return
		}
		var fa, fb intent.Origin
		if x != nil {
			fa = x.From
		}
		if y != nil {
			fb = y.From
		}
		c.add(Difference{Aspect: intent.Securing, Verdict: Different, Scope: scope(), A: ta, B: tb, FromA: fa, FromB: fb})
	})
}

func dials(m *intent.Model) *policies[*intent.Transport] {
	s, out := servicesOf(m), &policies[*intent.Transport]{}
	for _, t := range m.Transport {
		if t.Side != intent.Dialled {
			continue
		}
		at := peer{port: t.Port, client: match.Key(t.Scope.Client)}
		whole := ""
		if t.Host != (intent.Host{}) {
			at.endpoints, whole = s.endpoints(t.Host, t.Subset, t.SubsetName), s.endpoints(t.Host, nil, "")
		}
		out.add(at, whole, portsOf(m, t.Host), t)
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
