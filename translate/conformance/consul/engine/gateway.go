package engine

import (
	"encoding/json"
	"time"

	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tcpproxy "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
)

// gatewayID begins the names of instances of gateways, which a service may have as its own.
const gatewayID = "gateway-"

// RegisterGateway makes a proxy of a gateway known, of kind ingress-gateway or
// api-gateway.
func (a *Agent) RegisterGateway(kind, name string) error {
	text, err := json.Marshal(map[string]any{"Kind": kind, "ID": gatewayID + name, "Name": name, "Port": 8443, "Address": "127.0.0.1"})
	if err != nil {
		return err
	}
	a.services = append(a.services, gatewayID+name)
	return a.call("PUT", "/v1/agent/service/register", text, nil)
}

// DumpGateway fetches the configuration of a gateway's proxy, which is empty where it
// serves nothing.
func (a *Agent) DumpGateway(name string) (*Proxy, error) {
	return a.dump(gatewayID+name, name, time.Second)
}

// Entrance is what a gateway's proxy does with what comes in at a port, of clients that ask for a
// host where TLS tells it; nil where it does not listen there.
func (p *Proxy) Entrance(port int, host string) *Outbound {
	for _, l := range p.Listeners {
		if int(l.GetAddress().GetSocketAddress().GetPortValue()) != port {
			continue
		}
		if c := chainFor(l, Call{Name: host}); c != nil {
			for _, f := range c.GetFilters() {
				switch m := unpack(f.GetTypedConfig()).(type) {
				case *tcpproxy.TcpProxy:
					return &Outbound{cluster: m.GetCluster()}
				case *hcm.HttpConnectionManager:
					if table := m.GetRouteConfig(); table != nil {
						return &Outbound{table: table}
					}
					if table := p.Routes[m.GetRds().GetRouteConfigName()]; table != nil {
						return &Outbound{table: table}
					}
				}
			}
		}
	}
	return nil
}
