package intent

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// Entry is an ingress gateway: where requests from outside enter the mesh.
type Entry struct {
	Home *Home
	// Name is what Routing.Entry refers to: namespace and name of the gateway
	// object.
	Name Name
	// Class is who runs it (Gateway API), "" for the mesh's own; Selector
	// chooses its pods (Istio), sorted by key.
	Class    string
	Selector []Pair
	// Parent is the entry to whose address the listeners are added; zero is that they
	// are the entry's own. Offers says of which namespaces an entry takes such
	// listeners: "Same", "All", or "Selector" with OffersTo over field Label of the
	// namespace; "" takes none.
	Parent    Name
	Offers    string
	OffersTo  match.Expr
	Listeners []Listener
	From      Origin
}

// Listener is one open port of an Entry for some hosts.
type Listener struct {
	Name     string
	Port     int
	Protocol string // HTTP, HTTPS, TLS or TCP
	// Hosts that may be routed here; empty is all. Wildcards as in Host.DNS.
	Hosts []string
	// Routes says which namespaces may attach routes: "Same", "All", or
	// "Selector" with RoutesFrom over field Label of the namespace.
	Routes     string
	RoutesFrom match.Expr
	TLS        *ListenerTLS
	From       Origin
}

// Serves reports whether traffic that a table of the protocol is about comes in
// here: TLS where it is passed through, and TCP also as what is left of TLS that
// ends here.
func (l *Listener) Serves(p Protocol) bool {
	if l.TLS != nil && l.TLS.Mode == TLSOnward {
		return false
	}
	passes := l.TLS != nil && l.TLS.Mode == TLSPasses
	switch p {
	case TLS:
		return passes && (l.Protocol == "TLS" || l.Protocol == "HTTPS")
	case TCP:
		return l.Protocol == "TCP" || l.Protocol == "TLS" && !passes
	}
	return l.Protocol == "HTTP" || l.Protocol == "HTTPS" && !passes
}

// Nameless reports whether connections that come in name no host: plain TCP. Hosts
// then say at most whose routes are taken.
func (l *Listener) Nameless() bool { return l.Protocol == "TCP" && l.TLS == nil }

// Names reports whether a name of servers, or some that a wildcard is for, comes in
// here.
func (l *Listener) Names(dns string) bool {
	return len(l.Hosts) == 0 || l.Nameless() || dns == "" || dns == "*" || slices.ContainsFunc(l.Hosts, func(h string) bool {
		return h == dns || h == "*" || wildcardFor(h, dns) || wildcardFor(dns, h)
	})
}

func wildcardFor(wildcard, name string) bool {
	suffix, ok := strings.CutPrefix(wildcard, "*")
	return ok && len(name) > len(suffix) && strings.HasSuffix(name, suffix)
}
