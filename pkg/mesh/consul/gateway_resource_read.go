package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// The options of a listener's TLS that consul-k8s reads.
// control-plane/api-gateway/common/constants.go of consul-k8s
const (
	optionCiphers  = "api-gateway.consul.hashicorp.com/tls_cipher_suites"
	optionMin      = "api-gateway.consul.hashicorp.com/tls_min_version"
	optionMax      = "api-gateway.consul.hashicorp.com/tls_max_version"
	optionServer   = "api-gateway.consul.hashicorp.com/tls_sds_cluster_name"
	optionResource = "api-gateway.consul.hashicorp.com/tls_sds_cert_resource"
)

// annotationAsk has a gateway, or the rules of a route, ask for permission or not.
const annotationAsk = group + "/ext-authz"

// gatewayResource reads a Gateway as the api-gateway that consul-k8s makes of it.
// control-plane/api-gateway/common/translation.go ToAPIGateway
func (r *reader) gatewayResource(o *source.Object) *gateway {
	spec := o.Root.Get("spec")
	g := &gateway{object: o, entry: r.entry(o)}
	spec.Get("gatewayClassName").Skip("Consul runs it")
	if leafAt(o, "metadata.annotations."+annotationAsk) != "" {
		g.beyond = "tokens or permission are asked for, as its annotation says"
	}
	for _, key := range []string{"addresses", "infrastructure", "backendTLS", "tls", "allowedListeners", "defaultScope"} {
		r.passedOver(spec.Get(key))
	}
	for _, n := range spec.Get("listeners").Items() {
		r.resourceListener(g, n)
	}
	return g
}

// passedOver tells of a field that consul-k8s does not look at.
func (r *reader) passedOver(n *source.Node) {
	if n != nil {
		n.MarkRead()
		r.inert(n, "consul-k8s passes it over")
	}
}

// resourceListener reads one listener. What Consul's servers refuse in an entry makes
// them refuse all of the gateway.
func (r *reader) resourceListener(g *gateway, n *source.Node) {
	v := value{n, false}
	protocol := n.Get("protocol").Str()
	l := &gatewayListener{node: v, name: n.Get("name").Str(), hostname: strings.ToLower(n.Get("hostname").Str()), port: n.Get("port").Int(), http: strings.HasPrefix(protocol, "HTTP")}
	switch {
	case protocol != "HTTP" && protocol != "HTTPS" && protocol != "TCP":
		g.wrong = "an API gateway has no listeners of protocol " + protocol
	case !l.http && l.hostname != "":
		g.wrong = "a listener for TCP has no hostname"
	case slices.ContainsFunc(g.listeners, func(x *gatewayListener) bool {
		return x.port == l.port && (x.hostname != l.hostname || x.http != l.http)
	}):
		g.wrong = "listeners of one port have one protocol and host"
	}
	allowed := n.Get("allowedRoutes")
	for _, k := range allowed.Get("kinds").Items() {
		k.Get("group").Str()
		l.kinds = append(l.kinds, k.Get("kind").Str())
	}
	secured := r.resourceTLS(g, n.Get("tls"))
	out := l.open(secured)
	out.Routes = cmp.Or(allowed.Get("namespaces").Get("from").Str(), "Same")
	if selector := allowed.Get("namespaces").Get("selector"); selector != nil {
		out.RoutesFrom = gatewayapi.ReadSelector(selector)
	}
	l.from, l.selector = out.Routes, out.RoutesFrom
	g.listeners, g.entry.Listeners = append(g.listeners, l), append(g.entry.Listeners, out)
}

// resourceTLS reads how a listener is secured; nil is not at all. As in entries, versions
// and ciphers reach no gateway.
func (r *reader) resourceTLS(g *gateway, n *source.Node) *intent.ListenerTLS {
	if n == nil {
		return nil
	}
	out := &intent.ListenerTLS{Mode: intent.TLSEnds, From: intent.From(n.Ref())}
	if mode := n.Get("mode"); mode.Str() == "Passthrough" {
		g.beyond = "a listener passes TLS on, which Consul's gateways do not"
	}
	r.passedOver(n.Get("frontendValidation"))
	for _, c := range n.Get("certificateRefs").Items() {
		name := intent.Name{Namespace: cmp.Or(c.Get("namespace").Str(), g.object.Namespace), Name: c.Get("name").Str()}
		if c.Get("group").Str() != "" || cmp.Or(c.Get("kind").Str(), "Secret") != "Secret" {
			r.inert(c, "consul-k8s takes certificates from Secrets only")
			continue
		}
		if name.Namespace != g.object.Namespace && !r.granted(kindGateway, g.object.Namespace, "Secret", name) {
			g.beyond = "no ReferenceGrant of the input lets it have a certificate of another namespace"
			continue
		}
		out.Certificates = append(out.Certificates, name)
	}
	for _, e := range n.Get("options").Entries() {
		switch text := e.Value.Str(); e.Key {
		case optionServer:
			out.Server.Name = text
		case optionResource:
			out.Server.Resource = text
		case optionCiphers, optionMin, optionMax:
			r.inert(e.Value, "the option "+e.Key+" reaches no gateway, which takes what Envoy takes by itself")
		default:
			r.inert(e.Value, "consul-k8s has no such option")
		}
	}
	if len(out.Certificates) == 0 && out.Server == (intent.CertificateServer{}) {
		g.beyond = cmp.Or(g.beyond, "a listener is secured, and has no certificate")
	}
	return out
}

// granted reports whether a ReferenceGrant lets objects of a kind refer to another
// namespace.
func (r *reader) granted(fromKind, from, toKind string, to intent.Name) bool {
	return slices.ContainsFunc(r.grants, func(g gatewayapi.Grant) bool { return g.Permits(fromKind, from, toKind, to) })
}
