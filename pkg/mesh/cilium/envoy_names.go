package cilium

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/source"
)

// envoyNames are what configurations make known to each other: clusters whose names
// have a slash, which no object qualifies, and the endpoints that Cilium tells Envoy of.
// cilium pkg/ciliumenvoyconfig/cec_resource_parser.go, controller.go
type envoyNames struct {
	clusters  map[string]*source.Node
	endpoints map[string]bool
}

// namesIn looks through all configurations and marks nothing.
func namesIn(objects []*source.Object) *envoyNames {
	out := &envoyNames{map[string]*source.Node{}, map[string]bool{}}
	for _, o := range objects {
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
		}
		for _, n := range itemsOf(spec.Get("backendServices")) {
			out.asksFor(n, n.Get("number"))
		}
	}
	return out
}

// asksFor notes that Cilium tells Envoy of endpoints of a Service: those of ports, or
// all.
func (e *envoyNames) asksFor(n, ports *source.Node) {
	own := n.Get("namespace").Written() + "/" + n.Get("name").Written()
	all := itemsOf(ports)
	if len(all) == 0 {
		e.endpoints[own+":*"] = true
	}
	for _, p := range all {
		e.endpoints[own+":"+p.Written()] = true
	}
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
