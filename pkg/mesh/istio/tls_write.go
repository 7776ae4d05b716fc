package istio

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// byName reports whether a table is chosen by the name that clients of TLS ask a
// gateway for. Such tables of one object are written into one again.
func byName(t *intent.Routing) bool { return t.Protocol == intent.TLS && !t.Entry.IsZero() }

// hostsOf are the hosts of an object, without those that another one covers.
func (w *writer) hostsOf(r *hostRoutes) []string {
	switch {
	case slices.ContainsFunc(r.tables, isTLS) && r.entry.IsZero():
		return []string{w.m.Env.DNS(r.host)} // whole, since names of servers are held to it
	case w.ofPlainTCP(r):
		return uncovered(w.serverHosts(r))
	case !byName(r.tables[0]):
		return []string{w.hostText(r.host, r.home.Namespace)}
	}
	var all []string
	for _, t := range r.tables {
		if name := serverText(t.Host); !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return uncovered(all)
}

// uncovered are the hosts that no other one covers.
func uncovered(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool {
		return slices.ContainsFunc(all, func(other string) bool { return other != name && coversHost(other, name) })
	})
}

// ofPlainTCP reports whether tables are of connections that name no host.
func (w *writer) ofPlainTCP(r *hostRoutes) bool {
	other := func(t *intent.Routing) bool { return t.Protocol != intent.TCP }
	return !r.entry.IsZero() && r.host == (intent.Host{}) && !slices.ContainsFunc(r.tables, other)
}

// serverHosts are the hosts of the servers for TCP that tables are for; "*" is all.
func (w *writer) serverHosts(r *hostRoutes) []string {
	var out []string
	for _, e := range w.m.Entries {
		for i := range e.Listeners {
			l := &e.Listeners[i]
			isFor := func(t *intent.Routing) bool { return t.Port == 0 || t.Port == l.Port }
			if e.Name != r.entry || !l.Serves(intent.TCP) || !slices.ContainsFunc(r.tables, isFor) {
				continue
			}
			if len(l.Hosts) == 0 {
				return []string{"*"}
			}
			out = append(out, l.Hosts...)
		}
	}
	if slices.Sort(out); len(out) == 0 {
		return []string{"*"}
	}
	return slices.Compact(out)
}

// serverText is the name of a server as sniHosts have it.
func serverText(h intent.Host) string {
	if h.DNS == "" {
		return "*"
	}
	return h.DNS
}

// named adds the server's name of a table to each alternative of its rules.
func named(t *intent.Routing, alts [][]match.Literal) [][]match.Literal {
	if !byName(t) {
		return alts
	}
	name := match.Atom{Field: match.SNI, Value: serverText(t.Host)}
	if name.Value[0] == '*' {
		name.Op, name.Value = match.Suffix, name.Value[1:]
	}
	out := make([][]match.Literal, 0, max(1, len(alts)))
	for _, ls := range alts {
		out = append(out, append(slices.Clone(ls), match.Literal{Atom: name}))
	}
	if len(out) == 0 {
		out = append(out, []match.Literal{{Atom: name}})
	}
	return out
}

func isTLS(t *intent.Routing) bool { return t.Protocol == intent.TLS }

// wholeTable says for a model why one of its tables cannot be written.
func wholeTable(m *intent.Model) func(*intent.Routing) string {
	return func(t *intent.Routing) string {
		if isTLS(t) && t.Entry.IsZero() {
			return cmp.Or(serversSaid(m, t), unknownOutside(m, t))
		}
		return cmp.Or(shortHost(t), wholeServer(m, t), leadsElsewhere(m, t), unknownOutside(m, t))
	}
}

// wholeServer says why a table of what is left of TLS that ends at a gateway cannot be
// written: all that the server takes goes the same way, whatever the host of the
// VirtualService.
// pilot/pkg/networking/core/gateway.go buildGatewayNetworkFiltersFromTCPRoutes
func wholeServer(m *intent.Model, t *intent.Routing) string {
	name := m.Env.DNS(t.Host)
	if t.Protocol != intent.TCP || t.Entry.IsZero() || name == "" {
		return ""
	}
	alike := func(l *intent.Listener, host string) bool {
		return slices.ContainsFunc(m.Routing, func(o *intent.Routing) bool {
			return o.Entry == t.Entry && o.Protocol == t.Protocol && m.Env.DNS(o.Host) == host && (o.Port == 0 || o.Port == l.Port) && sameRules(o, t)
		})
	}
	for _, e := range m.Entries {
		for i := range e.Listeners {
			l := &e.Listeners[i]
			if e.Name != t.Entry || t.Port != 0 && t.Port != l.Port || l.TLS == nil || !l.Serves(intent.TCP) || !overlapping(l.Hosts, name) {
				continue
			}
			if len(l.Hosts) == 0 || slices.ContainsFunc(l.Hosts, func(h string) bool { return !alike(l, h) }) {
				return "where TLS ends, all that a server takes goes one way, and the server takes other names too"
			}
		}
	}
	return ""
}

// overlapping reports whether a name is one of some, or the other way round; no name
// is all.
func overlapping(names []string, name string) bool {
	return len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return coversHost(n, name) || coversHost(name, n) })
}

func sameRules(a, b *intent.Routing) bool {
	return slices.EqualFunc(a.Rules, b.Rules, func(x, y intent.Rule) bool { return match.Equal(x.When, y.When) && x.Answer() == y.Answer() })
}

// homeIn is the object that a rule of a table is written into.
func homeIn(t *intent.Routing, r intent.Rule) *intent.Home {
	if r.Home != nil {
		return r.Home
	}
	return t.Home
}

// byHome parts a table of TLS in the mesh whose rules stem from several objects, which
// Istio puts together again: of these the names of servers tell the order.
func byHome(t *intent.Routing) []*intent.Routing {
	if !isTLS(t) || !t.Entry.IsZero() {
		return []*intent.Routing{t}
	}
	var out []*intent.Routing
	of := map[*intent.Home]*intent.Routing{}
	for _, r := range t.Rules {
		h := homeIn(t, r)
		if of[h] == nil {
			part := *t
			part.Home, part.Rules = h, nil
			of[h] = &part
			out = append(out, of[h])
		}
		of[h].Rules = append(of[h].Rules, r)
	}
	if len(out) < 2 {
		return []*intent.Routing{t}
	}
	return out
}

// serversSaid says why the names of servers in a table of the mesh cannot be
// written: each must be one of the hosts of its VirtualService. These are that of
// the table, and those of other tables of which rules stem from the same object.
// pkg/config/validation validateTLSMatch
func serversSaid(m *intent.Model, t *intent.Routing) string {
	for i := range t.Rules {
		home := homeIn(t, t.Rules[i])
		var hosts []string
		for _, o := range m.Routing {
			same := func(r intent.Rule) bool { return home != nil && homeIn(o, r) == home }
			if o == t || isTLS(o) && o.Entry.IsZero() && slices.ContainsFunc(o.Rules, same) {
				hosts = append(hosts, m.Env.DNS(o.Host))
			}
		}
		for _, ls := range alternativesOf(t.Rules[i].When) {
			at := slices.IndexFunc(ls, func(l match.Literal) bool { return l.Atom.Field == match.SNI })
			if at < 0 {
				return "a match of a TLS route in the mesh names servers"
			}
			name := sniText(ls[at].Atom)
			if !slices.ContainsFunc(hosts, func(h string) bool { return coversHost(h, name) }) {
				return "the server " + name + " is none of the hosts of the VirtualService"
			}
		}
	}
	return ""
}

func sniText(a match.Atom) string {
	switch a.Op {
	case match.Suffix:
		return "*" + a.Value
	case match.Present:
		return "*"
	}
	return a.Value
}

// beside reports whether two objects for the same hosts and gateways route different
// traffic, so that one object says both.
func (o *virtualServiceObject) beside(other *virtualServiceObject) bool {
	return slices.Equal(o.hosts, other.hosts) && slices.Equal(o.gateways, other.gateways) &&
		!slices.ContainsFunc(o.body.Kids, func(kid manifest.Kid) bool { return other.body.Get(kid.Key) != nil })
}

// addLists adds the lists of another body, in the order of the API.
func (o *virtualServiceObject) addLists(body *manifest.Node) {
	both := manifest.Map()
	for _, key := range []string{"http", "tls", "tcp"} {
		for _, n := range []*manifest.Node{o.body, body} {
			if list := n.Get(key); list != nil {
				both.Set(key, list)
			}
		}
	}
	o.body = both
}
