package legal

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// manyTerms bounds the alternatives of one fact.
const manyTerms = 256

// others is the key of the clients without a name.
const others = "*"

// sources tells what each client may do at a server: those for whom it is not
// what it is for all others, and these.
func (n *namer) sources(p Party, deny, allow []*intent.Access) []Source {
	rest := n.source(p, nil, deny, allow)
	key := rest.key()
	var out []Source
	for _, i := range n.concerned(slices.Concat(deny, allow)) {
		if n.parties[i].Client == nil {
			continue
		}
		s := n.source(p, &n.parties[i], deny, allow)
		if s.key() != key {
			out = append(out, s)
			continue
		}
		n.covered(s.Deny, rest.Deny)
		n.covered(s.Allow, rest.Allow)
	}
	return append(out, rest)
}

// covered takes note of facts about a client that is not named, since other facts
// say the same of all others.
func (n *namer) covered(own, others []Share) {
	silent, wider := factsWithout(own, others), factsWithout(others, own)
	for _, a := range silent {
		n.eclipsed[a] = true
	}
	for _, a := range wider {
		if n.replaces == nil {
			n.replaces = map[*intent.Access][]*intent.Access{}
		}
		n.replaces[a] = append(n.replaces[a], silent...)
	}
}

// factsWithout are the facts of shares that are not among those of others.
func factsWithout(shares, others []Share) (out []*intent.Access) {
	for _, share := range shares {
		if !slices.ContainsFunc(others, func(x Share) bool { return x.Fact == share.Fact }) {
			out = append(out, share.Fact)
		}
	}
	return out
}

// namedSources tells what each client that has a name may do at a server where
// others may do nothing, since ports are denied that an open server would open.
func (n *namer) namedSources(p Party, deny, allow []*intent.Access) []Source {
	const why = "a server that lets everyone in does so at all ports"
	n.grow(why)
	for _, a := range allow {
		n.lose(a, reason{why, sayOtherwise})
	}
	for _, a := range deny {
		n.eclipsed[a] = n.eclipsed[a] || n.share(p, a, nil).Requests != nil
	}
	var out []Source
	for i := range n.parties {
		if n.parties[i].Client != nil {
			out = append(out, n.source(p, &n.parties[i], deny, allow))
		}
	}
	return append(out, Source{})
}

// key is equal for clients that may do the same.
func (s Source) key() string {
	var b strings.Builder
	for _, list := range [][]Share{s.Deny, s.Allow} {
		for _, share := range list {
			b.WriteString(match.Key(share.when()) + ";")
			if share.Others {
				b.WriteString("others;")
			}
		}
		b.WriteString("|")
	}
	return b.String()
}

// source is what one client may do, or all that have no name.
func (n *namer) source(p Party, client *Party, deny, allow []*intent.Access) Source {
	s := Source{Party: client}
	for _, a := range deny {
		if share := n.share(p, a, client); share.Requests != nil {
			s.Deny = append(s.Deny, share)
		}
	}
	for _, a := range allow {
		if share := n.share(p, a, client); share.Requests != nil {
			s.Allow = append(s.Allow, share)
		}
	}
	n.shut(&s)
	n.http(&s)
	if why := n.together(s); why != "" {
		for _, share := range s.Allow {
			n.lose(share.Fact, reason{why, sayOtherwise})
		}
		s.Allow, s.HTTP = nil, false
	}
	return s
}

// shut leaves nothing but the denial of a client that is denied everything. What
// other facts deny it goes without saying.
func (n *namer) shut(s *Source) {
	all := slices.DeleteFunc(slices.Clone(s.Deny), func(share Share) bool {
		return !slices.ContainsFunc(share.Requests, func(c []match.Literal) bool { return len(c) == 0 })
	})
	if len(all) == 0 {
		return
	}
	for _, share := range s.Deny {
		n.eclipsed[share.Fact] = n.eclipsed[share.Fact] || !slices.ContainsFunc(all, func(x Share) bool { return x.Fact == share.Fact })
	}
	s.Deny, s.Allow = all, nil
}

func (n *namer) together(s Source) string {
	if n.t.Access.Together == nil || !s.HTTP {
		return ""
	}
	var deny, allow []match.Expr
	for _, share := range s.Deny {
		deny = append(deny, share.when())
	}
	for _, share := range s.Allow {
		allow = append(allow, share.when())
	}
	return n.t.Access.Together(deny, allow)
}

// share is the part of a fact that concerns a client; without requests it is
// none.
func (n *namer) share(p Party, a *intent.Access, client *Party) Share {
	out := Share{Fact: a}
	for _, t := range n.termsOf(a) {
		reached := n.whom(t, client)
		if reached == partOf {
			n.lose(a, whyPart(t, client))
		}
		if reached == noneOf || reached == partOf && a.Effect == intent.Allow {
			continue
		}
		if ls, ok := n.requests(p, a, t.requests); ok {
			out.part = out.part || reached == partOf
			out.everywhere = out.everywhere || len(ls) == 0 && len(ports(a.Scope.Subject))+len(ports(t.requests.expr())) == 0
			out.Requests = append(out.Requests, ls)
			out.Clients = merge(out.Clients, t.from)
		}
	}
	return out
}

// requests says conditions on requests: one that cannot be said takes with it
// what is let in, and is left out of what is denied.
func (n *namer) requests(p Party, a *intent.Access, c conjunct) (out []match.Literal, ok bool) {
	if c, ok = n.tokens(p, a, c); !ok {
		return nil, false
	}
	out = []match.Literal{}
	for _, l := range c {
		if l.Atom.Field == match.Port && p.Port != 0 {
			if l.Atom.Holds(strconv.Itoa(p.Port)) != l.Not {
				continue
			}
			if a.Effect == intent.Allow {
				n.lose(a, onePort(p))
			}
			return nil, false
		}
		if everyPath(l.Atom) {
			l.Atom = httpOnly // requests have paths, and other connections have none
		}
		why := ""
		if n.t.Access.Can != nil {
			why = n.t.Access.Can(a.Effect, l)
		}
		switch {
		case why == "":
			out = append(out, l)
		case a.Effect == intent.Allow:
			n.lose(a, reason{why, sayOtherwise})
			return nil, false
		default:
			n.lose(a, reason{why, sayOtherwise})
		}
	}
	return out, true
}

// everyPath reports whether an atom holds for all paths, which begin with "/".
func everyPath(a match.Atom) bool {
	return a.Field == match.Path && (a.Op == match.Present || (a.Op == match.Prefix || a.Op == match.Segments) && a.Value == "/")
}

// http settles what is said of connections that are not HTTP: where requests are
// told apart, they are refused.
func (n *namer) http(s *Source) {
	for _, share := range slices.Concat(s.Deny, s.Allow) {
		s.HTTP = s.HTTP || slices.ContainsFunc(share.Requests, func(c []match.Literal) bool { return len(c) > 0 })
	}
	if !s.HTTP {
		return
	}
	refused := false
	for i, share := range s.Deny {
		var requests [][]match.Literal
		for _, c := range share.Requests {
			rest, tcp := withoutProtocol(c)
			if tcp || len(c) == 0 { // what is denied whatever is asked is so of all connections
				refused, share.Others = refused || len(rest) == 0 && !share.part, true
			}
			if !tcp {
				requests = append(requests, rest)
			}
		}
		share.Requests = requests
		s.Deny[i] = share
	}
	s.Allow = sharesOf(s.Allow, func(a *intent.Access, c []match.Literal) ([]match.Literal, bool) {
		rest, tcp := withoutProtocol(c)
		if (tcp || len(c) == 0) && !refused {
			n.lose(a, reason{"where requests are told apart, connections that are not HTTP are refused", sayOtherwise})
		}
		return rest, !tcp
	})
}

// sharesOf changes the conditions of shares; those without any go.
func sharesOf(shares []Share, change func(*intent.Access, []match.Literal) ([]match.Literal, bool)) []Share {
	var out []Share
	for _, s := range shares {
		var requests [][]match.Literal
		for _, c := range s.Requests {
			if ls, ok := change(s.Fact, c); ok {
				requests = append(requests, ls)
			}
		}
		if s.Requests = requests; requests != nil {
			out = append(out, s)
		}
	}
	return out
}

// withoutProtocol leaves out conditions on the protocol; tcp says that they hold
// for connections that are not HTTP.
func withoutProtocol(c []match.Literal) (rest []match.Literal, tcp bool) {
	rest = []match.Literal{}
	for _, l := range c {
		if l.Atom.Field != match.Protocol {
			rest = append(rest, l)
			continue
		}
		tcp = tcp || l.Not == (l.Atom.Value == "http")
	}
	return rest, tcp
}
