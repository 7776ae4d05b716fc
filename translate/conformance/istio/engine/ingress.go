package engine

import (
	"net"
	"strconv"
	"strings"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/test"
	"istio.io/istio/pkg/wellknown"

	"github.com/transmesh/transmesh/translate/conformance/rbac/routes"
)

// Ingress is what a gateway's proxy has.
type Ingress struct {
	listeners []*listener.Listener
	routes    []*route.RouteConfiguration
}

// NewIngress asks for the proxy of gateways that select some labels.
func NewIngress(t test.Failer, objects []Object, labels map[string]string) *Ingress {
	var configs []config.Config
	for _, o := range objects {
		configs = append(configs, o.Config)
	}
	gen := core.NewConfigGenTest(t, core.TestOptions{Configs: configs})
	proxy := gen.SetupProxy(&model.Proxy{
		Type: model.Router, ConfigNamespace: "istio-system", Labels: labels, IPAddresses: []string{"10.0.0.9"},
		Metadata: &model.NodeMetadata{Namespace: "istio-system", Labels: labels},
	})
	return &Ingress{gen.Listeners(proxy), gen.Routes(proxy)}
}

// Arrival is a connection, and the request on it.
type Arrival struct {
	Port uint32
	// SNI is the server's name of TLS; "" is none.
	SNI string
	// Host and Path are those of a request; TCP says that there is none.
	Host, Path string
	TCP        bool
}

// Answer is "routed" for what is sent to some cluster, "status N" for what the proxy
// answers, and "fails" where it takes no such connection.
func (g *Ingress) Answer(t test.Failer, a Arrival) string {
	for _, l := range g.listeners {
		if l.GetAddress().GetSocketAddress().GetPortValue() != a.Port {
			continue
		}
		for _, c := range l.FilterChains {
			if names := c.GetFilterChainMatch().GetServerNames(); len(names) == 0 || named(names, a.SNI) {
				return g.through(t, c, a)
			}
		}
	}
	return "fails"
}

// named reports whether one of the names, or a wildcard among them, is a server's.
func named(names []string, sni string) bool {
	for _, n := range names {
		if suffix, wild := strings.CutPrefix(n, "*"); n == sni || wild && sni != "" && strings.HasSuffix(sni, suffix) {
			return true
		}
	}
	return false
}

func (g *Ingress) through(t test.Failer, c *listener.FilterChain, a Arrival) string {
	for _, f := range c.Filters {
		switch {
		case f.Name == wellknown.TCPProxy && a.TCP:
			return "routed"
		case f.Name != wellknown.HTTPConnectionManager || a.TCP:
			continue
		}
		var m hcm.HttpConnectionManager
		if err := f.GetTypedConfig().UnmarshalTo(&m); err != nil {
			t.Fatal(err)
		}
		for _, table := range g.routes {
			if table.Name == m.GetRds().GetRouteConfigName() {
				return answered(table, a, c.TransportSocket != nil)
			}
		}
	}
	return "fails"
}

// answered is the answer of a table of routes to what comes in, secured or not.
func answered(table *route.RouteConfiguration, a Arrival, secured bool) string {
	authority := net.JoinHostPort(a.Host, strconv.Itoa(int(a.Port)))
	if len(table.GetVirtualHosts()) > 0 && table.GetIgnorePortInHostMatching() {
		authority = a.Host
	}
	r := &routes.Request{Headers: map[string]string{":authority": authority, ":path": a.Path, ":method": "GET", ":scheme": "http"}}
	if !secured && routes.Upgrades(table, r) {
		return "status 301"
	}
	if _, e := routes.Find(table, r); e.GetRoute() == nil {
		return "status " + strconv.Itoa(routes.Decide(table, r).Status)
	}
	return "routed"
}
