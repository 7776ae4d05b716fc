package gatewayapi

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// tableKey is what a table is for.
type tableKey struct {
	protocol intent.Protocol // HTTP for gRPC too
	entry    intent.Name
	host     intent.Host
	port     int
	consumer string
}

// tables ranks what is attached into tables: one for each entry, host, port and
// class of clients. Consumers' tables stand before the producers'.
func (a *attacher) tables() []*intent.Routing {
	a.counted = map[*source.Node]bool{}
	var out []*intent.Routing
	places := map[tableKey][]attachment{}
	for _, at := range a.attached {
		places[at.place()] = append(places[at.place()], at)
	}
	for _, key := range a.besides(a.keys(places), places) {
		if t := a.table(key, a.at(key, places[key.place()])); t != nil {
			out = append(out, t)
		}
	}
	a.markIdle()
	return out
}

// keys lists the tables to be made. A class of clients with routes for all
// ports has a table of its own for each port that any class names, since the
// port is chosen before the client.
func (a *attacher) keys(places map[tableKey][]attachment) []tableKey {
	seen := map[tableKey]bool{}
	for key, all := range places {
		for _, at := range all {
			for _, key.consumer = range a.clientsOf(at, all) {
				key.port = at.port
				seen[key] = true
				if at.port != 0 {
					continue
				}
				for _, other := range all {
					key.port = other.port
					seen[key] = true
				}
			}
		}
	}
	keys := make([]tableKey, 0, len(seen))
	for k := range seen {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b tableKey) int {
		return cmp.Or(
			cmp.Compare(a.protocol, b.protocol), cmp.Compare(a.entry.String(), b.entry.String()), cmp.Compare(a.host.String(), b.host.String()),
			cmp.Compare(a.port, b.port), -cmp.Compare(min(1, len(a.consumer)), min(1, len(b.consumer))), cmp.Compare(a.consumer, b.consumer),
		)
	})
	return keys
}

// place is where tables of all ports and clients are: a host at an entry.
func (at attachment) place() tableKey {
	return tableKey{protocol: at.protocol, entry: at.entry, host: at.host}
}

func (k tableKey) place() tableKey {
	return tableKey{protocol: k.protocol, entry: k.entry, host: k.host}
}

// at lists what a table holds, of all that is attached to its place: routes for its port and for all ports, of its
// consumers, and of the producer too where both are merged.
func (a *attacher) at(key tableKey, place []attachment) []attachment {
	var out []attachment
	for _, at := range place {
		merged := a.d.Consumers == ConsumersMerge && at.consumer == ""
		if (at.consumer == key.consumer || merged || a.shared(key)) && (at.port == key.port || at.port == 0) {
			out = append(out, at)
		}
	}
	slices.SortStableFunc(out, func(x, y attachment) int {
		if a.shared(key) && key.consumer != "" {
			return cmp.Or(isOf(y, key.consumer)-isOf(x, key.consumer), compareAge(x.route, y.route))
		}
		return compareAge(x.route, y.route)
	})
	return out
}

// compareAge orders routes by age, then by namespace and name. Where ages are
// not known this order is a guess; see undecided.
func compareAge(a, b *Route) int {
	return cmp.Or(
		cmp.Compare(a.Created, b.Created),
		cmp.Compare(a.Object.Namespace, b.Object.Namespace), cmp.Compare(a.Object.Name, b.Object.Name),
		cmp.Compare(a.Object.Kind, b.Object.Kind),
	)
}

func (a *attacher) table(key tableKey, attached []attachment) *intent.Routing {
	t := &intent.Routing{
		Entry: key.entry, Host: key.host, Port: key.port, Protocol: key.protocol, Else: a.unrouted(key),
	}
	if a.overruled(key, attached) {
		return nil
	}
	if key.consumer != "" {
		t.Scope.Client = match.Atom{Field: match.ClientNamespace, Op: match.Exact, Value: key.consumer}
	}
	isGRPC := func(at attachment) bool { return at.route.Protocol == intent.GRPC }
	if slices.ContainsFunc(attached, isGRPC) && (key.entry.IsZero() || !slices.ContainsFunc(attached, func(at attachment) bool { return !isGRPC(at) })) {
		t.Protocol = intent.GRPC
	}
	var lines []Line
	var counted []*Route
	for _, at := range attached {
		if t.Protocol == intent.GRPC && !isGRPC(at) {
			a.outranked(at)
			continue
		}
		if t.Home == nil {
			t.Home = at.route.Home
		}
		t.From = append(t.From, at.refs...)
		a.counted[at.parent] = true
		if !slices.Contains(counted, at.route) {
			counted = append(counted, at.route)
			lines = append(lines, a.lines(at)...)
		}
	}
	slices.SortFunc(t.From, compareRef)
	t.From = slices.Compact(t.From)
	r := ranking{d: a.d, protocol: t.Protocol, host: key.host}
	t.Rules = r.rules(lines)
	a.diags = append(a.diags, r.diags...)
	if a.d.AskedPort {
		a.redirectPorts(t)
	}
	return t
}

func compareRef(a, b place.Ref) int {
	return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col), cmp.Compare(a.Path, b.Path))
}

// outranked says that an HTTPRoute has no effect beside a GRPCRoute on the same
// Service and port (GEP-1294).
func (a *attacher) outranked(at attachment) {
	a.idle = append(a.idle, idle{at, (*source.Node).Inert, "a GRPCRoute goes before it"})
	a.diags.Add(diag.Inert, "HTTPRoute "+at.route.Object.Namespace+"/"+at.route.Object.Name+
		" has no effect on "+at.host.String()+": a GRPCRoute is attached to the same port", "use one kind of route for a port", at.refs...)
}

// lines are the lines of a route at one parent: with its hostnames as a
// condition where they count, and with backends that lack a grant.
func (a *attacher) lines(at attachment) []Line {
	lines := slices.Clone(at.route.Lines)
	for i := range lines {
		l := &lines[i]
		if at.entry.IsZero() && at.protocol == intent.TLS {
			l.Rule.When = oneOf(match.SNI, a.servers(at))
		} else if at.entry.IsZero() && a.d.MeshHostnames {
			l.Rule.When = match.Conj(l.Rule.When, HostCondition(at.route.Hostnames))
		}
		if !at.entry.IsZero() {
			a.grantedRule(at.route, &l.Rule)
		}
	}
	return lines
}
