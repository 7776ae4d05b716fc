package cilium

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// envoyNames are what configurations make known to each other: clusters whose names
// have a slash, which no object qualifies, and the ports of Services whose endpoints
// Cilium tells Envoy of, which are those that any configuration names.
// cilium pkg/ciliumenvoyconfig/cec_resource_parser.go, controller.go
type envoyNames struct {
	clusters map[string]*source.Node
	ports    map[string]map[string]bool  // as written, by namespace/name; none are all together
	takers   map[string][]*source.Object // of the traffic of a Service, by namespace/name
}

// namesIn looks through all configurations and marks nothing.
func namesIn(objects []*source.Object) *envoyNames {
	out := &envoyNames{map[string]*source.Node{}, map[string]map[string]bool{}, map[string][]*source.Object{}}
	for _, o := range objects {
		if o.Group() == groupGateway {
			out.routed(o)
		}
		if o.Group() != group || o.Kind != kindConfig && o.Kind != "CiliumClusterwideEnvoyConfig" {
			continue
		}
		spec := o.Root.Get("spec")
		for _, n := range itemsOf(spec.Get("resources")) {
			if name := msg(n, "name").Written(); n.Get("@type").Written() == typeCluster && strings.Contains(name, "/") {
				out.clusters[name] = n
			}
		}
		for _, n := range itemsOf(spec.Get("services")) {
			out.asksFor(n, n.Get("ports"))
			out.takes(n, o)
		}
		for _, n := range itemsOf(spec.Get("backendServices")) {
			out.asksFor(n, n.Get("number"))
		}
	}
	return out
}

// routed notes the ports that Cilium's operator names in the configuration that it makes
// of a route.
// cilium operator/pkg/model/translation
func (e *envoyNames) routed(o *source.Object) {
	for _, rule := range itemsOf(o.Root.Get("spec").Get("rules")) {
		for _, b := range itemsOf(rule.Get("backendRefs")) {
			namespace := cmp.Or(b.Get("namespace").Written(), o.Namespace)
			own := namespace + "/" + b.Get("name").Written()
			if e.ports[own] == nil {
				e.ports[own] = map[string]bool{}
			}
			e.ports[own][b.Get("port").Written()] = true
		}
	}
}

// asksFor notes that Cilium tells Envoy of endpoints of a Service: those of ports, or
// all.
func (e *envoyNames) asksFor(n, ports *source.Node) {
	own := n.Get("namespace").Written() + "/" + n.Get("name").Written()
	if e.ports[own] == nil {
		e.ports[own] = map[string]bool{}
	}
	for _, p := range itemsOf(ports) {
		e.ports[own][p.Written()] = true
	}
}

// takes notes that an object takes the traffic of a Service. Its ports do not matter: an
// agent knows for each Service the redirections of one object.
func (e *envoyNames) takes(n *source.Node, o *source.Object) {
	own := n.Get("namespace").Written() + "/" + n.Get("name").Written()
	if !slices.Contains(e.takers[own], o) {
		e.takers[own] = append(e.takers[own], o)
	}
}

// publishes reports whether Cilium tells Envoy of endpoints by a name. Where any
// configuration names ports of a Service, there are no endpoints of all its ports, and a
// port that is named by its name has none by its number.
// cilium pkg/ciliumenvoyconfig/controller.go computeLoadAssignments
func (e *envoyNames) publishes(name string, s *intent.Service) bool {
	own, port, _ := strings.Cut(name, ":")
	ports, asked := e.ports[own]
	if port == "" || port == "*" {
		return asked && len(ports) == 0
	}
	for i := 0; s != nil && i < len(s.Ports); i++ {
		if p := s.Ports[i]; strconv.Itoa(p.Port) == port && ports[p.Name] {
			return false
		}
	}
	return ports[port]
}

// clusterOf is the cluster of a name: the object's own, or one of another's.
func (c *configReader) clusterOf(name string) *source.Node {
	if own := c.clusters[name]; own != nil {
		return own
	}
	return c.around().clusters[name]
}

// around are the names in all configurations of the input.
func (r *reader) around() *envoyNames {
	if r.names == nil {
		r.names = namesIn(r.in.Objects)
	}
	return r.names
}
