package engine

import (
	"strconv"
	"strings"
	"time"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	http "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	"istio.io/istio/pilot/pkg/model"
	v3 "istio.io/istio/pilot/pkg/xds/v3"
	"istio.io/istio/pkg/config/host"
	"istio.io/istio/pkg/config/protocol"
)

// Server is a workload behind a port of a Service.
type Server struct {
	Namespace string
	Labels    map[string]string
	// Service is the full name of its Service, Port that of the Service, and Target its own.
	Service      string
	Port, Target int
}

// Intake is what the proxy of a server limits at a port, by name; what it limits by default is
// left out.
func (w *World) Intake(s Server) map[string]string {
	p := &model.Port{Name: "http", Port: s.Port, Protocol: protocol.HTTP}
	proxy := w.gen.SetupProxy(&model.Proxy{
		Type: model.SidecarProxy, ConfigNamespace: s.Namespace, Labels: s.Labels, IPAddresses: []string{"10.0.0.8"},
		Metadata: &model.NodeMetadata{Namespace: s.Namespace, Labels: s.Labels, IstioVersion: "1.29.0"},
	})
	of := w.gen.PushContext().ServiceForHostname(proxy, host.Name(s.Service))
	if of == nil {
		w.t.Fatalf("no Service %s", s.Service)
	}
	proxy.ServiceTargets = []model.ServiceTarget{{Service: of, Port: model.ServiceInstancePort{ServicePort: p, TargetPort: uint32(s.Target)}}}
	for _, c := range w.gen.Clusters(proxy) {
		if strings.HasPrefix(c.Name, "inbound|"+strconv.Itoa(s.Target)+"|") {
			return limitsOf(w, c)
		}
	}
	w.t.Fatalf("no inbound cluster of %s:%d", s.Service, s.Port)
	return nil
}

func limitsOf(w *World, c *cluster.Cluster) map[string]string {
	out := map[string]string{}
	number := func(key string, v *wrapperspb.UInt32Value) {
		if v != nil && v.Value != 1<<32-1 {
			out[key] = strconv.Itoa(int(v.Value))
		}
	}
	long := func(key string, v *durationpb.Duration, own time.Duration) {
		if v != nil && v.AsDuration() != own {
			out[key] = v.AsDuration().String()
		}
	}
	for _, t := range c.GetCircuitBreakers().GetThresholds() {
		number("connections", t.MaxConnections)
		number("pending", t.MaxPendingRequests)
		number("requests", t.MaxRequests)
		number("retries", t.MaxRetries)
	}
	long("connect", c.ConnectTimeout, 10*time.Second)
	if k := c.GetUpstreamConnectionOptions().GetTcpKeepalive(); k != nil {
		number("keepalive probes", k.KeepaliveProbes)
		number("keepalive time", k.KeepaliveTime)
	}
	var o http.HttpProtocolOptions
	if x := c.TypedExtensionProtocolOptions[v3.HttpProtocolOptionsType]; x != nil && x.UnmarshalTo(&o) != nil {
		w.t.Fatalf("no options of HTTP: %v", x)
	}
	common := o.GetCommonHttpProtocolOptions()
	number("per-connection", common.GetMaxRequestsPerConnection())
	long("idle", common.GetIdleTimeout(), 5*time.Minute)
	long("duration", common.GetMaxConnectionDuration(), 0)
	if o.GetExplicitHttpConfig().GetHttp2ProtocolOptions() != nil {
		out["http2"] = "true"
	}
	if o.GetUseDownstreamProtocolConfig() != nil {
		out["client-protocol"] = "true"
	}
	return out
}
