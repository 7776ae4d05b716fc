package engine

import (
	"encoding/json"
	"net/netip"
	"slices"
	"time"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"

	"github.com/transmesh/transmesh/translate/conformance/rbac/routes"
)

// redirectedID begins the names of instances whose traffic is redirected through
// their sidecars.
const redirectedID = "redirected-"

// RegisterRedirected makes an instance of a service known whose traffic is redirected
// through its sidecar.
func (a *Agent) RegisterRedirected(name string) error {
	text, err := json.Marshal(map[string]any{
		"ID": redirectedID + name, "Name": name, "Port": 9090, "Address": "127.0.0.1",
		"Connect": map[string]any{"SidecarService": map[string]any{"Port": 19090, "Proxy": map[string]any{"Mode": "transparent"}}},
	})
	if err != nil {
		return err
	}
	a.services = append(a.services, redirectedID+name)
	return a.call("PUT", "/v1/agent/service/register", text, nil)
}

// DumpRedirected fetches the configuration of such an instance's sidecar.
func (a *Agent) DumpRedirected(name string) (*Proxy, error) {
	return a.dump(redirectedID+name+"-sidecar-proxy", name, 10*time.Second)
}

// Call is a connection to what may be no service of the mesh.
type Call struct {
	To   netip.AddrPort
	Name string // of the server, as TLS says it; "" for none
	Host string // of a request of HTTP, as it says it; "" for connections of another kind
}

// Leaves reports whether a sidecar lets a call go where it is meant to.
func (p *Proxy) Leaves(c Call) bool {
	l := p.listener("outbound_listener:")
	if l == nil {
		return false
	}
	chain := chainFor(l, c)
	for _, f := range chain.GetFilters() {
		if m, http := unpack(f.GetTypedConfig()).(*hcm.HttpConnectionManager); http {
			table := p.Routes[m.GetRds().GetRouteConfigName()]
			return c.Host != "" && table != nil && routes.Decide(table, &routes.Request{Headers: map[string]string{":authority": c.Host, ":path": "/", ":method": "GET"}}).Status == 0
		}
	}
	return chain != nil
}

// chainFor is the chain that takes a call, nil for none. Envoy looks at the port, the
// address and the name in this order, and at nothing less specific once it found one:
// https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto
func chainFor(l *listener.Listener, c Call) *listener.FilterChain {
	left := l.GetFilterChains()
	for _, by := range []struct {
		says, holds func(*listener.FilterChainMatch) bool
	}{
		{func(m *listener.FilterChainMatch) bool { return m.GetDestinationPort() != nil },
			func(m *listener.FilterChainMatch) bool {
				return m.GetDestinationPort().GetValue() == uint32(c.To.Port())
			}},
		{func(m *listener.FilterChainMatch) bool { return len(m.GetPrefixRanges()) > 0 }, c.within},
		{func(m *listener.FilterChainMatch) bool { return len(m.GetServerNames()) > 0 },
			func(m *listener.FilterChainMatch) bool { return slices.Contains(m.GetServerNames(), c.Name) }},
	} {
		var held, silent []*listener.FilterChain
		for _, f := range left {
			switch m := f.GetFilterChainMatch(); {
			case !by.says(m):
				silent = append(silent, f)
			case by.holds(m):
				held = append(held, f)
			}
		}
		if left = held; len(held) == 0 {
			left = silent
		}
	}
	if len(left) == 0 {
		return l.GetDefaultFilterChain()
	}
	return left[0]
}

// within reports whether a call is to one of the addresses of a chain, which are
// single ones.
func (c Call) within(m *listener.FilterChainMatch) bool {
	for _, r := range m.GetPrefixRanges() {
		at, err := netip.ParseAddr(r.GetAddressPrefix())
		if err == nil && netip.PrefixFrom(at, int(r.GetPrefixLen().GetValue())).Contains(c.To.Addr()) {
			return true
		}
	}
	return false
}
