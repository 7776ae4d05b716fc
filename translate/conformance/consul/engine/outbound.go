package engine

import (
	"fmt"
	"strings"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tcpproxy "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"

	"github.com/transmesh/transmesh/translate/conformance/rbac/routes"
)

// Outbound is what a sidecar does with the requests that its own service makes of
// another.
type Outbound struct {
	table   *route.RouteConfiguration // nil for connections
	cluster string                    // of connections
}

// Outbound reads the listener of an upstream.
func (p *Proxy) Outbound(upstream string) (*Outbound, error) {
	l := p.listener(upstream + ":")
	if l == nil {
		return nil, fmt.Errorf("no listener for %s", upstream)
	}
	for _, c := range l.GetFilterChains() {
		for _, f := range c.GetFilters() {
			switch m := unpack(f.GetTypedConfig()).(type) {
			case *tcpproxy.TcpProxy:
				if len(m.GetWeightedClusters().GetClusters()) > 0 {
					return nil, fmt.Errorf("connections to %s are split", upstream)
				}
				return &Outbound{cluster: m.GetCluster()}, nil
			case *hcm.HttpConnectionManager:
				if table := m.GetRouteConfig(); table != nil {
					return &Outbound{table: table}, nil
				}
				if table := p.Routes[m.GetRds().GetRouteConfigName()]; table != nil {
					return &Outbound{table: table}, nil
				}
			}
		}
	}
	return nil, fmt.Errorf("no routes to %s", upstream)
}

// HTTP reports whether requests are understood.
func (o *Outbound) HTTP() bool { return o.table != nil }

// Decide is what becomes of a request.
func (o *Outbound) Decide(headers map[string]string) routes.Answer {
	if o.table == nil {
		return routes.Answer{Shares: []routes.Share{{Cluster: o.cluster, Weight: 1}}}
	}
	return routes.Decide(o.table, &routes.Request{Headers: headers})
}

// Target is whose instances a cluster has: those of a service, or of a subset of
// it, perhaps in another datacenter than the agent's own or of a peer.
type Target struct{ Service, Subset, Datacenter, Peer string }

// Target reads the name of the cluster that a route names. Datacenter is "" for the
// agent's own.
func (a *Agent) Target(cluster string) (Target, error) {
	name, own := strings.CutSuffix(cluster, ".internal."+a.Trust)
	if _, rest, customized := strings.Cut(name, "~"); customized {
		name = rest
	}
	parts := strings.Split(name, ".")
	if len(parts) == 3 {
		parts = append([]string{""}, parts...)
	}
	if !own || len(parts) != 4 || parts[2] != "default" {
		return Target{}, fmt.Errorf("what is the cluster %s?", cluster)
	}
	t := Target{Service: parts[1], Subset: parts[0], Datacenter: parts[3]}
	if t.Datacenter == "dc1" {
		t.Datacenter = ""
	}
	return t, nil
}
