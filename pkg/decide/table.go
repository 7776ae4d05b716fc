package decide

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// tableKey is what tables are looked up by. HTTP and gRPC are one kind of
// traffic. Port 0 stands for every port that nothing names.
type tableKey struct {
	entry    intent.Name
	protocol intent.Protocol
	host     intent.Host
	port     int
}

func keyOf(t *intent.Routing) tableKey {
	p := t.Protocol
	if p == intent.GRPC {
		p = intent.HTTP
	}
	return tableKey{t.Entry, p, t.Host, t.Port}
}

// String names the scope for tables of verdicts.
func (k tableKey) String() string {
	s := k.protocol.String() + " to " + k.host.String()
	if k.port != 0 {
		s += ":" + itoa(k.port)
	}
	if !k.entry.IsZero() {
		s += " through " + k.entry.String()
	}
	return s
}

func compareKeys(a, b tableKey) int {
	if c := a.entry.Compare(b.entry); c != 0 {
		return c
	}
	if c := cmp.Compare(a.protocol, b.protocol); c != 0 {
		return c
	}
	if c := compareHosts(a.host, b.host); c != 0 {
		return c
	}
	return cmp.Compare(a.port, b.port)
}

// compareHosts orders Services, by name, before other hosts.
func compareHosts(a, b intent.Host) int {
	switch known := !a.Service.IsZero(); {
	case known == b.Service.IsZero() && known:
		return -1
	case known == b.Service.IsZero():
		return 1
	case known:
		return a.Service.Compare(b.Service)
	}
	return strings.Compare(a.DNS, b.DNS)
}

// tables finds the tables of a model.
type tables struct {
	dns func(intent.Host) string
	// only is where there is one table; the others are empty then.
	only  []*intent.Routing
	exact map[tableKey][]*intent.Routing
	wild  []*intent.Routing // of wildcard hosts, longest first, those of one port before those of all
	hosts map[string]bool   // DNS names with tables of their own
}

func tablesOf(m *intent.Model) tables {
	t, routing := tables{dns: m.Env.DNS}, settledTables(m)
	if len(routing) == 1 {
		t.only = routing
		return t
	}
	t.exact, t.hosts = make(map[tableKey][]*intent.Routing, len(routing)), make(map[string]bool, len(routing))
	for _, r := range routing {
		k := keyOf(r)
		t.exact[k] = append(t.exact[k], r)
		if wildcard(r.Host) {
			t.wild = append(t.wild, r)
		} else {
			t.hosts[m.Env.DNS(r.Host)] = true
		}
	}
	slices.SortStableFunc(t.wild, func(a, b *intent.Routing) int {
		return cmp.Or(len(b.Host.DNS)-len(a.Host.DNS), cmp.Compare(b.Port, a.Port))
	})
	return t
}

// of are the tables of a key.
func (t *tables) of(k tableKey) []*intent.Routing {
	if t.only == nil || keyOf(t.only[0]) != k {
		return t.exact[k]
	}
	return t.only
}

// keys tells what there are tables of.
func (t *tables) keys(tell func(tableKey)) {
	for _, only := range t.only {
		tell(keyOf(only))
	}
	for k := range t.exact {
		tell(k)
	}
}

// have reports whether a name has a table of its own.
func (t *tables) have(dns string) bool {
	if t.only == nil {
		return t.hosts[dns]
	}
	host := t.only[0].Host
	return !wildcard(host) && t.dns(host) == dns
}

func wildcard(h intent.Host) bool {
	return h.Service.IsZero() && (h.DNS == "" || strings.HasPrefix(h.DNS, "*"))
}

// find lists the tables that decide for a key, the most specific host and port first;
// the first whose clients cover the caller counts.
func (t *tables) find(k tableKey, dns string) []*intent.Routing {
	var out []*intent.Routing
	for _, port := range []int{k.port, 0} {
		at := k
		at.port = port
		if found := t.of(at); found != nil {
			out = withLess(out, found)
			if forEveryone(found) || port == 0 {
				break
			}
		}
	}
	if forEveryone(out) {
		return out
	}
	wild := t.wild
	if len(t.only) > 0 && wildcard(t.only[0].Host) {
		wild = t.only
	}
	for _, w := range wild {
		wk := keyOf(w)
		if wk.entry == k.entry && wk.protocol == k.protocol && (w.Port == 0 || w.Port == k.port) && w.Host != k.host && intent.CoversName(w.Host.DNS, dns) {
			if found := t.of(wk); !slices.Contains(out, found[0]) {
				out = withLess(out, found)
			}
			if forEveryone(out) {
				break
			}
		}
	}
	return out
}

// withLess puts tables behind those of more specific hosts and ports.
func withLess(first, next []*intent.Routing) []*intent.Routing {
	if first == nil {
		return next
	}
	return append(slices.Clip(first), next...)
}

// forEveryone reports whether one of some tables is for all clients.
func forEveryone(ts []*intent.Routing) bool {
	return slices.ContainsFunc(ts, func(t *intent.Routing) bool { return match.IsTrue(t.Scope.Client) })
}

// line is one rule of a flattened table, settled only as far as it is asked about.
type line struct {
	client match.Expr // of the table
	rule   *intent.Rule
	by     *answerer
	at     *tableKey
	when   match.Expr // nil until it is asked for
	made   answer     // of no rule until it is asked for
	// goesAlike says that requests go where those of the line go that it is compared
	// with, so that only the pace is asked for.
	goesAlike bool
}

// holds is when the line takes a request. Clients are part of it.
func (l *line) holds() match.Expr {
	if l.when == nil {
		l.when = match.Map(match.Conj(l.client, match.Simplify(l.rule.When)), l.at.settles)
	}
	return l.when
}

func (l *line) answer() *answer {
	switch {
	case l.made.rule != nil:
	case l.goesAlike:
		l.made = answer{rule: l.rule, by: l.by, at: l.at}
		l.made.settlePace()
	default:
		l.made = l.by.answer(l.rule, l.at)
	}
	return &l.made
}

// flatten adds to a list the lines of the tables that decide for a key, the last of
// which takes everything.
func (r *answerer) flatten(out []line, found []*intent.Routing, at *tableKey) []line {
	n := 1
	for _, t := range found {
		n += len(t.Rules) + 1
	}
	out = slices.Grow(out, n)
	for _, t := range found {
		client := match.Simplify(t.Scope.Client)
		for i := range t.Rules {
			for _, rule := range perPath(&t.Rules[i]) {
				out = append(out, line{client: client, rule: rule, by: r, at: at})
			}
		}
		out = append(out, line{client: client, rule: rest(t, at), by: r, at: at})
	}
	return append(out, line{client: match.True, rule: unserved(at), by: r, at: at})
}

// linesOf adds to a list rules that no table has.
func linesOf(out []line, rules []intent.Rule, by *answerer, at *tableKey) []line {
	for i := range rules {
		out = append(out, line{client: match.True, rule: &rules[i], by: by, at: at})
	}
	return out
}

// rest is what a table does with requests that no rule of it takes, as a rule.
func rest(t *intent.Routing, at *tableKey) *intent.Rule {
	if t.Else == nil {
		return &intent.Rule{Then: unrouted(at.entry, at.protocol), From: t.From}
	}
	return &intent.Rule{Then: t.Else, From: t.From}
}

// unserved is what becomes of requests that no table takes, as a rule.
func unserved(at *tableKey) *intent.Rule { return &intent.Rule{Then: unrouted(at.entry, at.protocol)} }

// unrouted is what becomes of a request that no table is about: callers send it
// where it was addressed to, an entry to the mesh knows no such place, and closes
// connections that are not HTTP.
func unrouted(entry intent.Name, p intent.Protocol) intent.Action {
	switch {
	case entry.IsZero():
		return intent.Passthrough{}
	case p == intent.TLS || p == intent.TCP:
		return intent.Forward{}
	}
	return intent.Respond{Status: 404}
}

// settles decides conditions that all requests of a key meet, or none.
func (k *tableKey) settles(a match.Atom) match.Expr {
	switch {
	case a.Field == match.ServicePort:
		return constant(a.Holds(itoa(k.port)))
	case a.Field == match.Protocol:
		return constant(a.Holds(k.connection()))
	case k.connection() == "http":
		return everyPath(a)
	case a.Field.HTTP():
		return match.False
	}
	return nil
}

// connection is the protocol of the requests as match.Protocol has it.
func (k *tableKey) connection() string {
	if k.protocol == intent.HTTP {
		return "http"
	}
	return "tcp"
}

// everyPath drops conditions that the path of every HTTP request fulfils.
func everyPath(a match.Atom) match.Expr {
	every := a.Op == match.Present || (a.Op == match.Prefix || a.Op == match.Segments) && (a.Value == "" || a.Value == "/")
	if a.Field == match.Path && every {
		return match.True
	}
	return nil
}
