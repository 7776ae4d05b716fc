package consul

import (
	"cmp"

	"github.com/transmesh/transmesh/pkg/intent"
)

// gatewayTLS is how an ingress-gateway, or one of its listeners, is to be secured.
type gatewayTLS struct {
	node value
	// enabled has the listener show a certificate of the mesh.
	enabled bool
	// server hands out the certificate resource; "" is not said.
	server, resource string
	min, max         string
	ciphers          []string
}

// readGatewayTLS reads what is said at one level; a missing node says nothing.
func (g *ingressGateway) readGatewayTLS(n value) gatewayTLS {
	out := gatewayTLS{node: n, enabled: n.get("enabled").boolean()}
	out.server, out.resource = handedOut(n)
	out.min, out.max, out.ciphers = boundTLS(n)
	return out
}

// handedOut is which server hands out which certificate by Envoy's secret discovery.
func handedOut(n value) (server, resource string) {
	sds := n.get("sds")
	return sds.get("clusterName").text(), sds.get("certResource").text()
}

// over is what a listener says, and what the gateway does where that says nothing. TLS
// that the gateway asks for no listener can go without.
// agent/xds/listeners_ingress.go resolveListenerTLSConfig
func (t gatewayTLS) over(all gatewayTLS) gatewayTLS {
	out := gatewayTLS{
		node: t.node, enabled: t.enabled || all.enabled, server: cmp.Or(t.server, all.server), resource: cmp.Or(t.resource, all.resource),
		min: cmp.Or(t.min, all.min), max: cmp.Or(t.max, all.max), ciphers: t.ciphers,
	}
	if len(out.ciphers) == 0 {
		out.ciphers = all.ciphers
	}
	return out
}

// contradicts reports whether ciphers are said for TLS that has its own: where a gateway and a
// listener say one half each, the server takes both, and makes no configuration of it.
// agent/xds/listeners.go validateListenerTLSConfig
func (t gatewayTLS) contradicts() bool { return len(t.ciphers) > 0 && t.min == tlsVersions["TLSv1_3"] }

// ends is how a listener is secured by that; nil is not at all.
// agent/xds/listeners_ingress.go makeCommonTLSContextFromSnapshotListenerConfig
func (t gatewayTLS) ends(all gatewayTLS) *intent.ListenerTLS {
	out := &intent.ListenerTLS{MinVersion: t.min, MaxVersion: t.max, Ciphers: t.ciphers}
	for _, n := range []value{all.node, t.node} {
		if !n.missing() {
			out.From = append(out.From, n.Node.Ref())
		}
	}
	switch {
	case t.server != "" && t.resource != "":
		out.Mode, out.Server = intent.TLSEnds, intent.CertificateServer{Name: t.server, Resource: t.resource}
	case t.enabled: // who shows a certificate must have it of the mesh, and nobody must
		out.Mode, out.Clients = intent.TLSShown, &intent.ClientCertificates{Optional: true, From: out.From}
	default:
		return nil
	}
	return out
}

// unsecured says what of TLS is said in vain, where a listener goes without.
func (g *ingressGateway) unsecured(t gatewayTLS) {
	for _, key := range []string{"tlsMinVersion", "tlsMaxVersion", "cipherSuites"} {
		g.inert(t.node.get(key).Node, "the "+key+" has no effect where TLS is not enabled")
	}
}

// checkServer notes why Consul's servers refuse who hands out the certificates of a
// listener.
// agent/structs/config_entry_gateways.go validateServiceSDS
func (g *ingressGateway) checkServer(listener gatewayTLS) {
	all := g.tls
	switch {
	case all.server == "" && all.resource != "":
		g.wrong = "it names a certificate, and no server that hands it out"
	case all.server != "" && all.resource == "" && listener.resource == "", listener.server != "" && listener.resource == "":
		g.wrong = "it names a server that hands out certificates, and a listener none of its certificates"
	case listener.resource != "" && listener.server == "" && all.server == "":
		g.wrong = "a listener names a certificate, and no server that hands it out"
	}
}

// ownTLS is how what is served for a service is secured, apart from the rest of its
// listener: by a certificate of its own, for its hosts. nil is with the rest.
// agent/xds/listeners_ingress.go makeSDSOverrideFilterChains
func (g *ingressGateway) ownTLS(n value, listener gatewayTLS) *intent.ListenerTLS {
	tls := n.get("tls")
	server, resource := handedOut(tls)
	switch {
	case resource == "":
		g.inert(tls.get("sds").get("clusterName").Node, "it names no certificate")
		return nil
	case len(n.get("hosts").items()) == 0:
		g.wrong = "a service has a certificate of its own, and no hosts"
	case server == "" && cmp.Or(listener.server, g.tls.server) == "":
		g.wrong = "a service has a certificate of its own, and no server that hands it out"
	case server == "":
		g.beyond = "a service has a certificate of its own, and its proxy is not told who hands it out"
	}
	return &intent.ListenerTLS{Mode: intent.TLSEnds, Server: intent.CertificateServer{Name: server, Resource: resource}, From: intent.From(tls.Node.Ref())}
}
