package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// The kinds of entries about API gateways, which are no custom resources: on
// Kubernetes, those of the Gateway API stand for them.
const (
	entryGateway    = "api-gateway"
	entryHTTPRoute  = "http-route"
	entryTCPRoute   = "tcp-route"
	entryIngress    = "ingress-gateway"
	entryInlineCert = "inline-certificate"
	entryFileCert   = "file-system-certificate"
)

// anyHost is the host of a listener or route that names none.
const anyHost = "*"

// gateway is an api-gateway as read.
type gateway struct {
	object    *source.Object
	entry     *intent.Entry
	listeners []*gatewayListener
	// beyond says what of it the model does not hold, and wrong why Consul's servers
	// refuse it; "" is nothing.
	beyond, wrong string
	// uses are the certificates that it names.
	uses []*source.Object
}

// gatewayListener is one of its ports, with the routes that are bound to it.
type gatewayListener struct {
	node     value
	name     string
	hostname string
	port     int
	http     bool
	routes   []*gatewayRoute
	// kinds of routes that it takes, none is any, and of which namespaces: those of the
	// Gateway, all, or such with labels.
	kinds    []string
	from     string
	selector match.Expr
}

// entries lifts ingress gateways and what is routed there. Those that say what no
// fact does are kept as they are, with the routes that lead nowhere then.
func (r *reader) entries() {
	r.holdClasses()
	all := r.gatewaysFor(r.entriesOf(entryGateway), r.gateway)
	gateways := r.soundGateways(slices.Concat(all, r.gatewaysFor(r.resourcesOf(kindGateway), r.gatewayResource)))
	var routes []*gatewayRoute
	for _, o := range r.entriesOf(entryHTTPRoute) {
		routes = append(routes, r.httpRoute(o))
	}
	for _, o := range r.entriesOf(entryTCPRoute) {
		routes = append(routes, r.tcpRoute(o))
	}
	for _, o := range slices.Concat(r.resourcesOf(kindHTTPRoute), r.resourcesOf(kindTCPRoute)) {
		routes = append(routes, r.routeResource(o))
	}
	routes = r.soundRoutes(routes)
	r.guardGateways(gateways)
	for _, rt := range routes {
		r.demand(rt, gateways)
	}
	for _, rt := range routes {
		r.bind(rt, gateways)
	}
	for _, of := range sortedServices(gateways) {
		for _, g := range gateways[of] {
			r.lift(g)
		}
	}
	for _, rt := range routes {
		r.settle(rt)
	}
	for _, o := range r.in.Objects {
		if isIngress(o) {
			r.ingress(o)
		}
	}
	r.holdChains()
}

func isIngress(o *source.Object) bool {
	return o.Group() == group && o.Kind == kindIngress || o.Group() == "" && o.Kind == entryIngress
}

// entriesOf lists the configuration entries of a kind that no resource stands for.
func (r *reader) entriesOf(kind string) []*source.Object {
	return slices.DeleteFunc(slices.Clone(r.in.Objects), func(o *source.Object) bool { return o.Group() != "" || o.Kind != kind })
}

// gateway reads the listeners of one.
// agent/structs/config_entry_gateways.go APIGatewayConfigEntry.Validate
func (r *reader) gateway(o *source.Object) *gateway {
	spec := specOf(o)
	g := &gateway{object: o, entry: r.entry(o)}
	listeners := spec.get("listeners")
	if len(listeners.items()) == 0 {
		spec.Node.Reject("has no listeners")
	}
	for _, n := range listeners.items() {
		l := &gatewayListener{node: n, name: n.get("name").text(), hostname: strings.ToLower(n.get("hostname").text()), port: n.get("port").count()}
		protocol := strings.ToLower(n.get("protocol").text())
		l.http = protocol == protocolHTTP
		r.checkListener(g, l, protocol)
		secured := r.listenerTLS(g, n.get("tls"))
		for _, v := range r.onlyEnterprise(n, "default", "override") {
			g.beyond = "tokens are demanded at " + v.Node.Ref().Path
		}
		g.listeners = append(g.listeners, l)
		g.entry.Listeners = append(g.entry.Listeners, l.open(secured))
	}
	return g
}

// entry begins an entry that Consul runs.
func (r *reader) entry(o *source.Object) *intent.Entry {
	return &intent.Entry{Home: r.home(o), Name: intent.Name{Namespace: o.Namespace, Name: o.Name}, Class: Name, From: intent.From(o.Ref())}
}

// checkListener rejects what Consul's servers do.
func (r *reader) checkListener(g *gateway, l *gatewayListener, protocol string) {
	n := l.node
	same := func(x *gatewayListener) bool {
		return x.port == l.port && (x.hostname != l.hostname || x.http != l.http)
	}
	switch {
	case protocol != protocolHTTP && protocol != protocolTCP:
		n.Node.Reject("has a protocol that is neither http nor tcp")
	case l.name == "" || slices.ContainsFunc(g.listeners, func(x *gatewayListener) bool { return x.name == l.name }):
		n.Node.Reject("has no name of its own")
	case l.port < 1 || l.port > 65535:
		n.Node.Reject("has no port between 1 and 65535")
	case !l.http && l.hostname != "":
		n.get("hostname").Node.Reject("is for http only")
	case strings.Contains(strings.TrimPrefix(l.hostname, "*."), "*"):
		n.get("hostname").Node.Reject("has a wildcard that is not its first label")
	case slices.ContainsFunc(g.listeners, same):
		n.Node.Reject("shares its port with a listener of another protocol or host")
	}
}

// open is the listener in the model: routes of the gateway's own namespace.
func (l *gatewayListener) open(secured *intent.ListenerTLS) intent.Listener {
	out := intent.Listener{Name: l.name, Port: l.port, Protocol: "TCP", Routes: "Same", TLS: secured, From: intent.From(l.node.Node.Ref())}
	switch {
	case l.http && secured != nil:
		out.Protocol = "HTTPS"
	case l.http:
		out.Protocol = "HTTP"
	case secured != nil:
		out.Protocol = "TLS"
	}
	if l.hostname != "" {
		out.Hosts = []string{l.hostname}
	}
	return out
}

// listenerTLS reads how connections are secured; nil is not at all.
func (r *reader) listenerTLS(g *gateway, n value) *intent.ListenerTLS {
	if n.missing() || len(n.pairs()) == 0 {
		return nil
	}
	out := &intent.ListenerTLS{Mode: intent.TLSEnds, From: intent.From(n.Node.Ref())}
	for _, c := range n.get("certificates").items() {
		name := c.get("name").text()
		switch kind := cmp.Or(c.get("kind").text(), entryInlineCert); kind {
		case entryInlineCert:
			out.Certificates = append(out.Certificates, intent.Name{Name: name})
		case entryFileCert:
			o := r.certificateFiles(name)
			if o == nil {
				g.beyond = "the certificate " + name + " is not in the input"
				continue
			}
			spec := specOf(o)
			g.uses = append(g.uses, o)
			out.Files = append(out.Files, intent.KeyFiles{Certificate: spec.get("certificate").text(), Key: spec.get("privateKey").text()})
			out.From = append(out.From, o.Ref())
		default:
			c.Node.Reject("is of no kind of certificate")
		}
		if name == "" {
			c.Node.Reject("has no name")
		}
	}
	r.unboundTLS(n)
	if len(out.Certificates)+len(out.Files) == 0 {
		g.beyond = cmp.Or(g.beyond, "a listener is secured, and has no certificate")
	}
	return out
}

// unboundTLS reads which versions and ciphers a listener is to take, which the servers
// check and tell no proxy: these take what Envoy takes by itself.
// agent/xds/listeners_apigateway.go makeInlineOverrideFilterChains is given the TLSConfig
// of an ingress gateway, or one that nothing fills.
func (r *reader) unboundTLS(n value) {
	tlsVersion(n.get("minVersion"))
	tlsVersion(n.get("maxVersion"))
	for _, c := range n.get("cipherSuites").items() {
		if ciphers[c.text()] == "" {
			c.Node.Reject("is no cipher suite that Consul knows")
		}
	}
	for _, key := range []string{"minVersion", "maxVersion", "cipherSuites"} {
		r.inert(n.get(key).Node, "the "+key+" of a listener reaches no gateway, which takes what Envoy takes by itself")
	}
}

// certificateFiles is the file-system-certificate of a name; nil is that it is not in the
// input.
func (r *reader) certificateFiles(name string) *source.Object {
	for _, o := range r.entriesOf(entryFileCert) {
		if o.Name == name {
			return o
		}
	}
	return nil
}

// tlsVersions are the names of versions of TLS.
var tlsVersions = map[string]string{"": "", "TLS_AUTO": "", "TLSv1_0": "1.0", "TLSv1_1": "1.1", "TLSv1_2": "1.2", "TLSv1_3": "1.3"}

func tlsVersion(v value) string {
	out, known := tlsVersions[v.text()]
	if !known {
		v.Node.Reject("is no version of TLS")
	}
	return out
}

// ciphers are OpenSSL's names of Consul's cipher suites: types/tls.go
// envoyTLSCipherSuiteStrings.
var ciphers = map[string]string{
	"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256":       "ECDHE-ECDSA-AES128-GCM-SHA256",
	"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
	"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256":         "ECDHE-RSA-AES128-GCM-SHA256",
	"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256":   "ECDHE-RSA-CHACHA20-POLY1305",
	"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA":          "ECDHE-ECDSA-AES128-SHA",
	"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA":            "ECDHE-RSA-AES128-SHA",
	"TLS_RSA_WITH_AES_128_GCM_SHA256":               "AES128-GCM-SHA256",
	"TLS_RSA_WITH_AES_128_CBC_SHA":                  "AES128-SHA",
	"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384":       "ECDHE-ECDSA-AES256-GCM-SHA384",
	"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384":         "ECDHE-RSA-AES256-GCM-SHA384",
	"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA":          "ECDHE-ECDSA-AES256-SHA",
	"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA":            "ECDHE-RSA-AES256-SHA",
	"TLS_RSA_WITH_AES_256_GCM_SHA384":               "AES256-GCM-SHA384",
	"TLS_RSA_WITH_AES_256_CBC_SHA":                  "AES256-SHA",
}
