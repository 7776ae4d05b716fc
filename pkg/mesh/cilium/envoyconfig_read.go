package cilium

import (
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// configReader lifts one configuration of Envoy.
type configReader struct {
	*reader
	object                      *source.Object
	home                        *intent.Home
	listeners, routes, clusters map[string]*source.Node
	upstreams                   map[endpointSet]*intent.Upstream
	order                       []endpointSet
	tables                      []*intent.Routing
	// failed says why it is not understood; "" is that it is so far. security
	// says that what is not understood may keep requests out.
	failed   string
	security bool
}

// envoyConfig lifts a CiliumEnvoyConfig, or its clusterwide form, if all of it is
// understood; otherwise it is kept as it is, and nothing of it is lifted: half of
// a list of routes would be another list.
func (r *reader) envoyConfig(o *source.Object) {
	c := &configReader{
		reader: r, object: o, home: gatewayapi.ReadHome(o, nil), upstreams: map[endpointSet]*intent.Upstream{},
		listeners: map[string]*source.Node{}, routes: map[string]*source.Node{}, clusters: map[string]*source.Node{},
	}
	spec := o.Root.Get("spec")
	skipAll(spec, "backendServices")
	c.resources(spec.Get("resources"))
	services := spec.Get("services").Items()
	for _, s := range services {
		c.service(s)
	}
	if len(services) == 0 {
		c.fail("a configuration for no Service is not translated")
	}
	if c.failed == "" && !understood(spec) {
		c.fail("some of a configuration of Envoy is not translated")
	}
	if c.failed == "" {
		r.m.Routing = append(r.m.Routing, c.tables...)
		for _, e := range c.order {
			r.m.Upstream = append(r.m.Upstream, c.upstreams[e])
		}
		return
	}
	markRead(spec)
	op := r.verbatim(o, c.home, c.failed, c.security)
	for _, s := range services {
		op.Hosts = append(op.Hosts, intent.Host{Service: serviceName(s)})
	}
}

// fail notes why the configuration is not understood.
func (c *configReader) fail(why string) {
	if c.failed == "" {
		c.failed = why
	}
}

func serviceName(n *source.Node) intent.Name {
	return intent.Name{Namespace: n.Get("namespace").Str(), Name: n.Get("name").Str()}
}

// resources sorts what the object holds by type and name.
func (c *configReader) resources(list *source.Node) {
	for _, n := range list.Items() {
		name := msg(n, "name").Str()
		switch t := typeOf(n); t {
		case typeListener:
			c.listeners[name] = n
		case typeRoutes:
			c.routes[name] = n
		case typeCluster:
			c.clusters[name] = n
			c.cluster(n, name)
		default:
			c.fail("a resource of type " + t + " is not translated")
		}
	}
}

// service lifts the tables for a Service whose traffic is taken: one for each
// port that is named, or one for all.
func (c *configReader) service(n *source.Node) {
	name := serviceName(n)
	listener := c.listener(n)
	if listener == nil {
		c.fail("the listener of a Service is not in the configuration")
		return
	}
	if c.passesOn(listener, name) {
		markAll(n.Get("ports").Items())
		return
	}
	t := c.table(listener)
	if t == nil {
		return
	}
	ports := n.Get("ports").Items()
	if len(ports) == 0 {
		c.addTable(*t, name, 0, n)
	}
	for _, p := range ports {
		c.addTable(*t, name, p.Int(), p)
	}
}

func (c *configReader) addTable(t intent.Routing, service intent.Name, port int, at *source.Node) {
	t.Home, t.Host, t.Port, t.From = c.home, intent.Host{Service: service}, port, intent.From(at.Ref())
	c.tables = append(c.tables, t.Clone())
}

// listener is the one that a Service names, or the first.
func (c *configReader) listener(n *source.Node) *source.Node {
	if name := n.Get("listener"); name != nil {
		return c.listeners[name.Str()]
	}
	for _, item := range c.object.Root.Get("spec").Get("resources").Items() {
		if typeOf(item) == typeListener {
			return item
		}
	}
	return nil
}

// endpointsOf reads the name of endpoints that Cilium publishes: ns/service:port.
func endpointsOf(text string) (endpointSet, bool) {
	ns, rest, ok := strings.Cut(text, "/")
	if !ok || strings.Contains(rest, "/") {
		return endpointSet{}, false
	}
	service, port, hasPort := strings.Cut(rest, ":")
	e := endpointSet{service: intent.Name{Namespace: ns, Name: service}}
	if !hasPort || port == "*" {
		return e, true
	}
	n, err := strconv.Atoi(port)
	e.port = n
	return e, err == nil
}
