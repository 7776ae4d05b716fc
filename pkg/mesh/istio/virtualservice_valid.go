package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/source"
)

// validVirtualService rejects what Istio's webhook rejects, so that nothing of
// the object is translated: pkg/config/validation ValidateVirtualService.
func validVirtualService(o *source.Object) {
	spec := o.Root.Get("spec")
	hosts, gateways := spec.Get("hosts").Items(), spec.Get("gateways").Items()
	if len(hosts) == 0 {
		validDelegate(spec)
	}
	validGateways(gateways)
	ingress := len(gateways) > 0 && !slices.ContainsFunc(gateways, func(g *source.Node) bool { return g.Str() == "mesh" })
	validHosts(spec, hosts, ingress)
	said := 0
	for _, key := range []string{"http", "tls", "tcp"} {
		said += len(spec.Get(key).Items())
	}
	if said == 0 {
		o.Root.Get("spec").Reject("has no http, tls or tcp routes")
	}
	for _, n := range spec.Get("http").Items() {
		validHTTPRoute(n, len(hosts) == 0)
		if !ingress {
			noClaims(n)
		}
	}
	for _, n := range spec.Get("tls").Items() {
		validTLSRoute(n, hosts, sniOnly(spec, gateways))
	}
	for _, n := range spec.Get("tcp").Items() {
		validTCPRoute(n)
	}
	validExports(spec.Get("exportTo"), o.Namespace, false)
}

// validDelegate rejects what a VirtualService without hosts cannot say.
func validDelegate(spec *source.Node) {
	for _, key := range []string{"gateways", "tls", "tcp"} {
		if len(spec.Get(key).Items()) > 0 {
			spec.Get(key).Reject("stands in a VirtualService without hosts, to which others delegate HTTP routes")
		}
	}
}

// validHosts rejects hosts that are no names, and those that another host of the
// list covers.
func validHosts(spec *source.Node, hosts []*source.Node, ingress bool) {
	sni := hasSNI(spec)
	for _, h := range hosts {
		name := h.Str()
		if generated(name) && ingress && sni || isAddress(name) {
			continue
		}
		switch {
		case !isWildDomain(name):
			h.Reject("is no host name")
		case name == "*" && !ingress:
			h.Reject("is every host, which is for gateways only")
		}
	}
	for i, h := range hosts {
		if slices.ContainsFunc(hosts[:i], func(other *source.Node) bool {
			return coversHost(h.Str(), other.Str()) || coversHost(other.Str(), h.Str())
		}) {
			h.Reject("is covered by another host of the list")
		}
	}
}

// coversHost reports whether all of b are names of a; a wildcard is a text in
// front: pkg/config/host Name.SubsetOf.
func coversHost(a, b string) bool {
	suffix, wild := strings.CutPrefix(a, "*")
	switch inner, both := strings.CutPrefix(b, "*"); {
	case wild && both:
		return len(b) >= len(a) && strings.HasSuffix(inner, suffix)
	case wild:
		return strings.HasSuffix(b, suffix)
	}
	return a == b
}

func hasSNI(spec *source.Node) bool {
	for _, t := range spec.Get("tls").Items() {
		for _, m := range t.Get("match").Items() {
			if len(m.Get("sniHosts").Items()) > 0 {
				return true
			}
		}
	}
	return false
}

// sniOnly reports whether names that Istio generates may stand for servers: with
// gateways alone, and with none.
func sniOnly(spec *source.Node, gateways []*source.Node) bool {
	return hasSNI(spec) && !slices.ContainsFunc(gateways, func(g *source.Node) bool { return g.Str() == "mesh" })
}

// generated reports whether a name is one that Istio gives to clusters, such as
// "outbound_.80_._.cart.shop.svc.cluster.local".
func generated(name string) bool {
	parts := strings.Split(name, "_")
	return len(parts) >= 4 && parts[0] == "outbound" && strings.ContainsAny(parts[1], "0123456789") && strings.ContainsFunc(parts[3], isLetter)
}

func isLetter(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' }

// validGateways rejects names of gateways: "name" or "namespace/name". Istio does
// not look behind the first without a namespace.
func validGateways(gateways []*source.Node) {
	for _, g := range gateways {
		namespace, name, qualified := strings.Cut(g.Str(), "/")
		if !qualified {
			if !isDomain(g.Str()) {
				g.Reject("is no name of a gateway")
			}
			return
		}
		if !isLabel(namespace) || !isLabel(name) {
			g.Reject("is no name of a gateway behind a namespace and a slash")
		}
	}
}
