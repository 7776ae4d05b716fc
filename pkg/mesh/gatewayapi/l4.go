package gatewayapi

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// routeKinds are the kinds of routes with the traffic that they are about.
var routeKinds = map[string]intent.Protocol{
	"HTTPRoute": intent.HTTP, "GRPCRoute": intent.GRPC, "TLSRoute": intent.TLS, "TCPRoute": intent.TCP,
}

// isRoute reports whether objects of a kind are routes that are read.
func isRoute(kind string) bool {
	_, ok := routeKinds[kind]
	return ok
}

// layer4 reports whether a protocol's routes are about connections, and not about
// HTTP.
func layer4(p intent.Protocol) bool { return p == intent.TLS || p == intent.TCP }

// family is the protocol whose tables routes of a protocol stand in beside each
// other.
func family(p intent.Protocol) intent.Protocol {
	if p == intent.GRPC {
		return intent.HTTP
	}
	return p
}

// admits reports whether a listener is for routes of a kind, by its protocol.
// https://gateway-api.sigs.k8s.io/reference/spec/#protocoltype and
// #tlsroutespec: a TLSRoute may also follow TLS that ends at the listener.
func admits(l *intent.Listener, kind string) bool {
	switch kind {
	case "TLSRoute":
		return l.Protocol == "TLS"
	case "TCPRoute":
		return l.Serves(intent.TCP)
	case udpRoute:
		return l.Protocol == "UDP"
	}
	return l.Protocol == "HTTP" || l.Protocol == "HTTPS"
}

// unroutedOf is what becomes of traffic that no rule of a table takes: 404 for
// HTTP; other connections are closed.
func unroutedOf(p intent.Protocol) intent.Action {
	if layer4(p) {
		return intent.Forward{}
	}
	return intent.Respond{Status: 404}
}

// closes reports whether an action closes every connection.
func closes(a intent.Action) bool {
	f, ok := a.(intent.Forward)
	return ok && len(f.To) == 0
}

// asUnknown reports whether an action is what becomes of connections that no route takes.
func asUnknown(a intent.Action) bool {
	p, passes := a.(intent.Passthrough)
	return passes && p.AsUnknown
}

// PrefersSNI ranks rules for TLS by the names of servers: an exact one before a
// wildcard, then the longer.
// https://gateway-api.sigs.k8s.io/reference/spec/#tlsroutespec
func PrefersSNI(a, b match.Expr) match.Expr {
	return prefers(a, b, fixed(func(a, b rank) standing { return hostStanding(a.host, b.host) }))
}

// l4Can says why a rule for TLS or TCP cannot say a condition, or "".
func l4Can(p intent.Protocol, l match.Literal) string {
	a := l.Atom
	if p != intent.TLS || a.Field != match.SNI {
		return "a route of TLS or TCP tells connections apart by the server's name of TLS only"
	}
	if l.Not || a.Fold || a.Op != match.Exact && a.Op != match.Suffix || !formHost.fits(hostnameOf(a)) {
		return "the server's name of TLS is matched exactly, or by a wildcard for the names below one"
	}
	return ""
}

// WholeTable says for a model why one of its tables, of which each part can be
// said, cannot be said by routes.
func WholeTable(m *intent.Model) func(*intent.Routing) string {
	return func(t *intent.Routing) string {
		if why := foreignImport(t); why != "" {
			return why
		}
		const unnamed = "a TLSRoute names servers, and these connections may be for any"
		switch {
		case t.Protocol == intent.TLS && t.Entry.IsZero():
			for i := range t.Rules {
				if slices.ContainsFunc(ofServers(t.Rules[i].When), func(h hosted) bool { return len(h.hosts) == 0 }) {
					return unnamed
				}
			}
		case t.Protocol == intent.TLS && !named(t.Host):
			return unnamed
		case t.Protocol == intent.TCP && named(t.Host) && !endsTLS(m, t):
			return "only where TLS ends at a listener is a server's name known"
		case layer4(t.Protocol) && named(t.Host) && !listenedFor(m, t):
			return "a route is for those names only that the listener is for"
		}
		return ""
	}
}

// listenedFor reports whether the listeners that a table is for are for all of the
// names that it is for.
func listenedFor(m *intent.Model, t *intent.Routing) bool {
	for _, e := range m.Entries {
		for _, l := range e.Listeners {
			if e.Name != t.Entry || t.Port != 0 && t.Port != l.Port || !l.Serves(t.Protocol) {
				continue
			}
			within := func(own string) bool { name, ok := intersect(t.Host.DNS, own); return ok && name == t.Host.DNS }
			if !slices.ContainsFunc(listenerHosts(l), within) {
				return false
			}
		}
	}
	return true
}

// OneKind is WholeTable for implementations that take one kind of routes for a
// Service's port.
func OneKind(m *intent.Model) func(*intent.Routing) string {
	whole := WholeTable(m)
	return func(t *intent.Routing) string {
		before := func(o *intent.Routing) bool {
			return o.Entry.IsZero() && o.Host == t.Host && family(o.Protocol) < t.Protocol && (o.Port == 0 || t.Port == 0 || o.Port == t.Port)
		}
		if layer4(t.Protocol) && t.Entry.IsZero() && slices.ContainsFunc(m.Routing, before) {
			return "a Service's port has routes of one kind, and there are others that go before it"
		}
		return whole(t)
	}
}

// WithBackends is OneKind for Linkerd, where a rule without backends reaches the Service
// that it is for.
func WithBackends(m *intent.Model) func(*intent.Routing) string {
	oneKind := OneKind(m)
	return func(t *intent.Routing) string {
		nowhere := func(r intent.Rule) bool { return closes(r.Then) }
		if !layer4(t.Protocol) && slices.ContainsFunc(t.Rules, nowhere) {
			return "a rule without backends reaches the Service"
		}
		return oneKind(t)
	}
}

// PassedOnly is OneKind for Cilium, which does not follow TLS that ends at a
// listener, and at Gateways has its own way with filters of backends.
// cilium operator/pkg/gateway-api/gatewayclass_status.go exemptFeatures
func PassedOnly(m *intent.Model) func(*intent.Routing) string {
	oneKind := OneKind(m)
	return func(t *intent.Routing) string {
		if t.Protocol == intent.TCP && !t.Entry.IsZero() && (named(t.Host) || endsTLS(m, t)) {
			return noTermination
		}
		if !t.Entry.IsZero() {
			if why := ciliumBackends(t); why != "" {
				return why
			}
		}
		return cmp.Or(importOnService(t), oneKind(t))
	}
}

const noTermination = "Cilium follows TLS only where a listener passes it through"

// named reports whether a host of an entry is a name, or a wildcard for some.
func named(h intent.Host) bool { return h.DNS != "" && h.DNS != anyHostname }

// endsTLS reports whether the listeners for TCP that a table is for are there, and
// all end TLS.
func endsTLS(m *intent.Model, t *intent.Routing) bool {
	any := false
	for _, e := range m.Entries {
		for _, l := range e.Listeners {
			if e.Name != t.Entry || t.Port != 0 && t.Port != l.Port || !l.Serves(intent.TCP) {
				continue
			}
			if any = true; l.TLS == nil {
				return false
			}
		}
	}
	return any
}

// ofServers splits a predicate by the names of servers, as withoutHosts does.
func ofServers(e match.Expr) []hosted { return withoutField(e, match.SNI) }

// l4Backends says why rules for connections cannot forward as they do.
func l4Backends(p intent.Part) string {
	t, ok := p.(*intent.Routing)
	if !ok || !layer4(t.Protocol) {
		return ""
	}
	for i := range t.Rules {
		_, forwards := t.Rules[i].Then.(intent.Forward)
		_, passes := t.Rules[i].Then.(intent.Passthrough)
		if !forwards && !passes || closes(t.Rules[i].Then) {
			return "a rule for connections names a backend, and one here has none"
		}
	}
	return ""
}

// atGateways is l4Backends for routes on Gateways only.
func atGateways(p intent.Part) string {
	if t, ok := p.(*intent.Routing); ok && layer4(t.Protocol) && t.Entry.IsZero() {
		return "routes on Services are for HTTP and gRPC"
	}
	return l4Backends(p)
}

// versionOf is the version of a kind of routes.
func (d Dialect) versionOf(kind string) string {
	if layer4(routeKinds[kind]) {
		return cmp.Or(d.L4Version, "v1")
	}
	return "v1"
}
