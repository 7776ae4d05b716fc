package engine

import (
	"net/netip"
	"slices"
	"strings"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	networking "istio.io/api/networking/v1alpha3"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pkg/config/host"
	"istio.io/istio/pkg/wellknown"

	"github.com/transmesh/transmesh/translate/conformance/rbac/routes"
)

// Connection is what a client's proxy does with a connection.
type Connection struct {
	// Refused says that it takes no such connection.
	Refused bool
	// Rejected says that Envoy takes no configuration of the port, so that what was there
	// before stays.
	Rejected bool
	// HTTP says that requests on it are looked at.
	HTTP bool
	// Shares are the clusters that it is sent to.
	Shares []routes.Share
}

// Address is where clients send what is for a Service; "" is not known.
func (c *Client) Address(service string) string {
	if s := c.proxy.SidecarScope.GetService(host.Name(service)); s != nil {
		return s.DefaultAddress
	}
	return ""
}

// Connect is what becomes of a connection to the address of a Service: by TLS where it has
// an SNI. A proxy hands it to the listener for that address and port, else to the one for the
// port, else it takes it for what it does not know.
func (c *Client) Connect(service string, a Arrival) Connection {
	address := c.proxy.SidecarScope.GetService(host.Name(service))
	if address == nil {
		return c.unknown()
	}
	at, err := netip.ParseAddr(address.DefaultAddress)
	if err != nil {
		c.t.Fatal(err)
	}
	l := c.bound(at.String(), a.Port)
	if l == nil {
		l = c.bound("0.0.0.0", a.Port)
	}
	if l == nil {
		return c.unknown()
	}
	if clashing(l) {
		return Connection{Rejected: true}
	}
	chain := chainTo(l, at, a.SNI)
	for _, f := range chain.GetFilters() {
		switch f.GetName() {
		case wellknown.TCPProxy:
			shares := c.shares(f)
			return Connection{Shares: shares, Refused: len(shares) == 1 && open(shares[0].Cluster) == ""}
		case wellknown.HTTPConnectionManager:
			return Connection{HTTP: true}
		}
	}
	return Connection{Refused: true}
}

// unknown is what becomes of connections to what a proxy does not know.
func (c *Client) unknown() Connection {
	if c.proxy.SidecarScope.OutboundTrafficPolicy.GetMode() == networking.OutboundTrafficPolicy_REGISTRY_ONLY {
		return Connection{Refused: true}
	}
	return Connection{Shares: []routes.Share{{Cluster: "PassthroughCluster", Weight: 1}}}
}

func (c *Client) bound(address string, port uint32) *listener.Listener {
	i := slices.IndexFunc(c.listeners, func(l *listener.Listener) bool {
		at := l.GetAddress().GetSocketAddress()
		return l.GetName() != model.VirtualOutboundListenerName && at.GetPortValue() == port && at.GetAddress() == address
	})
	if i < 0 {
		return nil
	}
	return c.listeners[i]
}

// chainTo is the chain for a connection to an address: of those for the smallest block that
// has it, the one with the most specific name of the server, and of these the one for its
// transport. Envoy does not go back to a less specific one. nil is none.
// source/common/listener_manager/filter_chain_manager_impl.cc findFilterChainForDestinationIP
func chainTo(l *listener.Listener, to netip.Addr, sni string) *listener.FilterChain {
	chains := best(l.GetFilterChains(), func(m *listener.FilterChainMatch) int { return bits(m, to) })
	chains = best(chains, func(m *listener.FilterChainMatch) int { return nameWeight(m.GetServerNames(), sni) })
	transport := "raw_buffer"
	if sni != "" {
		transport = "tls"
	}
	chains = best(chains, func(m *listener.FilterChainMatch) int {
		switch m.GetTransportProtocol() {
		case transport:
			return 1
		case "":
			return 0
		}
		return -1
	})
	chains = best(chains, func(m *listener.FilterChainMatch) int { return -len(m.GetApplicationProtocols()) })
	if len(chains) == 0 {
		return l.GetDefaultFilterChain()
	}
	return chains[0]
}

// best are the chains whose weight is the largest; less than 0 is none.
func best(chains []*listener.FilterChain, weight func(*listener.FilterChainMatch) int) (out []*listener.FilterChain) {
	most := 0
	for _, c := range chains {
		w := weight(orEmpty(c.GetFilterChainMatch()))
		if w > most {
			out, most = nil, w
		}
		if w == most {
			out = append(out, c)
		}
	}
	return out
}

// bits is one more than the length of the smallest block of a match that has an address; 0
// is a match without blocks.
func bits(m *listener.FilterChainMatch, to netip.Addr) int {
	if len(m.GetPrefixRanges()) == 0 {
		return 0
	}
	most := -1
	for _, r := range m.GetPrefixRanges() {
		at, err := netip.ParseAddr(r.GetAddressPrefix())
		if err != nil {
			continue
		}
		n := int(r.GetPrefixLen().GetValue())
		if block, err := at.Prefix(n); err == nil && block.Contains(to) {
			most = max(most, 1+n)
		}
	}
	return most
}

// nameWeight is how specific the name is that an SNI is one of; 0 is that none is asked for.
func nameWeight(names []string, sni string) int {
	if len(names) == 0 {
		return 0
	}
	most := -1
	for _, n := range names {
		suffix, wild := strings.CutPrefix(n, "*")
		switch {
		case sni == "":
		case n == sni:
			most = 1 << 16
		case wild && strings.HasSuffix(sni, suffix):
			most = max(most, len(n))
		}
	}
	return most
}
