package gatewayapi

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
)

// Dialect is how one implementation understands route objects: what the
// specification leaves open, and where the implementation deviates from it.
type Dialect struct {
	// Mesh is the mesh's name, for Opaque facts and default origins.
	Mesh string
	// Prefers ranks rules of HTTP tables, PrefersGRPC of gRPC tables: the region
	// in which b, listed later, wins over a. See legal.RouteForm.Prefers.
	Prefers, PrefersGRPC func(a, b match.Expr) match.Expr
	// Disagree is where implementations differ and the specification is silent:
	// for such pairs the reader reports order-unknown. nil for a dialect of one
	// implementation.
	Disagree func(p intent.Protocol, a, b match.Expr) match.Expr
	// Consumers says what routes in another namespace than their Service's do.
	Consumers Consumers
	// MeshHostnames says that hostnames of routes on Services are matched and
	// rank first. Otherwise they have no effect, as GEP-1294 recommends.
	MeshHostnames bool
	// KindsByPort says that routes of several kinds on one Service each have their
	// effect at ports of their own protocol. Otherwise the first kind of GRPCRoute,
	// HTTPRoute, TLSRoute and TCPRoute has effect alone, as GEP-1294 wants it.
	KindsByPort bool
	// Connections is what becomes of connections to Services beside the routes for them.
	Connections Connections
	// PassedOnly says that routes for connections have no effect where a listener ends
	// TLS (Cilium).
	PassedOnly bool
	// EndedAlike says that where a listener ends TLS, all of its names go where the
	// first TLSRoute for one of them sends them (Istio).
	EndedAlike bool
	// NoClientCertificates says why spec.tls.frontend of a Gateway has no effect; ""
	// is that it has.
	NoClientCertificates string
	// ListenerOptions reads the TLS options of a listener, and reports whether they are
	// all understood; nil understands none.
	ListenerOptions func(*source.Node, *intent.ListenerTLS) bool
	// BackendTLS is what a BackendTLSPolicy does.
	BackendTLS BackendTLS
	// Budgets is what a retry budget of an XBackendTrafficPolicy counts.
	Budgets Budgets
	// L4Version is the version of TLSRoutes and TCPRoutes; "" is v1.
	L4Version string
	// NoBackends says what a rule without backendRefs and redirect does.
	NoBackends NoBackends
	// ZeroWeights says what a rule does whose backends all have the weight 0.
	ZeroWeights ZeroWeights
	// Imports is what a ServiceImport is as a backend.
	Imports Imports
	// HeaderOrder is the order in which a header filter is executed.
	HeaderOrder [3]intent.HeaderOp
	// HostHeader says that a filter which sets or adds the header Host rewrites the
	// authority, unless a URLRewrite does (Istio).
	HostHeader bool
	// AskedPort says that a redirect to the same host keeps the port that was asked, but
	// for one that goes without saying (Istio); see SettleRedirects.
	AskedPort bool
	// Shares is in which order a rule and its backends change a header.
	Shares Shares
	// LastFilter says that of the filters of several backends the last one counts that
	// those of one name have (Cilium).
	LastFilter bool
	// Ignores lists the fields of rules without effect: "retry",
	// "sessionPersistence", "timeouts.backendRequest", "timeouts.request", "backendRefs";
	// such fields of objects; and kinds that nobody reads.
	Ignores []string
	// Retry completes what a retry stanza leaves to the implementation.
	Retry RetryForm
	// Filter says what becomes of a filter by its type, such as "URLRewrite",
	// on a rule or a backend. nil accepts all that the specification has.
	Filter func(kind, filter string, at FilterPlace) FilterFate
	// Elsewhere reports parents that the mesh's own reader handles, such as
	// Linkerd's Server; routes without any other parent are passed over. nil is
	// none.
	Elsewhere func(Parent) bool
	// Attaches says why a route has no effect on a Service, or "". nil is that
	// it always has.
	Attaches func(in mesh.Input, r *Route, p Parent) string
	// Meant reports annotations of routes that the implementation gives a
	// meaning; nil is none.
	Meant func(annotation string) bool
	// Policy reads the annotations by which the implementation extends a route,
	// marks them as read, and returns what they do to each rule (nil for
	// nothing), or why they make the whole route inert. nil reads none.
	Policy func(o *source.Object) (apply func(*intent.Rule), inert string)
	// Annotations are what a rule of a protocol needs on the object it is written
	// into; rules that need different ones are written into different objects.
	// nil is none.
	Annotations func(intent.Protocol, *intent.Rule) []intent.Pair
}

// Consumers is what a consumer route does: one in another namespace than its
// Service's, for the clients of its own namespace.
type Consumers uint8

const (
	// ConsumersReplace: it replaces the producer's routes for these clients
	// (GEP-1294).
	ConsumersReplace Consumers = iota
	// ConsumersMerge: it is ranked together with the producer's (Linkerd).
	ConsumersMerge
	// ConsumersIgnored: it has no effect (Cilium).
	ConsumersIgnored
)

// Connections is what becomes of connections to Services beside TLSRoutes and TCPRoutes.
type Connections struct {
	// Ignores says why routes of a protocol have no effect at a port of a Service; "" is that
	// they have. nil is that they have at all ports.
	Ignores func(p intent.Protocol, at intent.ServicePort) string
	// GoesOn says that those which no route takes go the way of what clients are not told
	// of. Otherwise they are closed.
	GoesOn bool
	// Shared says that the routes of all namespaces are for all clients, those of the
	// client's own namespace first.
	Shared bool
	// OwnNames says that of several hostnames of a TLSRoute those count that the Service
	// has; where it has none of them, the route takes all connections.
	OwnNames bool
}

// BackendTLS is what a BackendTLSPolicy does.
type BackendTLS uint8

const (
	// BackendTLSNamed: all callers check that a server has one of the names listed, or
	// the hostname where none is (GEP-1897).
	BackendTLSNamed BackendTLS = iota
	// BackendTLSListed: they check names that are listed, and no others (Istio).
	BackendTLSListed
	// BackendTLSGateways: only Gateways dial so (Cilium).
	BackendTLSGateways
	// BackendTLSNone: nobody reads it (Linkerd).
	BackendTLSNone
)

// NoBackends is what a rule does that names no backend and no redirect.
type NoBackends uint8

const (
	// NoBackendsFail: requests get a 500.
	NoBackendsFail NoBackends = iota
	// NoBackendsParent: requests reach the parent Service (Linkerd).
	NoBackendsParent
)

// FilterPlace is where a filter stands.
type FilterPlace uint8

const (
	OnRule FilterPlace = iota
	OnBackend
)

// FilterFate is what an implementation makes of a filter.
type FilterFate uint8

const (
	FilterWorks FilterFate = iota
	// FilterKillsRoute: the whole route has no effect.
	FilterKillsRoute
	// FilterFailsBackend: the backend's share of requests gets a 500.
	FilterFailsBackend
	// FilterIgnored: the filter has no effect.
	FilterIgnored
	// FilterFailsRule: requests of the rule get a 500, as the specification
	// demands for filters that an implementation does not know.
	FilterFailsRule
)

// RetryForm is what an implementation adds to a retry stanza.
type RetryForm struct {
	// Attempts where the stanza names none.
	Attempts int
	// On are the conditions retried besides the codes; sorted.
	On []intent.RetryOn
}

// ignores reports whether a field or kind has no effect.
func (d Dialect) ignores(field string) bool {
	for _, f := range d.Ignores {
		if f == field {
			return true
		}
	}
	return false
}

// filter is the fate of a filter.
func (d Dialect) filter(kind, filter string, at FilterPlace) FilterFate {
	if d.Filter == nil {
		return FilterWorks
	}
	return d.Filter(kind, filter, at)
}

// headerOrder is HeaderOrder, or the order of the API's fields.
func (d Dialect) headerOrder() [3]intent.HeaderOp {
	if d.HeaderOrder == ([3]intent.HeaderOp{}) {
		return [3]intent.HeaderOp{intent.SetHeader, intent.AddHeader, intent.RemoveHeader}
	}
	return d.HeaderOrder
}

// ranks returns the comparator of a protocol.
func (d Dialect) ranks(p intent.Protocol) func(a, b match.Expr) match.Expr {
	switch {
	case layer4(p):
		return PrefersSNI
	case p == intent.GRPC && d.PrefersGRPC != nil:
		return d.PrefersGRPC
	}
	return d.Prefers
}
