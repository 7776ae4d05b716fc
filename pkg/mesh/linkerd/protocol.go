package linkerd

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// protocols are the words of proxyProtocol with those of the model; "unknown" is
// not said.
var protocols = []struct{ server, model string }{
	{protocolHTTP1, "http"}, {protocolHTTP2, "http2"}, {protocolGRPC, "grpc"}, {protocolTLS, "tls"}, {protocolOpaque, "tcp"},
}

// speaks is what the Server declares its port to speak, in the model's words.
func (s *server) speaks() string {
	for _, p := range protocols {
		if p.server == s.protocol {
			return p.model
		}
	}
	return ""
}

// proxyProtocol is the word for what a port speaks. routed says that the port
// has routes, which are HTTPRoutes: then it must be declared as HTTP, since
// connections of which the proxy does not detect it in time would pass them by.
// A protocol that is not said is that of a Service for the port.
func proxyProtocol(said string, routed bool, services []string) string {
	for _, p := range protocols {
		switch {
		case p.model != said:
		case routed && p.server == protocolGRPC:
			return protocolHTTP2
		case !routed || p.server == protocolHTTP1 || p.server == protocolHTTP2:
			return p.server
		}
	}
	for _, s := range services {
		switch {
		case s == appH2C, slices.Contains(overHTTP2, s):
			return protocolHTTP2
		case s == "http":
			return protocolHTTP1
		}
	}
	if routed {
		return protocolHTTP1
	}
	return protocolUnknown
}

// serviceProtocols lists what Services declare a port of pods to speak, by
// appProtocol, or by the port's name as Istio takes it: "http-web".
func serviceProtocols(inv *intent.Inventory, w *intent.Workload, port int) []string {
	var out []string
	for _, p := range servicePorts(inv, w, port) {
		name, _, _ := strings.Cut(p.Name, "-")
		if p.AppProtocol != "" {
			name = p.AppProtocol
		}
		out = append(out, strings.ToLower(name))
	}
	return out
}

// servicePorts lists the ports of Services that lead to a port of a workload and
// have a name or protocol.
func servicePorts(inv *intent.Inventory, w *intent.Workload, port int) []intent.ServicePort {
	var out []intent.ServicePort
	for _, s := range inv.ServicesIn(w.Name.Namespace) {
		if !s.Selects(w.Labels) {
			continue
		}
		for _, p := range s.Ports {
			if targetPort(w, p) == port && p.Name+p.AppProtocol != "" {
				out = append(out, p)
			}
		}
	}
	return out
}

// targetPort is the number of the port of a workload that a Service's port leads
// to; 0 where the workload does not tell.
func targetPort(w *intent.Workload, p intent.ServicePort) int {
	if p.TargetName == "" {
		return p.Target
	}
	for _, c := range w.Ports {
		if c.Name == p.TargetName {
			return c.Port
		}
	}
	return 0
}
