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

// configReader lifts one configuration of Envoy.
type configReader struct {
	*reader
	object                      *source.Object
	home                        *intent.Home
	services, backing           []redirected
	listeners, routes, clusters map[string]*source.Node
	upstreams                   map[endpointSet]*intent.Upstream
	nodes                       map[endpointSet]*source.Node
	hashed                      map[endpointSet][]hashAsk
	order                       []endpointSet
	tables                      []*intent.Routing
	parts                       []part
	// failed says why it is not understood; "" is that it is so far. security
	// says that what is not understood may keep requests out.
	failed   string
	security bool
	// held says what of it the model takes for the mesh's own way, which it is not; ""
	// is nothing.
	held string
}

// part is a value that the model does not say.
type part struct {
	node     *source.Node
	why      string
	security bool
}

// redirected is a Service whose traffic a listener takes; no ports are all.
type redirected struct {
	name     intent.Name
	ports    []int
	listener *source.Node
	at       place.Ref
}

// envoyConfig lifts a CiliumEnvoyConfig, or its clusterwide form. Parts that the
// model does not say are kept as they are, one by one, beside what is lifted.
// Where the routes cannot be told without them, the whole object is kept: half of
// a list of routes would be another list.
func (r *reader) envoyConfig(o *source.Object) {
	c := &configReader{
		reader: r, object: o, upstreams: map[endpointSet]*intent.Upstream{}, nodes: map[endpointSet]*source.Node{}, hashed: map[endpointSet][]hashAsk{},
		listeners: map[string]*source.Node{}, routes: map[string]*source.Node{}, clusters: map[string]*source.Node{},
	}
	c.home = gatewayapi.ReadHome(o, c.annotation)
	spec := o.Root.Get("spec")
	for _, s := range spec.Get("services").Items() {
		c.service(s)
	}
	for _, s := range spec.Get("backendServices").Items() {
		c.backendService(s)
	}
	c.resources(spec.Get("resources"))
	for _, s := range c.services {
		c.redirect(s)
		c.contested(s)
	}
	switch {
	case len(c.services) == 0:
		c.fail("a configuration for no Service is not translated")
	case spec.Get("nodeSelector") != nil:
		c.fail("a configuration for some nodes only is not translated")
	}
	c.masks()
	for _, rest := range append(unreadOf(spec.Get("resources")), unreadOf(spec.Get("nodeSelector"))...) {
		c.keep(rest, "the model has no "+lastName(rest.Ref())+" of Envoy's", isGuard(rest))
	}
	c.finish()
}

// finish adds what was lifted with what is kept beside it, or keeps the object
// whole.
func (c *configReader) finish() {
	if c.failed != "" {
		c.security = c.security || slices.ContainsFunc(c.parts, func(p part) bool { return p.security })
		c.object.Root.Get("spec").MarkRead()
		c.concern(c.verbatim(c.object, c.home, c.failed, c.security))
		return
	}
	if c.chooseHashes(); len(c.tables)+len(c.order)+len(c.parts) == 0 && c.held == "" {
		c.inert(c.object.Root, c.object.Ref().Object+" passes connections on as they go without it")
		return
	}
	c.m.Routing = append(c.m.Routing, c.tables...)
	for _, e := range c.order {
		c.m.Upstream = append(c.m.Upstream, c.upstreams[e])
	}
	if at := c.object.Ref(); c.held != "" {
		c.m.Opaque = append(c.m.Opaque, &intent.Opaque{
			Home: c.home, Mesh: Name, Kind: c.object.Kind, At: at, Whole: c.object, Held: true, Hosts: c.taken(), Why: c.held, From: intent.From(at),
		})
	}
	for _, p := range c.parts {
		c.concern(c.verbatim(c.object, c.home, p.why, p.security, p.node.Ref()))
	}
}

// contested notes that other objects take a Service's traffic too: an agent has in force
// what it learned of last, for all ports.
// cilium pkg/ciliumenvoyconfig/reconciler.go Update
func (c *configReader) contested(s redirected) {
	takers := c.around().takers[s.name.String()]
	at, by := []place.Ref{s.at}, ""
	for _, t := range c.m.Routing {
		if t.Entry.IsZero() && t.Host.Service == s.name && len(t.From) > 0 && isRoute(t) {
			at, by = append(at, t.From...), t.From[0].Object
		}
	}
	for _, o := range takers {
		if o != c.object {
			at, by = append(at, o.Ref()), o.Ref().Object
		}
	}
	if by == "" {
		return
	}
	c.fail("it is not known which counts of it and " + by + ", which take the traffic of one Service")
	if len(takers) == 0 || takers[0] == c.object {
		c.diags.Tell(diag.OrderUnknown, c.object.Ref().Object+" and "+by+" both take the traffic of the Service "+s.name.String(),
			"Cilium has one of them in force, for all ports, and which one depends on what its agents learn of last", "configure it in one object", at...)
	}
}

// isRoute reports whether a table is of the Gateway API.
func isRoute(t *intent.Routing) bool { return t.Home != nil && strings.HasSuffix(t.Home.Kind, "Route") }

// fail notes why the configuration is not understood.
func (c *configReader) fail(why string) {
	if c.failed == "" {
		c.failed = why
	}
}

// keep notes a part that is kept as it is.
func (c *configReader) keep(n *source.Node, why string, security bool) {
	n.MarkRead()
	if !slices.ContainsFunc(c.parts, func(p part) bool { return p.node == n }) {
		c.parts = append(c.parts, part{n, why, security})
	}
}

// annotation reads the annotations that Cilium gives a meaning: they are about
// how connections are taken, of which the model knows nothing.
func (c *configReader) annotation(key string) bool {
	if !strings.HasPrefix(key, "cec.cilium.io/") {
		return false
	}
	for _, e := range c.object.Root.Get("metadata").Get("annotations").Entries() {
		if e.Key != key || e.Value == maskedBy(c.object.Root.Get("metadata")) {
			continue
		}
		e.Value.Skip("it is about how Cilium takes connections")
		if key == "cec.cilium.io/inject-cilium-filters" && e.Value.Text() == "false" {
			c.note(diag.NotTranslated, "policies for requests are not enforced by what "+c.object.Ref().Object+" takes, and are taken to be", "leave the annotation out", e.Value.Ref())
		}
	}
	return true
}

// resources sorts what the object holds by type and name. Cilium skips objects
// with resources of other types.
// cilium pkg/ciliumenvoyconfig/cec_resource_parser.go
func (c *configReader) resources(list *source.Node) {
	for _, n := range list.Items() {
		shaper{envoySchema()}.packed(n)
		name := msg(n, "name").Str()
		switch typeOf(n) {
		case typeListener:
			c.listeners[name] = n
		case typeRoutes:
			c.routes[name] = n
		case typeCluster:
			c.clusters[name] = n
			c.cluster(n, name)
		case typeURL + "envoy.config.endpoint.v3.ClusterLoadAssignment", typeURL + "envoy.extensions.transport_sockets.tls.v3.Secret":
			c.keep(n, "endpoints and secrets of Envoy's are not translated", false)
		default:
			cmp.Or(n.Get("@type"), n).Reject("is no resource that Cilium takes")
		}
	}
}

// redirect lifts the tables for a Service whose traffic is taken: one for each
// port that is named, or one for all.
func (c *configReader) redirect(s redirected) {
	listener := c.listener(s)
	if listener == nil {
		c.fail("the listener of a Service is not in the configuration")
		return
	}
	t := c.table(listener)
	if t == nil {
		return
	}
	ports := s.ports
	if len(ports) == 0 {
		ports = []int{0}
	}
	for _, port := range ports {
		if c.takenBefore(s, port, listener) {
			continue
		}
		own := t.Clone()
		own.Home, own.Host, own.Port, own.From = c.home, intent.Host{Service: s.name}, port, intent.From(s.at)
		c.settle(own)
		if !passesOn(own) {
			c.tables = append(c.tables, own)
		}
	}
}

// takenBefore reports whether an earlier entry of the list takes a Service's traffic at a port
// to the same listener. To which of two it goes is not known.
func (c *configReader) takenBefore(s redirected, port int, listener *source.Node) bool {
	for _, o := range c.services {
		if o.at == s.at {
			break
		}
		same := port == 0 && len(o.ports) == 0 || port != 0 && slices.Contains(o.ports, port)
		if o.name != s.name || !same {
			continue
		}
		if c.listener(o) != listener {
			c.fail("it is not known to which of two listeners the traffic of " + s.name.String() + " goes")
		}
		return true
	}
	return false
}

// passesOn reports whether a table sends connections where they were sent to,
// which is what becomes of them anyway.
func passesOn(t *intent.Routing) bool {
	f, forwards := t.Else.(intent.Forward)
	return t.Protocol == intent.TCP && forwards && len(f.To) == 1 && f.To[0].Host == t.Host && (f.To[0].Port == 0 || f.To[0].Port == t.Port)
}

// listener is the one that a Service names, or the first.
func (c *configReader) listener(s redirected) *source.Node {
	if s.listener != nil {
		return c.listeners[s.listener.Str()]
	}
	for _, item := range c.object.Root.Get("spec").Get("resources").Items() {
		if typeOf(item) == typeListener {
			msg(item, "name").Skip("the first listener is taken, whatever its name")
			return item
		}
	}
	return nil
}
