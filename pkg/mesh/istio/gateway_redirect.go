package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// A server that redirects to https answers all that comes in plain by itself, whatever
// routes say: with the host as the client wrote it, so that the port stays unless it goes
// without saying.
// pilot/pkg/networking/core/gateway.go buildGatewayHTTPRouteConfig,
// envoy source/common/http/utility.cc createSslRedirectPath

// redirecting notes whether a server redirects; TLS has nothing to redirect.
func (r *reader) redirecting(server, n *source.Node, l *intent.Listener) {
	switch {
	case !n.Bool():
	case l.Protocol == "HTTP":
		r.toHTTPS[server.Ref()] = n
	default:
		n.Inert("what comes in by TLS is not redirected")
		r.add(diag.Inert, "httpsRedirect has no effect: only what comes in plain is redirected", "move it to the server for HTTP", n.Ref())
	}
}

// redirects are the tables of an entry's servers that redirect to https.
func (r *reader) redirects(e *intent.Entry) {
	for i := range e.Listeners {
		l := &e.Listeners[i]
		n := r.toHTTPS[l.From[0]]
		if n == nil {
			continue
		}
		if ofNamespace(l) {
			continue
		}
		hosts := l.Hosts
		if len(hosts) == 0 {
			hosts = []string{""}
		}
		for _, h := range hosts {
			r.redirect(e, l, r.in.Env.Host(h), n)
		}
	}
}

func (r *reader) redirect(e *intent.Entry, l *intent.Listener, h intent.Host, n *source.Node) *intent.Routing {
	t := redirectTable(e, l, h)
	t.From, t.Rules[0].From = intent.From(n.Ref()), intent.From(n.Ref())
	gatewayapi.SettleRedirects(t, gatewayapi.AskedAt(t, nil, e))
	r.m.Routing = append(r.m.Routing, t)
	return t
}

// ofNamespace reports whether the hosts of a server are for routes of one namespace. Pilot makes
// redirects of these where routes are for them, and looks for the others by the namespace and the
// name, so that requests get 404.
// pilot/pkg/model/gateway.go sanitizeServerHostNamespace, pilot/pkg/networking/core/gateway.go
func ofNamespace(l *intent.Listener) bool { return l.Routes == "Same" || l.Routes == "Selector" }

// routedRedirects are the tables of servers that redirect to https what some VirtualService
// routes of their hosts.
func (r *reader) routedRedirects() {
	said := map[*source.Node]bool{}
	for _, e := range r.m.Entries {
		for i := range e.Listeners {
			l := &e.Listeners[i]
			n := r.toHTTPS[l.From[0]]
			for _, h := range r.redirected[l] {
				if ofNamespace(l) || !slices.Contains(l.Hosts, r.in.Env.DNS(h)) && len(l.Hosts) > 0 || len(l.Hosts) == 0 && h.DNS != "*" {
					r.redirect(e, l, h, n).Home = r.homes[h]
				}
			}
			if n != nil {
				said[n] = said[n] || !ofNamespace(l) || len(r.redirected[l]) > 0
			}
		}
	}
	for _, e := range r.m.Entries {
		for _, l := range e.Listeners {
			if n := r.toHTTPS[l.From[0]]; n != nil && !said[n] {
				said[n] = true
				r.redirectsNothing(n)
			}
		}
	}
}

// withoutRedirected drops what is routed of hosts that a server of the port redirects.
func (r *reader) withoutRedirected() {
	redirects := map[gatewayClaim]bool{}
	for _, t := range r.m.Routing {
		if saidByServer(t) {
			redirects[gatewayClaim{t.Entry, t.Host, t.Port, t.Protocol}] = true
		}
	}
	r.m.Routing = slices.DeleteFunc(r.m.Routing, func(t *intent.Routing) bool {
		gone := !saidByServer(t) && redirects[gatewayClaim{t.Entry, t.Host, t.Port, t.Protocol}]
		for i := 0; gone && i < len(t.From); i++ {
			r.onlyRedirects[t.From[i]] = true
		}
		return gone
	})
}

func (r *reader) redirectsNothing(n *source.Node) {
	n.Inert("no route of the namespace is for the hosts, and requests get 404")
	r.add(diag.Inert, "httpsRedirect has no effect: no route of the namespace before the slash is for a host of the server, and requests get 404", "name the hosts without a namespace", n.Ref())
}

func redirectTable(e *intent.Entry, l *intent.Listener, h intent.Host) *intent.Routing {
	rule := intent.Rule{When: match.True, Then: intent.Redirect{Status: 301, Scheme: "https"}}
	return &intent.Routing{Home: e.Home, Entry: e.Name, Host: h, Port: l.Port, Rules: []intent.Rule{rule}, Else: unroutedAt(intent.HTTP)}
}

// saidByServer reports whether a table is what a server that redirects does: it is said in the
// Gateway.
func saidByServer(t *intent.Routing) bool {
	return !t.Entry.IsZero() && len(t.From) > 0 && !slices.ContainsFunc(t.From, func(ref place.Ref) bool {
		return !strings.HasPrefix(ref.Object, "Gateway ") || !strings.HasSuffix(ref.Path, ".tls.httpsRedirect")
	})
}

// withRoutes reports whether a table is what a server does for hosts of routes of one namespace:
// it redirects where a route of the host is for its port.
func (w *writer) withRoutes(t *intent.Routing) bool {
	if !saidByServer(t) {
		return false
	}
	e := entryNamed(w.m, t.Entry)
	return e != nil && slices.ContainsFunc(e.Listeners, func(l intent.Listener) bool {
		return l.Port == t.Port && l.Protocol == "HTTP" && ofNamespace(&l)
	})
}

// besideRedirects merges the tables of a host as acrossPorts does. Where one is for all ports,
// redirects of servers need not be said.
func (w *writer) besideRedirects(ts []*intent.Routing) []*intent.Routing {
	var rest, redirects []*intent.Routing
	for _, t := range ts {
		if w.withRoutes(t) {
			redirects = append(redirects, t)
		} else {
			rest = append(rest, t)
		}
	}
	if len(rest) > 0 {
		rest = w.acrossPorts(rest)
	}
	if slices.ContainsFunc(rest, func(t *intent.Routing) bool { return t.Port == 0 }) {
		return rest
	}
	return append(redirects, rest...)
}

// redirectsHTTPS is the table by which a listener redirects all that comes in to https; nil
// is none.
func (w *writer) redirectsHTTPS(e *intent.Entry, l *intent.Listener) *intent.Routing {
	for _, t := range w.m.Routing {
		of := t.Entry == e.Name && t.Port == l.Port && saidByServer(t)
		if of && (t.Host == intent.Host{} && len(l.Hosts) == 0 || slices.Contains(l.Hosts, w.m.Env.DNS(t.Host)) || ofNamespace(l) && slices.ContainsFunc(l.Hosts, func(n string) bool { return coversHost(n, w.m.Env.DNS(t.Host)) })) {
			return t
		}
	}
	return nil
}
