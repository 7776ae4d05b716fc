package decide

import (
	"iter"
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
	// parts are subsets that routes send to, and apart the endpoints of Services that
	// they send to beside their own, which stand for subsets of others.
	parts []policy[T]
	apart map[string]bool
}

type policy[T any] struct {
	callee
	ports []int // of the Service; nil where they are not known
	ruling[T]
	order int
	// addressed says that it is about requests to a host, wherever they then go.
	addressed bool
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

func (p *policies[T]) add(at callee, ports []int, r ruling[T], addressed bool) {
	if p.by == nil {
		p.by = map[string][]policy[T]{}
	}
	x := policy[T]{at, ports, r, len(p.list), addressed}
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
			if name != at.whole || at.whole == at.at.endpoints || all[k].addressed || !p.apart[at.at.endpoints] {
				add(&all[k])
			}
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
	for _, p := range slices.Concat(a.parts, b.parts, a.list, b.list) {
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

// routed notes to which subsets, and to which other Services than their own, routes send.
func (p *policies[T]) routed(s services) {
	p.apart = map[string]bool{}
	for _, t := range s.Routing {
		for b := range sentTo(t) {
			switch {
			case b.Subset != nil || b.SubsetName != "":
				p.parts = append(p.parts, policy[T]{callee: s.callee(b.Host, b.Subset, b.SubsetName, b.Port), ports: portsOf(s.Model, b.Host)})
			case b.Host != t.Host:
				p.apart[s.endpoints(b.Host, nil, "")] = true
			}
		}
	}
}

// sentTo lists the backends of a table's rules, but for copies and fallbacks.
func sentTo(t *intent.Routing) iter.Seq[*intent.Backend] {
	return func(yield func(*intent.Backend) bool) {
		for i := range t.Rules {
			f, _ := t.Rules[i].Then.(intent.Forward)
			for k := range f.To {
				if !yield(&f.To[k]) {
					return
				}
			}
		}
	}
}
