package gatewayapi

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// terminating is an end of TLS at a listener, passing its opposite, as the API
// spells them.
const (
	terminating = string(intent.TLSEnds)
	passing     = string(intent.TLSPasses)
)

func readListenerTLS(n *source.Node, protocol, namespace string) *intent.ListenerTLS {
	mode := cmp.Or(enum(n.Get("mode"), terminating, passing), terminating)
	t := &intent.ListenerTLS{Mode: intent.TLSEnd(mode), From: intent.From(n.Ref())}
	refs := n.Get("certificateRefs")
	for _, c := range atMost(refs, 64) {
		if c.Get("group").Str() != "" || cmp.Or(c.Get("kind").Str(), "Secret") != "Secret" {
			c.Reject("is not a Secret")
		}
		t.Certificates = append(t.Certificates, intent.Name{
			Namespace: cmp.Or(formLabel.read(c.Get("namespace")), namespace), Name: formName.need(c, "name"),
		})
	}
	switch {
	case slices.Contains([]string{"HTTP", "TCP", "UDP"}, protocol):
		n.Reject("stands on a listener of protocol " + protocol)
	case protocol == "HTTPS" && t.Mode != intent.TLSEnds:
		n.Reject("passes TLS through on a listener of protocol HTTPS")
	case protocol == "TLS" && n.Get("mode") == nil:
		n.Reject("has no mode on a listener of protocol TLS")
	case t.Mode == intent.TLSEnds && len(t.Certificates) == 0 && n.Get("options") == nil:
		n.Reject("has no certificateRefs")
	}
	return t
}

// readFrontend reads which clients listeners are to take by their certificates: those
// of a port by what is said of the port, all others by the default.
// https://gateway-api.sigs.k8s.io/geps/gep-91/
func (g *gateway) readFrontend(n *source.Node, d Dialect) {
	if n == nil {
		return
	}
	if d.NoClientCertificates != "" {
		n.MarkRead()
		n.Inert(d.NoClientCertificates)
		g.diags.Add(diag.Inert, "spec.tls.frontend of Gateway "+g.object.Namespace+"/"+g.object.Name+" has no effect: "+d.NoClientCertificates, "keep clients out in another way", n.Ref())
		return
	}
	if n.Get("default") == nil {
		n.Reject("has no default")
	}
	own := map[int]bool{}
	for _, item := range atMost(n.Get("perPort"), 64) {
		p := port(item.Get("port"))
		if p == 0 || item.Get("tls") == nil || own[p] {
			item.Reject("is not for one port of its own")
		}
		own[p] = true
		g.demand(item, item.Get("tls").Get("validation"), func(l *listener) bool { return l.Port == p })
	}
	g.demand(n.Get("default"), n.Get("default").Get("validation"), func(l *listener) bool { return !own[l.Port] })
}

// demand is what listeners for which a condition holds demand of clients.
type demand struct {
	item    *source.Node
	clients *intent.ClientCertificates
	on      func(*listener) bool
}

func (g *gateway) demand(item, n *source.Node, on func(*listener) bool) {
	if n == nil {
		return
	}
	c := g.readValidation(n)
	c.From = intent.From(item.Ref())
	g.demands = append(g.demands, demand{item, c, on})
}

// validate has listeners at which TLS ends demand certificates. An option of an
// implementation may have said how strictly.
func (g *gateway) validate(d demand) {
	used := false
	for _, l := range g.all() {
		if l.TLS == nil || l.TLS.Mode != intent.TLSEnds || !d.on(l) {
			continue
		}
		used = true
		clients := *d.clients
		if old := l.TLS.Clients; old != nil {
			clients.Optional, clients.Unchecked = old.Optional, old.Unchecked
		}
		tls := *l.TLS
		tls.Clients = &clients
		l.TLS = &tls
	}
	if !used {
		d.item.Inert("no listener ends TLS there")
		g.diags.Add(diag.Inert, d.item.Ref().Path+" of Gateway "+g.object.Namespace+"/"+g.object.Name+" is for no listener that ends TLS", "remove it, or add the listener", d.item.Ref())
	}
}

// all are the listeners of a Gateway and of the ListenerSets that add to it.
func (g *gateway) all() []*listener {
	var out []*listener
	for _, of := range append([]*gateway{g}, g.sets...) {
		for i := range of.listeners {
			out = append(out, &of.listeners[i])
		}
	}
	return out
}

func (g *gateway) readValidation(n *source.Node) *intent.ClientCertificates {
	c := &intent.ClientCertificates{}
	if enum(n.Get("mode"), "AllowValidOnly", "AllowInsecureFallback") == "AllowInsecureFallback" {
		c.Optional, c.Unchecked = true, true
	}
	refs := n.Get("caCertificateRefs")
	for _, ref := range atMost(refs, 16) {
		c.Authorities = append(c.Authorities, readAuthority(ref, g.object.Namespace))
	}
	if len(c.Authorities) == 0 {
		n.Reject("has no caCertificateRefs")
	}
	return c
}

// readAuthority reads a bundle of authorities, of a kind with its group where that
// is not the core's.
func readAuthority(n *source.Node, namespace string) intent.Authority {
	kind := formName.need(n, "kind")
	if n.Get("group") == nil {
		n.Reject("has no group")
	}
	if g := n.Get("group").Str(); g != "" {
		kind += "." + g
	}
	return intent.Authority{Kind: kind, Name: intent.Name{Namespace: cmp.Or(formLabel.read(n.Get("namespace")), namespace), Name: formName.need(n, "name")}}
}
