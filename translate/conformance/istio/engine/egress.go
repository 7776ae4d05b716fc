package engine

import (
	"net"
	"slices"
	"strconv"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tcp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	networking "istio.io/api/networking/v1alpha3"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/test"
	"istio.io/istio/pkg/wellknown"

	"github.com/transmesh/transmesh/translate/conformance/rbac/routes"
)

// Egress is what the proxy of a client has for what it sends.
type Egress struct {
	listeners []*listener.Listener
	routes    []*route.RouteConfiguration
}

// NewEgress asks for the proxy of a client of a namespace with labels.
func NewEgress(t test.Failer, objects []Object, namespace string, labels map[string]string) *Egress {
	var configs []config.Config
	for _, o := range objects {
		configs = append(configs, o.Config)
	}
	gen := core.NewConfigGenTest(t, core.TestOptions{Configs: configs})
	proxy := gen.SetupProxy(&model.Proxy{
		Type: model.SidecarProxy, ConfigNamespace: namespace, Labels: labels, IPAddresses: []string{"10.0.0.7"},
		Metadata: &model.NodeMetadata{Namespace: namespace, Labels: labels},
	})
	return &Egress{gen.Listeners(proxy), gen.Routes(proxy)}
}

// Leaves is the cluster that a connection to an unlisted address at a port is sent
// to; "" is that it is closed, or answered by the proxy itself.
func (g *Egress) Leaves(t test.Failer, a Arrival) string {
	var rest *listener.Listener
	for _, l := range g.listeners {
		at := l.GetAddress().GetSocketAddress()
		switch {
		case l.Name == model.VirtualOutboundListenerName:
			rest = l
		case at.GetPortValue() == a.Port && at.GetAddress() == "0.0.0.0":
			return g.chosen(t, l, a)
		}
	}
	return g.chosen(t, rest, a)
}

// chosen follows the filter chain of a listener that is for a connection.
func (g *Egress) chosen(t test.Failer, l *listener.Listener, a Arrival) string {
	for _, c := range l.GetFilterChains() {
		m := c.GetFilterChainMatch()
		switch names := m.GetServerNames(); {
		case len(m.GetPrefixRanges()) > 0, m.GetDestinationPort() != nil:
		case len(names) > 0 && !named(names, a.SNI), m.GetTransportProtocol() == "tls" && a.SNI == "":
		case len(m.GetApplicationProtocols()) > 0 && (a.TCP || a.SNI != ""):
		default:
			return g.sent(t, c, a)
		}
	}
	return g.sent(t, l.GetDefaultFilterChain(), a)
}

func (g *Egress) sent(t test.Failer, c *listener.FilterChain, a Arrival) string {
	for _, f := range c.GetFilters() {
		switch f.Name {
		case wellknown.TCPProxy:
			var p tcp.TcpProxy
			if err := f.GetTypedConfig().UnmarshalTo(&p); err != nil {
				t.Fatal(err)
			}
			return open(p.GetCluster())
		case wellknown.HTTPConnectionManager:
			if a.TCP {
				return ""
			}
			var m hcm.HttpConnectionManager
			if err := f.GetTypedConfig().UnmarshalTo(&m); err != nil {
				t.Fatal(err)
			}
			return g.asked(&m, a)
		}
	}
	return ""
}

func (g *Egress) asked(m *hcm.HttpConnectionManager, a Arrival) string {
	table := m.GetRouteConfig()
	for _, r := range g.routes {
		if r.Name == m.GetRds().GetRouteConfigName() {
			table = r
		}
	}
	authority := net.JoinHostPort(a.Host, strconv.Itoa(int(a.Port)))
	if table.GetIgnorePortInHostMatching() {
		authority = a.Host
	}
	r := &routes.Request{Headers: map[string]string{":authority": authority, ":path": a.Path, ":method": "GET", ":scheme": "http"}}
	_, e := routes.Find(table, r)
	return open(e.GetRoute().GetCluster())
}

// open is a cluster that leads somewhere.
func open(cluster string) string {
	if cluster == "BlackHoleCluster" {
		return ""
	}
	return cluster
}

// Addressed reports whether a ServiceEntry tells of a host by its addresses.
func Addressed(objects []Object, host string) bool {
	return slices.ContainsFunc(objects, func(o Object) bool {
		e, ok := o.Config.Spec.(*networking.ServiceEntry)
		return ok && len(e.GetAddresses()) > 0 && slices.Contains(e.GetHosts(), host)
	})
}
