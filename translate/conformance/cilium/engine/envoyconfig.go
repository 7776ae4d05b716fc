package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strconv"
	"unsafe"

	"github.com/cilium/cilium/pkg/ciliumenvoyconfig"
	"github.com/cilium/cilium/pkg/envoy/xds"
	ciliumv2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	http "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tcp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	"google.golang.org/protobuf/proto"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// CheckEnvoyConfig is what is wrong with a CiliumEnvoyConfig or its clusterwide
// form: resources that do not decode, that Envoy's own rules refuse, that the
// agent's parser refuses, or that mention a listener, a route, a cluster or
// endpoints that nobody makes.
func CheckEnvoyConfig(u *unstructured.Unstructured) error {
	raw, _, err := unstructured.NestedSlice(u.Object, "spec", "resources")
	if err != nil {
		return err
	}
	for i, r := range raw {
		if _, err := decode(r); err != nil {
			return fmt.Errorf("resources[%d]: %w", i, err)
		}
	}
	var c ciliumv2.CiliumEnvoyConfig // the clusterwide form has the same specification
	if err := convert(u, &c); err != nil {
		return err
	}
	l7lb := len(c.Spec.Services) > 0
	parsed, err := parser().ParseResources(c.Namespace, c.Name, c.Spec.Resources, l7lb, l7lb, true, true)
	if err != nil {
		return err
	}
	return errors.Join(mentioned(parsed, published(&c.Spec)), listened(parsed, &c))
}

// parser is the agent's. Its fields are private, and nothing but the agent's
// start-up sets them.
func parser() *ciliumenvoyconfig.CECResourceParser {
	p := &ciliumenvoyconfig.CECResourceParser{}
	set(p, "logger", slog.New(slog.DiscardHandler))
	set(p, "portAllocator", ports{})
	return p
}

func set(p *ciliumenvoyconfig.CECResourceParser, field string, to any) {
	f := reflect.ValueOf(p).Elem().FieldByName(field)
	reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem().Set(reflect.ValueOf(to))
}

// ports gives all listeners the same port.
type ports struct{}

func (ports) AllocateCRDProxyPort(string) (uint16, error)             { return 10000, nil }
func (ports) ReallocateCRDProxyPort(string) (uint16, error)           { return 10000, nil }
func (ports) AckProxyPortWithReference(context.Context, string) error { return nil }
func (ports) ReleaseProxyPort(string) error                           { return nil }

// published are the names of the endpoints that the agent makes known for the
// Services that a configuration names: of the ports that any of its entries names, and
// of all together where none names any.
// cilium pkg/ciliumenvoyconfig/k8s_reflector.go, controller.go
func published(spec *ciliumv2.CiliumEnvoyConfigSpec) []string {
	ports := map[string][]string{}
	for _, s := range spec.Services {
		own := s.Namespace + "/" + s.Name
		ports[own] = append(ports[own], nil...)
		for _, n := range s.Ports {
			ports[own] = append(ports[own], strconv.Itoa(int(n)))
		}
	}
	for _, s := range spec.BackendServices {
		own := s.Namespace + "/" + s.Name
		ports[own] = append(ports[own], s.Ports...)
	}
	var out []string
	for own, all := range ports {
		if len(all) == 0 {
			out = append(out, own, own+":*")
		}
		for _, n := range all {
			out = append(out, own+":"+n)
		}
	}
	return out
}

// mentioned holds all names that routes, listeners and clusters mention to what
// there is.
func mentioned(all xds.Resources, endpoints []string) error {
	var missing []error
	needs := func(there bool, kind, name string) {
		if !there {
			missing = append(missing, fmt.Errorf("there is no %s %s", kind, name))
		}
	}
	toCluster := func(name string) {
		if name != "" {
			needs(all.Clusters[name] != nil, "cluster", name)
		}
	}
	visit := func(m proto.Message) error {
		switch m := m.(type) {
		case *http.Rds:
			needs(all.Routes[m.GetRouteConfigName()] != nil, "route configuration", m.GetRouteConfigName())
		case *route.RouteAction:
			toCluster(m.GetCluster())
		case *route.WeightedCluster_ClusterWeight:
			toCluster(m.GetName())
		case *route.RouteAction_RequestMirrorPolicy:
			toCluster(m.GetCluster())
		case *tcp.TcpProxy:
			toCluster(m.GetCluster())
		case *tcp.TcpProxy_WeightedCluster_ClusterWeight:
			toCluster(m.GetName())
		case *cluster.Cluster:
			name := m.GetName()
			if s := m.GetEdsClusterConfig().GetServiceName(); s != "" {
				name = s
			}
			needs(m.GetType() != cluster.Cluster_EDS || slices.Contains(endpoints, name) || all.Endpoints[name] != nil, "set of endpoints", name)
		}
		return nil
	}
	for _, l := range all.Listeners {
		missing = append(missing, walk(l, visit))
	}
	for _, r := range all.Routes {
		missing = append(missing, walk(r, visit))
	}
	for _, c := range all.Clusters {
		missing = append(missing, walk(c, visit))
	}
	return errors.Join(missing...)
}

// listened holds the listeners that Services are redirected to, to those there
// are.
func listened(all xds.Resources, c *ciliumv2.CiliumEnvoyConfig) error {
	for _, s := range c.Spec.Services {
		switch {
		case len(all.Listeners) == 0:
			return errors.New("there is no listener for the Services")
		case s.Namespace == "":
			return fmt.Errorf("Service %s has no namespace, and is none then", s.Name)
		case s.Listener != "" && all.Listeners[c.Namespace+"/"+c.Name+"/"+s.Listener] == nil:
			return fmt.Errorf("there is no listener %s", s.Listener)
		}
	}
	return nil
}

// Decode is what is wrong with the resources of a CiliumEnvoyConfig by themselves: what
// agents do not decode, and what the rules of Envoy's messages refuse.
func Decode(manifest []byte) error {
	var u unstructured.Unstructured
	if err := yaml.Unmarshal(manifest, &u.Object); err != nil {
		return err
	}
	raw, _, err := unstructured.NestedSlice(u.Object, "spec", "resources")
	if err != nil {
		return err
	}
	for i, r := range raw {
		if _, err := decode(r); err != nil {
			return fmt.Errorf("resources[%d]: %w", i, err)
		}
	}
	return nil
}
