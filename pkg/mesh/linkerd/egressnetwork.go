package linkerd

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// globalEgress is the namespace whose EgressNetworks are for the clients of all
// namespaces that have none: the chart's egress.globalEgressNetworkNamespace.
const globalEgress = "linkerd-egress"

// everyHost stands for hosts of which a route names none.
var everyHost = intent.Host{DNS: "*"}

// egressRoute is a kind of route, for connections of a family.
type egressRoute struct {
	kind   string
	family intent.Protocol
}

// egressRoutes are the kinds of which the first that is there counts on a port of an
// EgressNetwork.
// linkerd2 policy-controller/grpc/src/outbound.rs to_proto
var egressRoutes = []egressRoute{{"GRPCRoute", intent.GRPC}, {"HTTPRoute", intent.HTTP}, {"TLSRoute", intent.TLS}, {"TCPRoute", intent.TCP}}

// outsiders are the callers that something about what leaves is for: those of some
// namespaces, or of all but some.
type outsiders struct {
	all   bool
	names []string // those meant, or where all are those left out
}

// outsidersOf takes a condition on callers apart; ok is false where it says something
// else.
func outsidersOf(client match.Expr) (o outsiders, ok bool) {
	var list []match.Expr
	switch c := match.Simplify(client).(type) {
	case match.And:
		o.all, list = true, c
	case match.Not:
		o.all, list = true, []match.Expr{c}
	case match.Or:
		list = c
	default:
		list = []match.Expr{c}
	}
	for _, e := range list {
		if not, is := e.(match.Not); is == o.all && is {
			e = not.X
		}
		a, isAtom := e.(match.Atom)
		if !isAtom || a.Field != match.ClientNamespace || a.Op != match.Exact {
			return o, false
		}
		o.names = append(o.names, a.Value)
	}
	o.all = o.all || len(list) == 0
	return o, true
}

// networkNamespaces are the namespaces of the EgressNetworks that are for some
// clients: that for all, or those that they name.
func networkNamespaces(client match.Expr) (names []string, ok bool) {
	o, ok := outsidersOf(client)
	if o.all && len(o.names) == 0 {
		return []string{globalEgress}, ok
	}
	return o.names, ok && !o.all
}

// byNetwork says why what may leave cannot be said of some clients.
func byNetwork(p intent.Part) string {
	e, ok := p.(*intent.Egress)
	if !ok {
		return ""
	}
	if _, named := networkNamespaces(e.Scope.Client); !named {
		return "an EgressNetwork is for all clients of a namespace"
	}
	return ""
}

// byRoute says why hosts cannot be let out by routes of an EgressNetwork.
func byRoute(p intent.Part) string {
	e, ok := p.(*intent.External)
	if !ok {
		return ""
	}
	if _, named := outsidersOf(e.Scope.Client); !named && !match.IsFalse(e.Scope.Client) {
		return "a route on an EgressNetwork is for all clients of a namespace"
	}
	if slices.ContainsFunc(e.Hosts, func(h intent.Host) bool { return !h.Service.IsZero() }) {
		return "a Service is inside of the cluster"
	}
	for _, h := range e.Hosts {
		if strings.HasPrefix(h.DNS, "*") && h != everyHost && !strings.HasPrefix(h.DNS, "*.") {
			return "a hostname's wildcard is a whole label"
		}
	}
	for _, port := range e.Ports {
		if f, known := port.Family(); known && f == intent.TCP && len(e.Addresses) > 0 {
			return "a TCPRoute is for all addresses of the network"
		}
	}
	return ""
}

// besideRoutes says why hosts cannot be let out beside others: routes of one kind
// count on a port, and only namespaces with an EgressNetwork of their own are left
// out by routes for all.
func besideRoutes(m *intent.Model, said []*intent.External, e *intent.External) string {
	o, _ := outsidersOf(e.Scope.Client)
	for _, ns := range o.names {
		own := func(x *intent.Egress) bool {
			names, _ := networkNamespaces(x.Scope.Client)
			return slices.Contains(names, ns)
		}
		if o.all && !slices.ContainsFunc(m.Egress, own) {
			return "a route on an EgressNetwork for all is for the clients of " + ns + " too"
		}
	}
	for _, port := range e.Ports {
		for _, other := range said {
			if otherKind(other, port) {
				return "routes of one kind count on a port, and those to " + other.Title() + " are of another"
			}
		}
	}
	return ""
}

// otherKind reports whether hosts are let out at a port by routes of another kind.
func otherKind(e *intent.External, p intent.ExternalPort) bool {
	f, known := p.Family()
	return slices.ContainsFunc(e.Ports, func(o intent.ExternalPort) bool {
		of, k := o.Family()
		return known && k && o.Port == p.Port && of != f
	})
}
