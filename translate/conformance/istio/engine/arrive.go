package engine

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tcp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	tls "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/proto"
	"istio.io/istio/pkg/wellknown"

	"github.com/transmesh/transmesh/translate/conformance/rbac/routes"
)

// upgrade is how a proxy redirects what comes in plain to https.
// source/common/router/config_impl.cc SslRedirectRoute
var upgrade = &route.RedirectAction{SchemeRewriteSpecifier: &route.RedirectAction_SchemeRedirect{SchemeRedirect: "https"}}

// Reception is what a gateway's proxy does with a connection, and the request on it.
type Reception struct {
	// Closed says that the proxy takes no such connection.
	Closed bool
	// Secured is how TLS ends at the proxy; "" is that it does not.
	Secured string
	// Answer is what becomes of it; of a connection without a request it has Shares only.
	Answer routes.Answer
}

// Receive is what becomes of a connection at a port of a gateway: by TLS where it has an SNI.
// headers are those of the request.
func (c *Client) Receive(a Arrival, headers map[string]string) Reception {
	l := c.at(a.Port)
	if l == nil || clashing(l) {
		return Reception{Closed: true}
	}
	chain := chosenChain(l, a)
	secured := chain.GetTransportSocket() != nil
	if chain == nil || secured && a.SNI == "" {
		return Reception{Closed: true}
	}
	out := Reception{}
	if secured {
		out.Secured = c.securedBy(chain.GetTransportSocket())
	}
	for _, f := range chain.GetFilters() {
		switch f.GetName() {
		case wellknown.TCPProxy:
			out.Answer, out.Closed = routes.Answer{Shares: c.shares(f)}, !a.TCP // the question is about a request
			return out
		case wellknown.HTTPConnectionManager:
			if a.TCP || a.SNI != "" && !secured {
				return Reception{Closed: true}
			}
			out.Answer = c.routed(f, a, headers, secured)
			return out
		}
	}
	return Reception{Closed: true}
}

// at is the listener of a port; nil is none.
func (c *Client) at(port uint32) *listener.Listener {
	i := slices.IndexFunc(c.listeners, func(l *listener.Listener) bool {
		return l.GetAddress().GetSocketAddress().GetPortValue() == port && l.GetAddress().GetSocketAddress().GetAddress() == "0.0.0.0"
	})
	if i < 0 {
		return nil
	}
	return c.listeners[i]
}

// clashing reports whether Envoy rejects a listener, since two of its chains are for the same
// connections. source/common/listener_manager/filter_chain_manager_impl.cc addFilterChains
func clashing(l *listener.Listener) bool {
	seen := map[string]bool{}
	for _, c := range l.GetFilterChains() {
		m := proto.Clone(orEmpty(c.GetFilterChainMatch())).(*listener.FilterChainMatch)
		names, blocks := m.GetServerNames(), blocksOf(m)
		if len(names) == 0 {
			names = []string{""}
		}
		m.ServerNames, m.PrefixRanges = nil, nil
		for _, n := range names {
			for _, b := range blocks {
				key := n + " " + b + " " + m.String()
				if seen[key] {
					return true
				}
				seen[key] = true
			}
		}
	}
	return false
}

// blocksOf are the blocks of addresses of a match; "" alone is all.
func blocksOf(m *listener.FilterChainMatch) []string {
	if len(m.GetPrefixRanges()) == 0 {
		return []string{""}
	}
	var out []string
	for _, r := range m.GetPrefixRanges() {
		at, err := netip.ParseAddr(r.GetAddressPrefix())
		if err != nil {
			continue
		}
		if block, err := at.Prefix(int(r.GetPrefixLen().GetValue())); err == nil {
			out = append(out, block.String())
		}
	}
	return out
}

func orEmpty(m *listener.FilterChainMatch) *listener.FilterChainMatch {
	if m == nil {
		return &listener.FilterChainMatch{}
	}
	return m
}

// chosenChain is the chain for a connection: the one with the most specific name of the
// server, where the proxy looks for one. nil is none.
// source/common/listener_manager/filter_chain_manager_impl.cc findFilterChainForServerName
func chosenChain(l *listener.Listener, a Arrival) *listener.FilterChain {
	var best *listener.FilterChain
	most := -1
	for _, c := range l.GetFilterChains() {
		m := c.GetFilterChainMatch()
		if len(m.GetApplicationProtocols()) > 0 { // those that proxies of the mesh speak
			continue
		}
		if len(m.GetServerNames()) == 0 && most < 0 {
			best, most = c, 0
		}
		for _, n := range m.GetServerNames() {
			suffix, wild := strings.CutPrefix(n, "*")
			switch weight := len(n); {
			case a.SNI == "":
			case n == a.SNI:
				best, most = c, 1<<16
			case wild && strings.HasSuffix(a.SNI, suffix) && weight > most:
				best, most = c, weight
			}
		}
	}
	if best == nil {
		return l.GetDefaultFilterChain()
	}
	return best
}

// securedBy says which certificates a proxy shows, and which it asks for.
func (c *Client) securedBy(s *corev3.TransportSocket) string {
	var t tls.DownstreamTlsContext
	if err := s.GetTypedConfig().UnmarshalTo(&t); err != nil {
		c.t.Fatal(err)
	}
	var out []string
	for _, x := range t.GetCommonTlsContext().GetTlsCertificateSdsSecretConfigs() {
		out = append(out, x.GetName())
	}
	return strings.Join(append(out, "required "+strconv.FormatBool(t.GetRequireClientCertificate().GetValue())), " ")
}

// shares are the clusters that a filter sends connections to.
func (c *Client) shares(f *listener.Filter) []routes.Share {
	var p tcp.TcpProxy
	if err := f.GetTypedConfig().UnmarshalTo(&p); err != nil {
		c.t.Fatal(err)
	}
	if p.GetCluster() != "" {
		return []routes.Share{{Cluster: p.GetCluster(), Weight: 1}}
	}
	var out []routes.Share
	for _, w := range p.GetWeightedClusters().GetClusters() {
		out = append(out, routes.Share{Cluster: w.GetName(), Weight: w.GetWeight()})
	}
	return out
}

// routed asks the table of a filter about a request.
func (c *Client) routed(f *listener.Filter, a Arrival, headers map[string]string, secured bool) routes.Answer {
	var m hcm.HttpConnectionManager
	if err := f.GetTypedConfig().UnmarshalTo(&m); err != nil {
		c.t.Fatal(err)
	}
	table := m.GetRouteConfig()
	if table == nil {
		table = c.routes[m.GetRds().GetRouteConfigName()]
	}
	if len(table.GetVirtualHosts()) == 0 {
		return routes.Answer{Status: 404}
	}
	r := &routes.Request{Headers: headers}
	if table.GetIgnorePortInHostMatching() {
		if host, _, err := net.SplitHostPort(headers[":authority"]); err == nil {
			c.t.Fatalf("a question names the port beside the host %s", host)
		}
	}
	if !secured && routes.Upgrades(table, r) {
		return routes.Answer{Status: 301, Redirect: upgrade}
	}
	return routes.Decide(table, r)
}
