package cilium

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// manyEntries bounds the alternatives of one fact.
const manyEntries = 256

// manyRequests bounds those of what peers are let in to, where there are many peers.
const manyRequests = 4 * manyEntries

// entry is one entry of ingress, egress or their denials: peers of one kind, at
// ports, with requests. nil ports are all; nil requests are all that is sent,
// HTTP or not.
type entry struct {
	peers    []peer
	ports    []span
	requests []request
	names    []match.Atom // of servers, by SNI; nil is whatever is asked for
	from     intent.Origin
	comment  string
}

// entriesOf says a predicate as entries; why tells that some alternative is none.
func (p party) entriesOf(e intent.Effect, when match.Expr) (out []entry, why string) {
	all, ok := match.DNF(when, manyEntries)
	if !ok {
		return p.ofEach(e, when)
	}
	return p.alternatives(e, all)
}

// alternatives says each of some as an entry.
func (p party) alternatives(e intent.Effect, all [][]match.Literal) (out []entry, why string) {
	for _, ls := range all {
		one, why := p.entryOf(e, ls)
		if why != "" {
			return nil, why
		}
		out = append(out, one)
	}
	return out, ""
}

// ofEach says peers and what they are let in to one by one, where together they have too
// many alternatives: an entry is for all its peers.
func (p party) ofEach(e intent.Effect, when match.Expr) (out []entry, why string) {
	const tooMany = "it has too many alternatives"
	who, what, ok := p.parted(when)
	if !ok {
		return nil, tooMany
	}
	peers, okPeers := match.DNF(who, manyEntries)
	rest, okRest := match.DNF(what, manyRequests)
	if !okPeers || !okRest {
		return nil, tooMany
	}
	from, why := p.alternatives(e, peers)
	if why != "" {
		return nil, why
	}
	to, why := p.alternatives(e, rest)
	if why != "" {
		return nil, why
	}
	for _, from := range merged(from) {
		for _, to := range to {
			to.peers = from.peers
			out = append(out, to)
		}
	}
	return out, ""
}

// parted takes a predicate apart into that of peers and that of all else; ok is false
// where some of it is about both.
func (p party) parted(when match.Expr) (who, what match.Expr, ok bool) {
	all, isAnd := match.Simplify(when).(match.And)
	if !isAnd {
		return nil, nil, false
	}
	var peers, rest []match.Expr
	for _, e := range all {
		ofPeers, ofRest := false, false
		match.Atoms(e, func(a match.Atom, _ bool) {
			ofPeers, ofRest = ofPeers || p.is(a.Field), ofRest || !p.is(a.Field)
		})
		switch {
		case ofPeers && ofRest:
			return nil, nil, false
		case ofPeers:
			peers = append(peers, e)
		default:
			rest = append(rest, e)
		}
	}
	return match.Conj(peers...), match.Conj(rest...), true
}

// entryOf says one alternative.
func (p party) entryOf(e intent.Effect, ls []match.Literal) (out entry, why string) {
	var side, port, rest []match.Literal
	for _, l := range ls {
		switch {
		case p.is(l.Atom.Field):
			side = append(side, l)
		case l.Atom.Field == match.Port:
			port = append(port, l)
		case l.Atom.Field == match.SNI:
			if out.names, why = serverName(e, out.names, l); why != "" {
				return out, why
			}
		default:
			rest = append(rest, l)
		}
	}
	who, why := p.peerOf(side)
	if why != "" {
		return out, why
	}
	if out.ports, why = portsOf(port); why != "" {
		return out, why
	}
	out.peers = []peer{who}
	if out.names != nil && out.ports == nil {
		out.ports = allPorts
	}
	if len(rest) == 0 {
		return out, ""
	}
	if out.names != nil {
		return out, "rules are about requests, or about the names of servers"
	}
	if e != intent.Allow {
		return out, noRequests
	}
	what, why := requestOf(rest)
	if out.requests = []request{what}; out.ports == nil {
		out.ports = allPorts
	}
	return out, why
}

// serverName adds the name of a server that is asked for by SNI.
func serverName(e intent.Effect, names []match.Atom, l match.Literal) ([]match.Atom, string) {
	if _, _, ok := namePattern(l.Atom); !ok || l.Not || e != intent.Allow || len(names) > 0 {
		return nil, "what is let in names the server that is asked for once, by a name or a pattern"
	}
	return []match.Atom{l.Atom}, ""
}

// noRequests is why denials do not look into requests.
const noRequests = "a denial knows peers and ports, and nothing of requests"
