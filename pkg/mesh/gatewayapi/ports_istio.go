package gatewayapi

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// DeclaredToIstio is the word for what a port speaks, in lower case: by appProtocol, or by
// what its name begins with. Of some numbers it is TCP where it is not declared.
// istio pkg/config/kube/conversion.go ConvertProtocol
func DeclaredToIstio(p intent.ServicePort) string {
	name, _, _ := strings.Cut(strings.ToLower(p.Name), "-")
	if p.AppProtocol != "" {
		name = strings.ToLower(p.AppProtocol)
	}
	if !slices.Contains(istioHTTP, name) && !slices.Contains(istioTCP, name) && slices.Contains([]int{25, 53, 3306, 27017}, p.Port) {
		return "tcp"
	}
	return name
}

// The protocols that Istio knows; it detects others.
// istio pkg/config/protocol/instance.go Parse
var (
	istioHTTP = []string{"http", "http2", "http_proxy", "grpc", "kubernetes.io/h2c", "kubernetes.io/ws"}
	istioTCP  = []string{"tcp", "udp", "tls", "https", "mongo", "redis", "mysql", "kubernetes.io/wss"}
)

// SeenByIstio reports whether Istio looks for requests on a port that is declared so.
func SeenByIstio(declared string) bool { return !slices.Contains(istioTCP, declared) }

// CountsInIstio reports whether rules for connections count at a port that is declared so.
// istio pilot/pkg/networking/core/tls.go buildSidecarOutboundTLSFilterChainOpts
func CountsInIstio(p intent.Protocol, declared string) bool {
	secured := declared == "tls" || declared == "https"
	if p == intent.TLS {
		return secured
	}
	return !secured && !slices.Contains(istioHTTP, declared)
}

// IgnoredByIstio says why rules for connections do not count at a port of a Service; "" is that
// they do.
func IgnoredByIstio(p intent.Protocol, at intent.ServicePort) string {
	switch {
	case CountsInIstio(p, DeclaredToIstio(at)):
		return ""
	case p == intent.TLS:
		return "Istio looks at routes of TLS only at ports that are declared to be of TLS"
	}
	return "Istio looks at routes of TCP only at ports that are declared to be of neither HTTP nor TLS"
}
