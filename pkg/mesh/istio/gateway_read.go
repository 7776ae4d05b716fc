package istio

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// gateways lifts ingress gateways. One that says more than listeners with plain
// HTTP, TLS terminated with a Secret, or TLS passed through is kept as it is.
func (r *reader) gateways(objs []*source.Object) {
	for _, o := range objs {
		spec := o.Need("spec")
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
		if len(spec.Get("servers").Items()) == 0 {
			spec.Reject("has no servers")
		}
		for _, s := range spec.Get("servers").Items() {
			l := r.server(s)
			r.namesOfTCP(e.Name, l)
			e.Listeners = append(e.Listeners, l)
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

// server lifts one listener.
func (r *reader) server(n *source.Node) intent.Listener {
	port := n.Get("port")
	l := intent.Listener{Name: port.Get("name").Str(), Port: port.Get("number").Int(), Routes: "All", From: intent.From(n.Ref())}
	if name := n.Get("name"); name != nil {
		l.Name = name.Str()
	}
	if t := port.Get("targetPort"); t != nil {
		t.Inert("only a ServiceEntry has endpoints of its own")
		r.add(diag.Inert, "targetPort has no effect in a Gateway", "remove it", t.Ref())
	}
	protocol, ok := meaning(gatewayProtocols, strings.ToUpper(port.Get("protocol").Str()))
	if !ok {
		port.Get("protocol").Reject("is not " + words(gatewayProtocols))
	}
	l.Protocol = protocol
	if len(n.Get("hosts").Items()) == 0 {
		n.Reject("has no hosts")
	}
	r.serverHosts(&l, n.Get("hosts"))
	if len(l.Hosts) == 1 && l.Hosts[0] == "*" {
		l.Hosts = nil
	}
	if tls := n.Get("tls"); tls != nil {
		l.RedirectHTTPS = tls.Get("httpsRedirect").Bool()
		if protocol != "HTTP" {
			l.TLS = r.listenerTLS(tls)
		}
		if l.TLS != nil && l.TLS.Mode == "Passthrough" && protocol == "HTTPS" {
			l.Protocol = "TLS" // what passes is not looked into
		}
	}
	return l
}

// serverHosts reads the hosts with, in front of a slash, the namespace whose
// routes may be attached: "." is the gateway's own, "*" or none is any. Hosts of
// different namespaces are listeners in other meshes.
func (r *reader) serverHosts(l *intent.Listener, n *source.Node) {
	for i, h := range n.Items() {
		ns, host, ok := strings.Cut(strings.ToLower(h.Str()), "/")
		if !ok {
			ns, host = "*", ns
		}
		l.Hosts = append(l.Hosts, host)
		routes, from := "Selector", match.Expr(match.Atom{Field: match.Label, Key: namespaceLabel, Value: ns, Ref: h.Ref()})
		switch ns {
		case ".":
			routes, from = "Same", nil
		case "*":
			routes, from = "All", nil
		}
		if i > 0 && (routes != l.Routes || !match.Equal(from, l.RoutesFrom)) {
			h.Reject("takes routes of other namespaces than the hosts before it; give it a server of its own")
		}
		l.Routes, l.RoutesFrom = routes, from
	}
}

// listenerTLS reads how a listener is secured; no mode is PASSTHROUGH.
func (r *reader) listenerTLS(n *source.Node) *intent.ListenerTLS {
	out := &intent.ListenerTLS{Mode: "Passthrough", From: intent.From(n.Ref())}
	if m := n.Get("mode"); m != nil {
		out.Mode, _ = meaning(gatewayModes, m.Str())
	}
	if c := n.Get("credentialName"); c != nil {
		out.Certificates = []intent.Name{{Name: c.Str()}}
	}
	return out
}
