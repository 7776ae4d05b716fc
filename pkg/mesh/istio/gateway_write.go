package istio

import (
	"cmp"
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
		selector := manifest.Map()
		for _, p := range e.Selector {
			selector.Set(p.Key, manifest.Str(p.Value).Because(p.From...))
		}
		servers := manifest.List()
		for _, l := range e.Listeners {
			servers.Append(writeServer(l))
		}
		m.Root.Set("spec", manifest.Map().Set("selector", selector).Set("servers", servers))
		w.add(m)
	}
}

func writeServer(l intent.Listener) *manifest.Node {
	name := cmp.Or(l.Name, strings.ToLower(l.Protocol)+"-"+strconv.Itoa(l.Port))
	port := manifest.Map().Set("number", manifest.Int(l.Port)).Set("name", manifest.Str(name)).Set("protocol", manifest.Str(l.Protocol))
	n := manifest.Map().Because(l.From...).Set("port", port)
	prefix, _ := routesPrefix(&l)
	hosts := manifest.List()
	for _, h := range l.Hosts {
		hosts.Append(manifest.Str(prefix + h))
	}
	if len(l.Hosts) == 0 {
		hosts.Append(manifest.Str(prefix + "*"))
	}
	n.Set("hosts", hosts)
	if l.RedirectHTTPS {
		n.Set("tls", manifest.Map().Set("httpsRedirect", manifest.Bool(true)))
	}
	if l.TLS != nil {
		tls := manifest.Map().Because(l.TLS.From...).Set("mode", manifest.Str(word(gatewayModes, l.TLS.Mode)))
		for _, c := range l.TLS.Certificates {
			tls.Set("credentialName", manifest.Str(c.Name))
		}
		n.Set("tls", tls)
	}
	return n
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
