package cilium

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// manyEntries bounds the alternatives of one fact.
const manyEntries = 256

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
		return nil, "it has too many alternatives"
	}
	for _, ls := range all {
		one, why := p.entryOf(e, ls)
		if why != "" {
			return nil, why
		}
		out = append(out, one)
	}
	return out, ""
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

// merged joins entries that differ in one part only: first their requests, then
// their peers, then their ports.
func merged(all []entry) []entry {
	all = join(all, func(e entry) string { return e.peerKey() + "|" + e.portKey() + "|" + e.l7() + "|" + e.comment }, func(into *entry, e entry) {
		into.requests = distinctBy(append(into.requests, e.requests...), request.key)
	})
	for i := range all {
		all[i].requests = oneMethod(all[i].requests)
	}
	all = join(all, func(e entry) string { return e.peerKey() + "|" + e.portKey() + "|" + e.tls() + "|" + e.comment }, func(into *entry, e entry) {
		into.names = distinctBy(append(into.names, e.names...), nameText)
	})
	all = join(all, func(e entry) string {
		return e.peers[0].field("") + "|" + e.portKey() + "|" + e.requestKey() + "|" + e.comment
	}, func(into *entry, e entry) {
		into.peers = distinctBy(append(into.peers, e.peers...), peer.key)
	})
	return join(all, func(e entry) string {
		return e.peerKey() + "|" + e.l4(e.portKey()) + "|" + e.requestKey() + "|" + e.comment
	}, func(into *entry, e entry) {
		into.ports = append(into.ports, e.ports...)
		slices.SortStableFunc(into.ports, compareSpans)
	})
}

// plainMethods are methods by name.
var plainMethods = regexp.MustCompile(`^[A-Z]+(\|[A-Z]+)*$`)

// oneMethod joins requests that differ in their methods only.
func oneMethod(all []request) []request {
	at := map[string]int{}
	var out []request
	for _, r := range all {
		rest := r
		rest.method = text{}
		k := rest.key()
		i, there := at[k]
		if plain := plainMethods.MatchString(r.method.value); there && plain {
			out[i].method.value += "|" + r.method.value
			continue
		} else if plain {
			at[k] = len(out)
		}
		out = append(out, r)
	}
	return out
}

// join merges entries of one key, at the place of the first.
func join(all []entry, key func(entry) string, into func(*entry, entry)) []entry {
	at := map[string]int{}
	var out []entry
	for _, e := range all {
		k := key(e)
		i, there := at[k]
		if !there {
			at[k] = len(out)
			e.peers, e.ports, e.requests = slices.Clone(e.peers), slices.Clone(e.ports), slices.Clone(e.requests)
			e.names = slices.Clone(e.names)
			out = append(out, e)
			continue
		}
		into(&out[i], e)
		out[i].from = append(slices.Clone(out[i].from), e.from...)
	}
	return out
}

func distinctBy[T any](all []T, key func(T) string) []T {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(x T) bool {
		k := key(x)
		was := seen[k]
		seen[k] = true
		return was
	})
}

func (e entry) peerKey() string {
	keys := make([]string, len(e.peers))
	for i, p := range e.peers {
		keys[i] = p.key()
	}
	slices.Sort(keys)
	return strings.Join(keys, ",")
}

func (e entry) portKey() string {
	if e.ports == nil {
		return "all"
	}
	return keyText(writePorts(e.ports))
}

func (e entry) requestKey() string {
	if e.requests == nil {
		return "any " + e.nameKey()
	}
	keys := make([]string, len(e.requests))
	for i, r := range e.requests {
		keys[i] = r.key()
	}
	slices.Sort(keys)
	return strings.Join(keys, ",")
}

// tls is alike for entries that name servers, whose names can be joined.
func (e entry) tls() string {
	if e.names == nil {
		return e.requestKey()
	}
	return "names"
}

// l7 tells entries that look into requests from those that do not.
func (e entry) l7() string {
	if e.requests == nil {
		return "no " + e.nameKey()
	}
	return "yes"
}

// l4 is "" for entries with ports, whose ports can be joined, and key for those
// for all ports.
func (e entry) l4(key string) string {
	if e.ports == nil {
		return key
	}
	return ""
}

// nameText spells a name of a server.
func nameText(a match.Atom) string {
	text, _, _ := namePattern(a)
	return text
}

// nameKey is equal for entries with the same names of servers.
func (e entry) nameKey() string {
	keys := make([]string, len(e.names))
	for i, a := range e.names {
		keys[i] = nameText(a)
	}
	slices.Sort(keys)
	return strings.Join(keys, ",")
}

func (r request) key() string { return keyText(r.node()) }

func keyText(n *manifest.Node) string {
	text, err := json.Marshal(n)
	if err != nil {
		panic("cilium: a value that cannot be printed: " + err.Error())
	}
	return string(text)
}

// maxPorts is how many ports one entry of toPorts names.
// cilium pkg/policy/api/l4.go PortRule
const maxPorts = 40

// node prints the entry; direction is "from" or "to".
func (e entry) node(direction, trust string) *manifest.Node {
	n := manifest.Map().Because(e.from...).Above(e.comment)
	peers := manifest.List()
	for _, p := range e.peers {
		peers.Append(p.node(trust))
	}
	n.Set(e.peers[0].field(direction), peers)
	if e.ports == nil {
		return n
	}
	toPorts := manifest.List()
	for ports := range slices.Chunk(e.ports, maxPorts) {
		one := manifest.Map().Set("ports", writePorts(ports))
		if e.names != nil {
			one.Set("serverNames", e.writeNames())
		}
		if e.requests != nil {
			one.Set("rules", manifest.Map().Set("http", e.writeRequests()))
		}
		toPorts.Append(one)
	}
	return n.Set("toPorts", toPorts)
}

func (e entry) writeNames() *manifest.Node {
	out := manifest.List()
	for _, a := range e.names {
		out.Append(manifest.Str(nameText(a)).Because(intent.From(a.Place())...))
	}
	return out
}

func (e entry) writeRequests() *manifest.Node {
	out := manifest.List()
	for _, r := range e.requests {
		out.Append(r.node())
	}
	return out
}
