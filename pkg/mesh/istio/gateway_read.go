package istio

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// gateways lifts ingress gateways. One that says more than listeners with plain
// HTTP, TLS terminated with a Secret, or TLS passed through is kept as it is.
func (r *reader) gateways(objs []*source.Object) {
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
			e.Listeners = append(e.Listeners, server(s)...)
		}
		r.m.Entries = append(r.m.Entries, e)
	}
}

// known are the fields of a server's TLS that the model knows.
var known = map[string]bool{"mode": true, "credentialName": true, "httpsRedirect": true}

// beyondListeners says what of a gateway the model does not know, or "". It reads
// nothing.
func beyondListeners(spec *source.Node) string {
	for _, s := range spec.Get("servers").Items() {
		for _, key := range []string{"bind", "defaultEndpoint"} {
			if s.GetNull(key) != nil {
				return "a server says " + key
			}
		}
		tls := s.Get("tls")
		if tls == nil {
			continue
		}
		for _, e := range tls.Entries() {
			if !known[e.Key] {
				return "a server's TLS says " + e.Key
			}
		}
		mode := tls.Get("mode")
		if _, ok := meaning(gatewayModes, mode.Text()); mode != nil && !ok {
			return "a server's TLS has the mode " + mode.Text()
		}
	}
	return ""
}

// server lifts a server: one listener, or one for each namespace whose routes some of
// its hosts take.
func server(n *source.Node) []intent.Listener {
	port := n.Get("port")
	l := intent.Listener{Name: port.Get("name").Str(), Port: port.Get("number").Int(), From: intent.From(n.Ref())}
	if name := n.Get("name"); name != nil {
		l.Name = name.Str()
	}
	l.Protocol, _ = meaning(gatewayProtocols, strings.ToUpper(port.Get("protocol").Str()))
	if tls := n.Get("tls"); tls != nil {
		l.RedirectHTTPS = tls.Get("httpsRedirect").Bool()
		if l.Protocol != "HTTP" {
			l.TLS = listenerTLS(tls)
		}
		if l.TLS != nil && l.TLS.Mode == "Passthrough" && l.Protocol == "HTTPS" {
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
			l.RoutesFrom = match.Atom{Field: match.Label, Key: namespaceLabel, Value: ns, Ref: h.Ref()}
		}
		i := slices.IndexFunc(out, func(o intent.Listener) bool { return o.Routes == l.Routes && match.Equal(o.RoutesFrom, l.RoutesFrom) })
		if i < 0 {
			if len(out) > 0 {
				l.Name += "-" + strconv.Itoa(len(out)+1)
			}
			i, out = len(out), append(out, l)
		}
		out[i].Hosts = append(out[i].Hosts, host)
	}
	for i := range out {
		if len(out[i].Hosts) == 1 && out[i].Hosts[0] == "*" {
			out[i].Hosts = nil
		}
	}
	return out
}

// listenerTLS reads how a listener is secured; no mode is PASSTHROUGH.
func listenerTLS(n *source.Node) *intent.ListenerTLS {
	out := &intent.ListenerTLS{Mode: "Passthrough", From: intent.From(n.Ref())}
	if m := n.Get("mode"); m != nil {
		out.Mode, _ = meaning(gatewayModes, m.Str())
	}
	if c := n.Get("credentialName"); c != nil {
		out.Certificates = []intent.Name{{Name: c.Str()}}
	}
	return out
}
