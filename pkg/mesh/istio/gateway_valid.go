package istio

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/source"
)

// validGateway rejects what Istio's webhook rejects, so that nothing of the object is
// translated: pkg/config/validation ValidateGateway.
func validGateway(o *source.Object) {
	if !isLabel(o.Name) {
		o.Root.Get("metadata").Get("name").Reject("is no name of a Gateway, which has no dots")
	}
	servers := o.Root.Get("spec").Get("servers")
	if len(servers.Items()) == 0 {
		o.Root.Get("spec").Reject("has no servers")
	}
	names := map[string]bool{}
	for _, s := range servers.Items() {
		validServer(s)
		name := s.Get("port").Get("name")
		if names[name.Str()] {
			name.Reject("is the port name of two servers")
		}
		names[name.Str()] = true
	}
}

func validServer(s *source.Node) {
	hosts := s.Get("hosts").Items()
	if len(hosts) == 0 {
		s.Reject("has no hosts")
	}
	for _, h := range hosts {
		validServerHost(h)
	}
	port := s.Get("port")
	if port.Get("name").Str() == "" {
		s.Reject("has a port without a name")
	}
	if port.Get("number") == nil {
		s.Reject("has a port without a number")
	}
	validPort(port.Get("number"), strings.HasPrefix(s.Get("bind").Str(), "unix://"))
	if t := port.Get("targetPort"); t.Int() > 0 {
		t.Reject("has no effect in a Gateway, and Istio takes none there")
	}
	protocol, ok := meaning(gatewayProtocols, strings.ToUpper(port.Get("protocol").Str()))
	switch {
	case port.Get("protocol") == nil:
		s.Reject("has a port without a protocol")
	case !ok:
		port.Get("protocol").Reject("is not " + words(gatewayProtocols))
	}
	checkServer(s, protocol)
}

// validServerHost rejects what is no host of a server: a full name, a wildcard in
// front of one, or an address, with a namespace and a slash in front.
func validServerHost(n *source.Node) {
	namespace, host, ok := strings.Cut(n.Str(), "/")
	if !ok {
		namespace, host = "*", n.Str()
	}
	switch {
	case namespace != "*" && namespace != "." && !isLabel(namespace):
		n.Reject(`is not behind ".", "*" or a namespace`)
	case host == "*" || isAddress(host):
	case !strings.Contains(host, "."):
		n.Reject("is no full name of a host: it has no dot")
	case !isWildDomain(host) || strings.HasPrefix(host, "*") && !strings.HasPrefix(host, "*."):
		n.Reject("is no host name")
	}
}
