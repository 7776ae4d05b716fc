package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/source"
)

// validTLSRoute rejects a route by server name, which must be one of the
// object's hosts: pkg/config/validation validateTLSRoute. lenient takes names
// that Istio generates.
func validTLSRoute(n *source.Node, hosts []*source.Node, lenient bool) {
	if len(n.Get("match").Items()) == 0 {
		n.Reject("has no match, which a TLS route needs")
	}
	for _, m := range n.Get("match").Items() {
		names := m.Get("sniHosts").Items()
		if len(names) == 0 {
			m.Reject("has no sniHosts")
		}
		for _, s := range names {
			validServerName(s, hosts, lenient)
		}
		validL4Match(m)
	}
	validForward(n)
}

func validServerName(s *source.Node, hosts []*source.Node, lenient bool) {
	name := s.Str()
	switch {
	case isAddress(name):
	case !isWildDomain(name) && !(lenient && generated(name)):
		s.Reject("is no host name")
	case !slices.ContainsFunc(hosts, func(h *source.Node) bool { return coversHost(h.Str(), name) }):
		s.Reject("is not among the hosts of the VirtualService")
	}
}

func validTCPRoute(n *source.Node) {
	for _, m := range n.Get("match").Items() {
		if m.Kind() == source.Null {
			m.Reject("is no match")
		}
		validL4Match(m)
	}
	validForward(n)
}

func validL4Match(m *source.Node) {
	for _, s := range m.Get("destinationSubnets").Items() {
		if !isSubnet(s.Str()) {
			s.Reject("is no address and no block of addresses")
		}
	}
	validPort(m.Get("port"), true)
	validLabels(m.Get("sourceLabels"))
	validGateways(m.Get("gateways").Items())
}

func validForward(n *source.Node) {
	if len(n.Get("route").Items()) == 0 {
		n.Reject("has no route")
	}
	validWeights(n.Get("route"))
}
