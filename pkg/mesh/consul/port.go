package consul

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
)

// annotationPort names the port of a service of Consul, by number or name.
// https://developer.hashicorp.com/consul/docs/k8s/annotations-and-labels
const annotationPort = "consul.hashicorp.com/connect-service-port"

// port is the port of a Service's workloads that its clients reach: the one that
// Consul knows the service by, to which the proxy sends whatever comes from the
// mesh. It is what the annotation of the pods says, the first port of their
// containers, or what the only port of the Service leads to; 0 where the input
// does not tell, or tells several.
func (n *names) port(s *intent.Service) int {
	port := 0
	for i, w := range n.workloads(s) {
		p := ownPort(w)
		if i > 0 && p != port {
			return 0
		}
		port = p
	}
	if port == 0 && len(s.Ports) == 1 {
		port, _ = inventory.TargetPort(n.inv, s, s.Ports[0].Port)
	}
	return port
}

// ownPort is the port that a workload's service has.
// consul-k8s control-plane/connect-inject/webhook/annotations: the first port of
// the first container is the default.
func ownPort(w *intent.Workload) int {
	said, ok := intent.Lookup(w.Annotations, annotationPort)
	if !ok {
		if len(w.Ports) == 0 {
			return 0
		}
		return w.Ports[0].Port
	}
	if number, err := strconv.Atoi(said); err == nil {
		return number
	}
	if i := slices.IndexFunc(w.Ports, func(p intent.WorkloadPort) bool { return p.Name == said }); i >= 0 {
		return w.Ports[i].Port
	}
	return 0
}

// reached is the port of a service; 0 where the input does not tell.
func (n *names) reached(s service) int {
	port := 0
	for i, x := range n.find(s) {
		p := n.port(x)
		if i > 0 && p != port {
			return 0
		}
		port = p
	}
	return port
}
