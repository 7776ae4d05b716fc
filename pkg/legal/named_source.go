package legal

import (
	"slices"
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
	for i := range n.parties {
		if n.parties[i].Client == nil {
			continue
		}
		if s := n.source(p, &n.parties[i], deny, allow); s.key() != key {
			out = append(out, s)
		}
	}
	return append(out, rest)
}

// key is equal for clients that may do the same.
func (s Source) key() string {
	var b strings.Builder
	for _, list := range [][]Share{s.Deny, s.Allow} {
		for _, share := range list {
			b.WriteString(match.Key(share.when()) + ";")
		}
		b.WriteString("|")
	}
	return b.String()
}

// source is what one client may do, or all that have no name.
func (n *namer) source(p Party, client *Party, deny, allow []*intent.Access) Source {
	s := Source{Party: client}
	for _, a := range deny {
		if share := n.share(a, client); share.Requests != nil {
			s.Deny = append(s.Deny, share)
		}
	}
	for _, a := range allow {
		if share := n.share(a, client); share.Requests != nil {
			s.Allow = append(s.Allow, share)
		}
	}
	n.http(&s)
	if why := n.together(s); why != "" {
		for _, share := range s.Allow {
			n.lose(share.Fact, why)
		}
		s.Allow, s.HTTP = nil, false
	}
	return s
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
func (n *namer) share(a *intent.Access, client *Party) Share {
	out := Share{Fact: a}
	for _, t := range n.termsOf(a) {
		reached := n.whom(t, client)
		if reached == partOf {
			n.lose(a, whyPart(t, client))
		}
		if reached == noneOf || reached == partOf && a.Effect == intent.Allow {
			continue
		}
		if a.Effect == intent.Allow && !n.opened[a] && !slices.ContainsFunc(t.client, aboutTrust) {
			n.lose(a, "clients of other trust domains are not let in")
		}
		if ls, ok := n.requests(a, t.requests); ok {
			out.Requests = append(out.Requests, ls)
			out.Clients = merge(out.Clients, refs(t.client))
		}
	}
	return out
}

func aboutTrust(l match.Literal) bool { return l.Atom.Field == match.ClientTrust && !l.Not }

func whyPart(t term, client *Party) string {
	if client == nil {
		return "of clients without a name in the input it cannot be told whether " + match.String(t.who) + " holds"
	}
	return "it is about some clients of " + client.Name + " only"
}

// whom tells how much of a client a term is about.
func (n *namer) whom(t term, client *Party) reachOf {
	switch {
	case len(t.client) == 0:
		return allOf
	case client != nil:
		return n.reach(match.Conj(match.Simplify(client.Client), n.trusted()), t.who, "client "+match.Key(client.Client), t.key)
	}
	key := [2]string{others, t.key}
	got, known := n.told[key]
	if !known {
		got = n.among(t)
		n.told[key] = got
	}
	return got
}

// among tells how much of the clients without a name a term is about.
func (n *namer) among(t term) reachOf {
	any := match.Conj(anyIdentity, n.trusted())
	switch {
	case implied(any, t.who):
		return allOf
	case !meet(any, t.who), implied(match.Conj(t.who, any), match.Disj(n.clients...)):
		return noneOf
	}
	return partOf
}

// termsOf takes a fact's condition apart.
func (n *namer) termsOf(a *intent.Access) []term {
	if known, ok := n.terms[a]; ok {
		return known
	}
	all, ok := conjuncts(n.speech().reword(a.Effect, a.When), manyTerms)
	if !ok {
		n.lose(a, "its condition has too many alternatives")
		if a.Effect == intent.Deny {
			all = []conjunct{nil}
		}
	}
	out := make([]term, len(all))
	for i, c := range all {
		t := term{
			client:   c.only(func(l match.Literal) bool { return l.Atom.Field.Client() }),
			requests: c.only(func(l match.Literal) bool { return !l.Atom.Field.Client() }),
		}
		t.who = t.client.expr()
		t.key = match.Key(t.who)
		out[i] = t
	}
	n.terms[a] = out
	return out
}

// requests says conditions on requests: one that cannot be said takes with it
// what is let in, and is left out of what is denied.
func (n *namer) requests(a *intent.Access, c conjunct) (out []match.Literal, ok bool) {
	out = []match.Literal{}
	for _, l := range c {
		why := ""
		if n.t.Access.Can != nil {
			why = n.t.Access.Can(a.Effect, l)
		}
		switch {
		case why == "":
			out = append(out, l)
		case a.Effect == intent.Allow:
			n.lose(a, why)
			return nil, false
		default:
			n.lose(a, why)
		}
	}
	return out, true
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
	s.Deny = sharesOf(s.Deny, func(a *intent.Access, c []match.Literal) ([]match.Literal, bool) {
		rest, tcp := withoutProtocol(c)
		refused = refused || tcp && len(rest) == 0
		return rest, !tcp
	})
	s.Allow = sharesOf(s.Allow, func(a *intent.Access, c []match.Literal) ([]match.Literal, bool) {
		rest, tcp := withoutProtocol(c)
		if (tcp || len(c) == 0) && !refused {
			n.lose(a, "where requests are told apart, connections that are not HTTP are refused")
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
