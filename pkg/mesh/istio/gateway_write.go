package istio

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// gateways prints ingress entries.
func (w *writer) gateways() {
	for _, e := range w.m.Entries {
		if w.isVerbatim("Gateway", &intent.Home{Namespace: e.Name.Namespace, Name: e.Name.Name}) {
			continue
		}
		home := intent.Home{}
		if e.Home != nil {
			home = *e.Home
		}
		home.Namespace, home.Name = e.Name.Namespace, e.Name.Name
		m := w.object(groupNetworking, "Gateway", &home, "gateway")
		m.From = append(m.From, e.From...)
		var selector *manifest.Node // none is all gateways
		for _, p := range e.Selector {
			if selector == nil {
				selector = manifest.Map()
			}
			selector.Set(p.Key, manifest.Str(p.Value).Because(p.From...))
		}
		servers := manifest.List()
		for i := 0; i < len(e.Listeners); {
			n := ofServer(e.Listeners[i:])
			servers.Append(writeServer(e.Listeners[i:i+n], w.redirectsHTTPS(e, &e.Listeners[i])))
			i += n
		}
		m.Root.Set("spec", manifest.Map().Set("selector", selector).Set("servers", servers))
		w.add(m)
	}
}

// ofServer is how many listeners, from the first on, are of one server: those that
// were one before they were told apart by the namespaces whose routes they take.
func ofServer(ls []intent.Listener) int {
	n := 1
	for n < len(ls) && len(ls[0].From) > 0 && slices.Equal(ls[n].From, ls[0].From) {
		n++
	}
	return n
}

// writeServer prints listeners that differ in their hosts only, and in the namespaces
// whose routes these take; redirect is the table by which all is redirected, nil for none.
func writeServer(ls []intent.Listener, redirect *intent.Routing) *manifest.Node {
	l := ls[0]
	name := cmp.Or(l.Name, strings.ToLower(l.Protocol)+"-"+strconv.Itoa(l.Port))
	port := manifest.Map().Set("number", manifest.Int(l.Port)).Set("name", manifest.Str(name)).Set("protocol", manifest.Str(l.Protocol))
	n := manifest.Map().Because(l.From...).Set("port", port)
	hosts := manifest.List()
	for i := range ls {
		appendHosts(hosts, &ls[i])
	}
	n.Set("hosts", hosts)
	if l.TLS != nil {
		return n.Set("tls", writeServerTLS(l.TLS))
	}
	if redirect != nil {
		n.Set("tls", manifest.Map().Set("httpsRedirect", manifest.Bool(true).Because(redirect.From...)))
	}
	return n
}

func appendHosts(to *manifest.Node, l *intent.Listener) {
	prefix, _ := routesPrefix(l)
	for _, h := range l.Hosts {
		to.Append(manifest.Str(prefix + h))
	}
	if len(l.Hosts) == 0 {
		to.Append(manifest.Str(prefix + "*"))
	}
}

// namespaceLabel is the label that Kubernetes gives every namespace.
const namespaceLabel = "kubernetes.io/metadata.name"

// routesPrefix writes, in front of a host, whose routes may be attached: "" for
// all. ok is false where it cannot be said.
func routesPrefix(l *intent.Listener) (prefix string, ok bool) {
	switch l.Routes {
	case "All":
		return "", true
	case "", "Same":
		return "./", true
	}
	a, isAtom := l.RoutesFrom.(match.Atom)
	if l.Routes == "Selector" && isAtom && a.Field == match.Label && a.Key == namespaceLabel && a.Op == match.Exact {
		return a.Value + "/", true
	}
	return "./", false
}
