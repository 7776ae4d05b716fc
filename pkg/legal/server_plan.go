package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// serverPlan is one server in the making.
type serverPlan struct {
	subject match.Expr
	offers  []offer
	// facts are what is said of each offer.
	facts [][]*intent.Access
	// why says for each offer that is said in part only what could not be said
	// besides single literals; "" is nothing.
	why []string
}

// httpAtom and its absence tell HTTP from other connections.
var httpAtom = match.Atom{Field: match.Protocol, Op: match.Exact, Value: "http"}

// plan writes offers in normal form: grants of the server as a whole, and grants
// in regions.
func (s *servers) plan(subject match.Expr, offers []offer) *serverPlan {
	p := &serverPlan{subject: subject, offers: offers, facts: make([][]*intent.Access, len(offers)), why: make([]string, len(offers))}
	pieces, others := p.split()
	general := p.general(pieces, others)
	pieces = slices.DeleteFunc(pieces, func(q piece) bool {
		return slices.ContainsFunc(general, func(g piece) bool { return q.clients.implies(g.clients) })
	})
	s.grantAll(p, general)
	s.grantParts(p, newPartition(s.target.inbound(), pieces, len(general) > 0))
	return p
}

// split takes alternatives apart: what they admit of HTTP requests, and of other
// connections, where the part is empty.
func (p *serverPlan) split() (requests, others []piece) {
	for i, o := range p.offers {
		for _, c := range o.said {
			q := piece{offer: i,
				part:    c.only(func(l match.Literal) bool { return request(l.Atom.Field) }),
				clients: c.only(func(l match.Literal) bool { return !request(l.Atom.Field) && l.Atom.Field != match.Protocol }),
			}
			if !c.excludes(&match.Literal{Atom: httpAtom}) {
				requests = append(requests, q)
			}
			if !c.entails(&match.Literal{Atom: httpAtom}) {
				others = append(others, piece{offer: i, clients: q.clients})
			}
		}
	}
	return requests, others
}

// general finds the clients of the server as a whole: those whose connections
// are admitted whatever they carry, and all of whose requests are. The others'
// connections that are not HTTP cannot be told from their requests.
func (p *serverPlan) general(requests, others []piece) []piece {
	var out []piece
	for _, q := range others {
		all := slices.ContainsFunc(requests, func(r piece) bool { return len(r.part) == 0 && q.clients.implies(r.clients) })
		switch covered := func(g piece) bool { return q.clients.implies(g.clients) }; {
		case !all:
			p.why[q.offer] = "connections that are not HTTP cannot be let in without all requests"
		case !slices.ContainsFunc(out, covered):
			out = append(out, q)
		}
	}
	return out
}

// grantAll writes the grants of the server as a whole.
func (s *servers) grantAll(p *serverPlan, general []piece) {
	for i := range p.offers {
		var clients []conjunct
		for _, q := range general {
			if q.offer == i {
				clients = append(clients, q.clients)
			}
		}
		s.grant(p, i, nil, clients)
	}
}

// grantParts writes the grants in regions.
func (s *servers) grantParts(p *serverPlan, parts *partition) {
	for _, r := range parts.regions {
		for i := range p.offers {
			s.grantPart(p, i, parts, r)
		}
	}
	for _, q := range parts.pieces {
		if !parts.complete(q) {
			p.why[q.offer] = "some requests are ranked into a route that serves others"
		}
	}
}

// grantPart writes what one offer grants in one region, one fact for those
// clients that are let in for the same requests of it.
func (s *servers) grantPart(p *serverPlan, i int, parts *partition, r *area) {
	var keys []string
	wheres := map[string]match.And{}
	clients := map[string][]conjunct{}
	for _, q := range r.pieces {
		if q.offer != i {
			continue
		}
		where := match.And{httpAtom, r.expr}
		for _, x := range parts.exceptions(r, q) {
			where = append(where, match.Not{X: x})
		}
		if len(where) > 2 && !meet(where, nil) {
			continue // better-ranked routes take all of it
		}
		key := match.Key(where)
		if _, ok := wheres[key]; !ok {
			keys = append(keys, key)
		}
		wheres[key], clients[key] = where, append(clients[key], q.clients)
	}
	for _, key := range keys {
		s.grant(p, i, wheres[key], clients[key])
	}
}

// grant writes the facts of one offer that let clients in somewhere.
func (s *servers) grant(p *serverPlan, i int, where match.And, clients []conjunct) {
	if len(clients) == 0 {
		return
	}
	said, why := clientPredicates(clients, s.shape)
	if why != "" {
		p.why[i] = why
	}
	for _, c := range said {
		fact := *p.offers[i].fact
		fact.Scope, fact.Effect, fact.Provider = intent.Scope{Subject: p.subject}, intent.Allow, ""
		fact.When = match.Simplify(append(slices.Clone(where), c))
		p.facts[i] = append(p.facts[i], &fact)
	}
}

// ownPart is what the plan says of one offer alone. A grant in a region says nothing of
// better-ranked regions that let in the same clients for another offer, so that the fact
// lets them in there as well: that is the other offer's.
func (s *servers) ownPart(p *serverPlan, i int) []*intent.Access {
	own := p.offers[i].when
	out := slices.Clone(p.facts[i])
	for j, f := range out {
		if s.implied(f.When, own) || !s.implied(f.When, admitted(p.offers)) {
			continue // one that lets in more than all offers is left for the check to find
		}
		part := *f
		part.When = match.Conj(f.When, own)
		out[j] = &part
	}
	return out
}

// shape says why clients cannot be said by one fact.
func (s *servers) shape(clients match.Expr) string {
	if s.target.Access.Shape == nil {
		return ""
	}
	return s.target.Access.Shape(intent.Allow, clients)
}

// complete reports whether every request of a piece is granted.
func (p *partition) complete(q piece) bool {
	granted := slices.ContainsFunc(p.regions, func(r *area) bool { return r.grants(q) && q.part.implies(r.when) })
	return granted && !slices.ContainsFunc(p.regions, func(x *area) bool {
		if x.grants(q) {
			return false
		}
		return slices.ContainsFunc(p.regions, func(r *area) bool { return r.grants(q) && p.takes(x, r, q) })
	})
}

// takes reports whether x may win requests of a piece from a region that grants
// it.
func (p *partition) takes(x, r *area, q piece) bool {
	lost := p.wins(x, r)
	if match.IsFalse(lost) {
		return false
	}
	_, answer := match.Overlap(match.And{q.part.expr(), r.expr}, lost)
	return answer != match.No
}
