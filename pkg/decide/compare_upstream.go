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
	wild []policy[T]            // those for the names that a wildcard stands for
}

type policy[T any] struct {
	callee
	ports []int // of the Service; nil where they are not known
	ruling[T]
	order int
}

// callee is a peer with the names by which facts know it.
type callee struct {
	at    peer
	whole string // the endpoints of the host without its subset
	dns   string // the full name of the host, which may be a wildcard; "" for every host
}

// ruling is a fact and the clients that it is about.
type ruling[T any] struct {
	client match.Expr
	fact   T
}

func (p *policies[T]) add(at callee, ports []int, r ruling[T]) {
	if p.by == nil {
		p.by = map[string][]policy[T]{}
	}
	x := policy[T]{at, ports, r, len(p.list)}
	p.list = append(p.list, x)
	if at.wild() {
		p.wild = append(p.wild, x)
		return
	}
	p.by[at.at.endpoints] = append(p.by[at.at.endpoints], x)
}

// wild reports whether a callee stands for the names that end alike.
func (s callee) wild() bool { return strings.HasPrefix(s.dns, "*") }

// find lists the facts that may decide for a peer of a host, in order, as far as one
// that is about all clients: those about its endpoints, about all of its host, about
// names that its own is one of, or about every host, at its port or at all.
func (p *policies[T]) find(at callee) []ruling[T] {
	var few [4]*policy[T]
	found := few[:0]
	add := func(x *policy[T]) {
		if x.at.port == 0 || x.at.port == at.at.port {
			found = append(found, x)
		}
	}
	names := [...]string{at.at.endpoints, at.whole, ""}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			continue
		}
		all := p.by[name]
		for k := range all {
			add(&all[k])
		}
	}
	for k := range p.wild {
		if at.dns != "" && intent.CoversName(p.wild[k].dns, at.dns) {
			add(&p.wild[k])
		}
	}
	slices.SortFunc(found, func(x, y *policy[T]) int { return x.order - y.order })
	if i := slices.IndexFunc(found, func(x *policy[T]) bool { return match.IsTrue(x.client) }); i >= 0 {
		found = found[:i+1]
	}
	out := make([]ruling[T], 0, len(found))
	for _, x := range found {
		out = append(out, x.ruling)
	}
	return out
}

// each visits every peer that some fact of two models is about, sorted, with the
// facts that decide on either side. behind tells what a wildcard stands for.
func each[T any](a, b *policies[T], behind func(callee) []callee, visit func(at peer, x, y []ruling[T])) {
	type place struct {
		callee
		text string
	}
	seen := map[peer]bool{}
	var peers []place
	add := func(s callee) {
		if !seen[s.at] {
			seen[s.at] = true
			peers = append(peers, place{s, s.at.String()})
		}
	}
	for _, p := range slices.Concat(a.list, b.list) {
		switch {
		case p.dns == "" && len(a.by[""]) > 0 && len(b.by[""]) > 0:
			add(p.callee)
		case p.wild() || p.dns == "":
			for _, s := range behind(p.callee) {
				add(s)
			}
		case p.at.port != 0 || len(p.ports) == 0:
			add(p.callee)
		default:
			for _, port := range p.ports {
				s := p.callee
				s.at.port = port
				add(s)
			}
		}
	}
	slices.SortFunc(peers, func(x, y place) int { return strings.Compare(x.text, y.text) })
	for _, p := range peers {
		visit(p.at, a.find(p.callee), b.find(p.callee))
	}
}

// upstream compares how endpoints are treated.
func (c *comparison) upstream() {
	if len(c.a.Upstream)+len(c.b.Upstream) == 0 {
		return
	}
	each(upstreams(c.a), upstreams(c.b), c.behind, func(at peer, x, y []ruling[*intent.Upstream]) {
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

func upstreams(m *intent.Model) *policies[*intent.Upstream] {
	s, out := servicesOf(m), &policies[*intent.Upstream]{}
	for _, u := range m.Upstream {
		out.add(s.callee(u.Host, u.Subset, u.SubsetName, u.Port), portsOf(m, u.Host), ruling[*intent.Upstream]{match.Simplify(u.Scope.Client), u})
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
	each(dials(c.a), dials(c.b), c.behindName, func(at peer, x, y []ruling[*intent.Transport]) {
		c.called("connections to "+at.String(), intent.Securing, treatments(x, say), treatments(y, say))
	})
}

func dials(m *intent.Model) *policies[*intent.Transport] {
	s, out := servicesOf(m), &policies[*intent.Transport]{}
	for _, t := range m.Transport {
		if t.Side != intent.Dialled {
			continue
		}
		out.add(s.callee(t.Host, t.Subset, t.SubsetName, t.Port), portsOf(m, t.Host), ruling[*intent.Transport]{match.Simplify(t.Scope.Client), t})
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
