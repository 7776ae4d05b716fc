package engine

import (
	"fmt"
	"slices"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/test"
	"istio.io/istio/pkg/wellknown"
)

// Chains are the chains of filters that a workload's proxy has for one port.
type Chains []*listener.FilterChain

// inboundService leads to the workload whose proxy is asked.
const inboundService = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: inbound, namespace: %s}
spec:
  hosts: [inbound.example.com]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: 80, targetPort: %d, name: a, protocol: %q}]
  endpoints: [{address: 10.0.0.1, labels: {app: %q}}]
`

// Inbound is what a proxy has for a port, to which a service leads that declares a
// protocol; "" is none.
func Inbound(t test.Failer, objects []Object, w Workload, port uint32, protocol string) Chains {
	service, err := Parse([]byte(fmt.Sprintf(inboundService, w.Namespace, port, protocol, w.Labels["app"])))
	if err != nil {
		t.Fatal(err)
	}
	var configs []config.Config
	for _, o := range append(slices.Clone(objects), service...) {
		configs = append(configs, o.Config)
	}
	gen := core.NewConfigGenTest(t, core.TestOptions{Configs: configs})
	proxy := gen.SetupProxy(&model.Proxy{
		Type: model.SidecarProxy, ConfigNamespace: w.Namespace, Labels: w.Labels, IPAddresses: []string{"10.0.0.1"},
		Metadata: &model.NodeMetadata{Namespace: w.Namespace, Labels: w.Labels},
	})
	var out Chains
	for _, l := range gen.Listeners(proxy) {
		for _, c := range l.FilterChains {
			if l.Name == model.VirtualInboundListenerName && c.GetFilterChainMatch().GetDestinationPort().GetValue() == port {
				out = append(out, c)
			}
		}
	}
	return out
}

// Limited lists the chains that have a filter, by how they are secured: "tls" or
// "plain". The filter stands last but for the router, and after the policies.
func (cs Chains) Limited(t test.Failer, filter string) []string {
	var out []string
	for _, c := range cs {
		for _, f := range c.Filters {
			names := httpFilters(t, f)
			at := slices.Index(names, filter)
			if at < 0 {
				continue
			}
			if at != len(names)-2 || at < slices.Index(names, "envoy.filters.http.rbac") {
				t.Fatalf("%s is not before the router and after the policies: %v", filter, names)
			}
			how := "plain"
			if c.TransportSocket != nil {
				how = "tls"
			}
			out = append(out, how)
		}
	}
	return out
}

// httpFilters lists the filters of HTTP, in order; none of other connections.
func httpFilters(t test.Failer, f *listener.Filter) []string {
	if f.Name != wellknown.HTTPConnectionManager {
		return nil
	}
	var m hcm.HttpConnectionManager
	if err := f.GetTypedConfig().UnmarshalTo(&m); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, x := range m.HttpFilters {
		names = append(names, x.Name)
	}
	return names
}
