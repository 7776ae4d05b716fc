package cilium

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// configReader lifts one CiliumEnvoyConfig or its clusterwide form. What of it is
// not recognised is kept as it is, part by part.
type configReader struct {
	r        *reader
	object   *source.Object
	home     *intent.Home
	services []redirected

	listeners []*source.Node
	routes    map[string]*source.Node
	clusters  map[string]*source.Node
	// sets are the endpoints of the clusters that were looked up.
	sets map[string]target
	// hashes are what keeps requests on an endpoint, by its set.
	hashes map[endpointSet]*intent.Hash
	// tables are the listeners that were read.
	tables map[*source.Node]*listener
}

// redirected is a Service whose traffic a listener takes; no ports are all.
type redirected struct {
	name     intent.Name
	ports    []int
	listener string
	at       place.Ref
}

// envoyConfig lifts one object. Envoy resources that Cilium does not take make
// it skip the object.
// cilium pkg/ciliumenvoyconfig/cec_resource_parser.go
func (r *reader) envoyConfig(o *source.Object) {
	c := &configReader{
		r: r, object: o, routes: map[string]*source.Node{}, clusters: map[string]*source.Node{},
		sets: map[string]target{}, hashes: map[endpointSet]*intent.Hash{}, tables: map[*source.Node]*listener{},
	}
	c.home = gatewayapi.ReadHome(o, c.annotation)
	spec := o.Root.Get("spec")
	for _, n := range spec.Get("services").Items() {
		c.service(n)
	}
	markRead(spec.Get("backendServices"))
	if nodes := spec.Get("nodeSelector"); nodes != nil {
		c.opaque(spec, "it is for some nodes only", true)
		return
	}
	for _, n := range spec.Get("resources").Items() {
		c.resource(n)
	}
	for _, s := range c.services {
		c.redirect(s)
	}
	for _, name := range sortedKeys(c.clusters) {
		c.upstream(name)
	}
	for _, n := range spec.Get("resources").Items() {
		for _, rest := range unreadOf(n) {
			c.opaque(rest, "the model has nothing for "+lastName(rest.Ref())+" of Envoy", isGuard(rest))
		}
	}
}

// annotation reads the annotations that Cilium gives a meaning.
func (c *configReader) annotation(key string) bool {
	if !strings.HasPrefix(key, "cec.cilium.io/") {
		return false
	}
	for _, e := range c.object.Root.Get("metadata").Get("annotations").Entries() {
		if e.Key != key {
			continue
		}
		e.Value.Text()
		if e.Value.Text() == "false" {
			c.r.diags.Add(diag.NotTranslated, key+" of "+c.object.Ref().Object+" is not translated", "check which client the servers see", e.Value.Ref())
		}
	}
	return true
}

// service reads whose traffic is taken. Without a namespace it is nobody's, since
// nothing is put in its place.
func (c *configReader) service(n *source.Node) {
	s := redirected{name: intent.Name{Namespace: n.Get("namespace").Str(), Name: n.Get("name").Str()}, listener: n.Get("listener").Str(), at: n.Ref()}
	for _, p := range n.Get("ports").Items() {
		s.ports = append(s.ports, p.Int())
	}
	if s.name.Namespace == "" {
		n.Inert("a Service without a namespace is none")
		c.r.diags.Add(diag.Inert, "a Service without a namespace is none, and "+s.name.Name+" is not redirected", "name its namespace", n.Ref())
		return
	}
	if c.r.in.Inventory.Service(s.name) == nil && c.r.in.Env.Complete.Services {
		c.r.diags.Add(diag.UnknownService, "there is no Service "+s.name.String(), "add it, or correct the name", n.Ref())
	}
	c.services = append(c.services, s)
}

// resource notes a message of Envoy by its type and name.
func (c *configReader) resource(n *source.Node) {
	name := field(n, "name")
	switch url := n.Get("@type").Str(); url {
	case typeListener:
		c.listeners = append(c.listeners, n)
		name.Str()
	case typeRoutes:
		c.routes[name.Str()] = n
	case typeCluster:
		c.clusters[name.Str()] = n
	case typeURL + "envoy.config.endpoint.v3.ClusterLoadAssignment", typeURL + "envoy.extensions.transport_sockets.tls.v3.Secret":
		c.opaque(n, "endpoints and secrets of Envoy are not translated", false)
	default:
		n.Get("@type").Reject("is no resource that Cilium takes: it skips the whole object")
	}
}

// redirect lifts the tables of a Service: one for each of its ports.
func (c *configReader) redirect(s redirected) {
	i := slices.IndexFunc(c.listeners, func(n *source.Node) bool { return s.listener == "" || field(n, "name").Str() == s.listener })
	if i < 0 {
		c.r.diags.Add(diag.UnknownReference, "there is no listener "+s.listener+" in "+c.object.Ref().Object, "add the listener, or correct the name", s.at)
		return
	}
	l := c.listener(c.listeners[i])
	ports := s.ports
	if len(ports) == 0 {
		ports = []int{0}
	}
	for _, port := range ports {
		if t := l.table(c, s, port); t != nil {
			c.r.claim(t)
			c.r.m.Routing = append(c.r.m.Routing, t)
		}
	}
}

// claim reports a table for a host and port that another has already; which of
// the two counts is not told by the input.
func (r *reader) claim(t *intent.Routing) {
	for _, o := range r.m.Routing {
		if o.Entry == t.Entry && o.Host == t.Host && o.Port == t.Port && o.Protocol == t.Protocol {
			r.diags.Add(diag.HostClaimedTwice, "the traffic of "+t.Host.String()+" is taken twice", "configure it in one object", append(slices.Clone(t.From), o.From...)...)
			return
		}
	}
}

// guards are the filters that may keep requests out; of others that are not
// known it is assumed.
var harmless = []string{
	"grpc_web", "grpc_stats", "grpc_http1_bridge", "grpc_http1_reverse_bridge", "grpc_json_transcoder", "grpc_field_extraction", "compressor",
	"decompressor", "health_check", "ratelimit", "local_ratelimit", "bandwidth_limit", "adaptive_concurrency", "admission_control", "buffer",
	"stateful_session", "header_to_metadata", "on_demand", "tap", "cache", "rate_limit_quota", "tls_inspector", "http_inspector", "original_dst", "proxy_protocol",
}

// isGuard reports whether a part may keep requests out: a filter that is not
// known to be harmless.
func isGuard(n *source.Node) bool {
	at := n.Ref().Path
	if !strings.Contains(at, "ilters[") && !strings.HasSuffix(at, "ilters") && !strings.Contains(at, "FilterConfig") && !strings.Contains(at, "filter_config") {
		return false
	}
	name := peekName(n)
	return !slices.ContainsFunc(harmless, func(h string) bool { return strings.HasSuffix(name, "."+h) })
}

// peekName is the name of an extension, without marking it as read.
func peekName(n *source.Node) string {
	first, name := "", ""
	n.Leaves(func(l source.Leaf) {
		first = cmp.Or(first, l.Value)
		if name == "" && l.Ref.Path == n.Ref().Path+".name" {
			name = l.Value
		}
	})
	return cmp.Or(name, first)
}
