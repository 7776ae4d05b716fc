package cilium

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

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
	all = join(all, func(e entry) string {
		return e.peerKey() + "|" + e.l4(e.portKey()) + "|" + e.requestKey() + "|" + e.comment
	}, func(into *entry, e entry) {
		into.ports = append(into.ports, e.ports...)
		slices.SortStableFunc(into.ports, compareSpans)
	})
	for i := range all {
		all[i].ports = ranges(all[i].ports)
	}
	return all
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
