package engine

import (
	"bytes"
	"errors"
	"io"
	"strconv"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"istio.io/api/mesh/v1alpha1"
	networking "istio.io/api/networking/v1alpha3"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pilot/pkg/serviceregistry/kube"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/host"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/schema/gvk"
	"istio.io/istio/pkg/test"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/transmesh/transmesh/translate/conformance/rbac/routes"
)

// World is a mesh with Services, of which Istio builds what clients do.
type World struct {
	t   test.Failer
	gen *core.ConfigGenTest
}

// NewWorld takes objects and the Services among manifests in; change may alter the
// configuration of the mesh.
func NewWorld(t test.Failer, manifests []byte, change func(*v1alpha1.MeshConfig)) *World {
	objects, err := Parse(manifests)
	if err != nil {
		t.Fatal(err)
	}
	var configs []config.Config
	routes := false
	for _, o := range objects {
		if o.GroupVersionKind.Group == gvk.HTTPRoute.Group {
			routes = true
			continue
		}
		configs = append(configs, o.Config)
	}
	if routes {
		configs = append(configs, Attached(t, manifests)...)
	}
	services, err := servicesOf(manifests)
	if err != nil {
		t.Fatal(err)
	}
	conf := mesh.DefaultMeshConfig()
	if change != nil {
		change(conf)
	}
	return &World{t, core.NewConfigGenTest(t, core.TestOptions{Configs: configs, Services: services, MeshConfig: conf})}
}

// servicesOf are the Services among manifests.
func servicesOf(manifests []byte) ([]*model.Service, error) {
	var out []*model.Service
	docs := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(manifests), 512*1024)
	for {
		var s corev1.Service
		switch err := docs.Decode(&s); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		case s.Kind == "Service" && s.APIVersion == "v1":
			if s.Spec.ClusterIP == "" {
				s.Spec.ClusterIP = "10.96.0." + strconv.Itoa(1+len(out))
			}
			out = append(out, kube.ConvertService(s, nil, Domain, "", Domain))
		}
	}
}

// Client is what the proxy of a client has for what it sends.
type Client struct {
	t         test.Failer
	proxy     *model.Proxy
	listeners []*listener.Listener
	routes    map[string]*route.RouteConfiguration
	clusters  map[string]bool
}

// Client asks for the proxy of a client of a namespace with labels.
func (w *World) Client(namespace string, labels map[string]string) *Client {
	return w.proxy(model.SidecarProxy, namespace, labels)
}

// Gateway asks for the proxy of a gateway whose pods run in a namespace.
func (w *World) Gateway(namespace string, labels map[string]string) *Client {
	return w.proxy(model.Router, namespace, labels)
}

func (w *World) proxy(kind model.NodeType, namespace string, labels map[string]string) *Client {
	proxy := w.gen.SetupProxy(&model.Proxy{
		Type: kind, ConfigNamespace: namespace, Labels: labels, IPAddresses: []string{"10.0.0.7"},
		Metadata: &model.NodeMetadata{Namespace: namespace, Labels: labels, IstioVersion: "1.29.0"},
	})
	out := &Client{t: w.t, proxy: proxy, listeners: w.gen.Listeners(proxy), routes: map[string]*route.RouteConfiguration{}, clusters: map[string]bool{}}
	for _, r := range w.gen.Routes(proxy) {
		out.routes[r.Name] = r
	}
	for _, c := range w.gen.Clusters(proxy) {
		out.clusters[c.Name] = true
	}
	return out
}

// Decide is what becomes of a request to a port whose HTTP services share a table, if the
// client knows any.
func (c *Client) Decide(port int, headers map[string]string) routes.Answer {
	table := c.routes[strconv.Itoa(port)]
	switch only := c.proxy.SidecarScope.OutboundTrafficPolicy.GetMode() == networking.OutboundTrafficPolicy_REGISTRY_ONLY; {
	case table != nil:
		return routes.Decide(table, &routes.Request{Headers: headers})
	case c.proxy.Type == model.Router:
		c.t.Fatalf("no routes of port %d", port)
	case only:
		return routes.Answer{Shares: []routes.Share{{Cluster: "BlackHoleCluster", Weight: 1}}}
	}
	return routes.Answer{Shares: []routes.Share{{Cluster: "PassthroughCluster", Weight: 1}}}
}

// Has reports whether there is a cluster.
func (c *Client) Has(cluster string) bool { return c.clusters[cluster] }

// Subset is which endpoints of a host are of a subset.
func (c *Client) Subset(name, subset string) map[string]string {
	rule := c.proxy.SidecarScope.DestinationRule(model.TrafficDirectionOutbound, c.proxy, host.Name(name)).GetRule()
	if rule == nil {
		return nil
	}
	for _, s := range rule.Spec.(*networking.DestinationRule).GetSubsets() {
		if s.GetName() == subset {
			return s.GetLabels()
		}
	}
	return nil
}
