package istio

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// gateways lifts ingress gateways. One that says what no listener does is kept
// as it is.
func (r *reader) gateways(objs []*source.Object) {
	var servers []*gatewayServer
	for _, o := range objs {
		spec := o.Need("spec")
		validGateway(o)
		if why := beyondListeners(spec); why != "" {
			home := r.home(o)
			r.keep(o, home, false, "Gateway", why)
			continue
		}
		home := r.home(o)
		e := &intent.Entry{Home: home, Name: intent.Name{Namespace: o.Namespace, Name: o.Name}, From: intent.From(o.Ref())}
		for _, p := range entries(spec.Get("selector")) {
			e.Selector = append(e.Selector, intent.Pair{Key: p.Key, Value: p.Value.Str(), From: intent.From(p.Value.Ref())})
		}
		for _, s := range spec.Get("servers").Items() {
			e.Listeners = append(e.Listeners, r.server(s)...)
			servers = append(servers, serverOf(e, o, s))
		}
		r.m.Entries = append(r.m.Entries, e)
	}
	r.merge(servers)
	for _, e := range r.m.Entries {
		r.redirects(e)
	}
}

// beyondListeners says what of a gateway the model does not know, or "". It reads
// nothing.
func beyondListeners(spec *source.Node) string {
	for _, s := range spec.Get("servers").Items() {
		if s.GetNull("bind") != nil {
			return "a server says bind"
		}
		tls := s.Get("tls")
		if tls == nil {
			continue
		}
		mode, _ := meaning(gatewayModes, peekOr(tls.GetNull("mode"), "PASSTHROUGH"))
		if mode.end != intent.TLSEnds || !withSecrets(tls) {
			continue
		}
		if !mode.asked && said(tls, "subjectAltNames") {
			return "a server's TLS says subjectAltNames, and asks for no certificates"
		}
		if name := tls.GetNull("caCertCredentialName"); mode.asked && said(tls, "caCertCredentialName") {
			if _, ok := authorityNamed(peek(name)); !ok {
				return "the caCertCredentialName of a server does not end in " + caSuffix + ", so that its proxies are sent no authorities"
			}
		}
	}
	return ""
}

// server lifts a server: one listener, or one for each namespace whose routes some of
// its hosts take.
func (r *reader) server(n *source.Node) []intent.Listener {
	port := n.Get("port")
	l := intent.Listener{Name: port.Get("name").Str(), Port: port.Get("number").Int(), From: intent.From(n.Ref())}
	if name := n.Get("name"); name != nil {
		l.Name = name.Str()
	}
	l.Protocol, _ = meaning(gatewayProtocols, strings.ToUpper(port.Get("protocol").Str()))
	if e := n.Get("defaultEndpoint"); e != nil {
		e.Str()
		e.Inert("Istio does nothing with it")
		r.add(diag.Inert, "Istio does nothing with defaultEndpoint of a server", "remove it", e.Ref())
	}
	if tls := n.Get("tls"); tls != nil {
		r.redirecting(n, tls.Get("httpsRedirect"), &l)
		secured := r.serverTLS(tls)
		if l.Protocol != "HTTP" {
			l.TLS = secured
		}
		if l.TLS != nil && l.Protocol == "HTTPS" && (l.TLS.Mode == intent.TLSPasses || l.TLS.Mode == intent.TLSOnward) {
			l.Protocol = "TLS" // what passes is not looked into
		}
	}
	return byNamespace(l, n.Get("hosts"))
}

// byNamespace reads the hosts with, in front of a slash, the namespace whose
// routes may be attached: "." is the gateway's own, "*" or none is any. Hosts of
// different namespaces are listeners in other meshes.
func byNamespace(base intent.Listener, n *source.Node) []intent.Listener {
	var out []intent.Listener
	for _, h := range n.Items() {
		ns, host, ok := strings.Cut(strings.ToLower(h.Str()), "/")
		if !ok {
			ns, host = "*", ns
		}
		l := base
		switch ns {
		case ".":
			l.Routes = "Same"
		case "*":
			l.Routes = "All"
		default:
			l.Routes = "Selector"
			l.RoutesFrom = match.Atom{Field: match.Label, Key: namespaceLabel, Value: ns, Ref: new(h.Ref())}
		}
		i := slices.IndexFunc(out, func(o intent.Listener) bool { return o.Routes == l.Routes && match.Equal(o.RoutesFrom, l.RoutesFrom) })
		if i < 0 {
			if len(out) > 0 {
				l.Name += "-" + strconv.Itoa(len(out)+1)
			}
			i, out = len(out), append(out, l)
		}
		if !slices.Contains(out[i].Hosts, host) {
			out[i].Hosts = append(out[i].Hosts, host)
		}
	}
	for i := range out {
		if len(out[i].Hosts) == 1 && out[i].Hosts[0] == "*" {
			out[i].Hosts = nil
		}
	}
	return out
}
