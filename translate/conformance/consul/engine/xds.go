package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	envoytype "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// The types of resources.
const (
	typeCluster  = "type.googleapis.com/envoy.config.cluster.v3.Cluster"
	typeListener = "type.googleapis.com/envoy.config.listener.v3.Listener"
	typeRoute    = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"
)

// Proxy is the configuration of one sidecar.
type Proxy struct {
	Clusters  map[string]*cluster.Cluster
	Listeners map[string]*listener.Listener
	Routes    map[string]*route.RouteConfiguration
}

func newProxy() *Proxy {
	return &Proxy{map[string]*cluster.Cluster{}, map[string]*listener.Listener{}, map[string]*route.RouteConfiguration{}}
}

// settled is how long nothing may come before a dump counts as whole.
const settled = 150 * time.Millisecond

// Dump fetches the configuration of a service's sidecar.
func (a *Agent) Dump(service string) (*Proxy, error) {
	p, err := a.dump(service+"-sidecar-proxy", service, 10*time.Second)
	if err == nil && len(p.Listeners) == 0 {
		err = fmt.Errorf("xDS: no listener came")
	}
	return p, err
}

// catchUp is how long a server has that cannot tell a proxy yet what was just written:
// an intention may have reached it before the provider that it names.
const catchUp = 10 * time.Second

// dump fetches the configuration of a proxy; that of one to which nothing is told in
// some time is empty.
func (a *Agent) dump(id, service string, patience time.Duration) (*Proxy, error) {
	for until := time.Now().Add(catchUp); ; time.Sleep(settled) {
		p, err := a.dumpNow(id, service, patience)
		if status.Code(err) != codes.Unavailable || time.Now().After(until) {
			return p, err
		}
	}
}

// dumpNow is dump as the server has it now.
func (a *Agent) dumpNow(id, service string, patience time.Duration) (*Proxy, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn, err := grpc.NewClient(a.grpc, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	stream, err := discovery.NewAggregatedDiscoveryServiceClient(conn).DeltaAggregatedResources(ctx)
	if err != nil {
		return nil, err
	}
	d := dump{stream: stream, proxy: newProxy()}
	if err := d.subscribe(id, service); err != nil {
		return nil, err
	}
	return d.proxy, d.receive(patience)
}

// dump is one conversation.
type dump struct {
	stream discovery.AggregatedDiscoveryService_DeltaAggregatedResourcesClient
	proxy  *Proxy
	routes []string // subscribed to
}

func (d *dump) subscribe(id, service string) error {
	metadata, err := structpb.NewStruct(map[string]any{"namespace": "default", "partition": "default"})
	if err != nil {
		return err
	}
	node := &core.Node{
		// A version of Envoy that the server serves.
		Id: id, Cluster: service, Metadata: metadata, UserAgentName: "envoy",
		UserAgentVersionType: &core.Node_UserAgentBuildVersion{UserAgentBuildVersion: &core.BuildVersion{Version: &envoytype.SemanticVersion{MajorNumber: 1, MinorNumber: 29, Patch: 7}}},
	}
	for _, url := range []string{typeCluster, typeListener} {
		if err := d.stream.Send(&discovery.DeltaDiscoveryRequest{Node: node, TypeUrl: url}); err != nil {
			return err
		}
	}
	return nil
}

// receive takes responses until none comes any more.
func (d *dump) receive(patience time.Duration) error {
	responses, failed := make(chan *discovery.DeltaDiscoveryResponse), make(chan error, 1)
	go func() {
		for {
			r, err := d.stream.Recv()
			if err != nil {
				failed <- err
				return
			}
			responses <- r
		}
	}()
	wait := patience
	for {
		select {
		case r := <-responses:
			if err := d.take(r); err != nil {
				return err
			}
			if len(d.proxy.Listeners) > 0 {
				wait = settled
			}
		case err := <-failed:
			return fmt.Errorf("xDS: %w", err)
		case <-time.After(wait):
			return nil
		}
	}
}

// take keeps the resources of a response, acknowledges it, and asks for routes
// that listeners mention.
func (d *dump) take(r *discovery.DeltaDiscoveryResponse) error {
	for _, res := range r.GetResources() {
		if err := d.keep(res.GetResource()); err != nil {
			return err
		}
	}
	if err := d.stream.Send(&discovery.DeltaDiscoveryRequest{TypeUrl: r.GetTypeUrl(), ResponseNonce: r.GetNonce()}); err != nil {
		return err
	}
	var ask []string
	for _, l := range d.proxy.Listeners {
		for _, name := range routeNames(l) {
			if !slices.Contains(d.routes, name) {
				d.routes, ask = append(d.routes, name), append(ask, name)
			}
		}
	}
	if len(ask) == 0 {
		return nil
	}
	return d.stream.Send(&discovery.DeltaDiscoveryRequest{TypeUrl: typeRoute, ResourceNamesSubscribe: ask})
}

func (d *dump) keep(any *anypb.Any) error {
	m, err := any.UnmarshalNew()
	if err != nil {
		return err
	}
	switch m := m.(type) {
	case *cluster.Cluster:
		d.proxy.Clusters[m.GetName()] = m
	case *listener.Listener:
		d.proxy.Listeners[m.GetName()] = m
	case *route.RouteConfiguration:
		d.proxy.Routes[m.GetName()] = m
	}
	return nil
}
