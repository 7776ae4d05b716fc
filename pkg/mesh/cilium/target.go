package cilium

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// target says what Cilium can express.
func target(v string) (legal.Target, bool) {
	if v != version && v != "" {
		return legal.Target{}, false
	}
	return legal.Target{
		Mesh: Name, Version: version, Caps: caps,
		Route: legal.RouteForm{
			Can: routeCan, Alternatives: routeAlternatives, Conjunction: routeConjunction, Steps: stepsOrder,
			Table:   gatewayapi.PassedOnly,
			Clients: legal.ClientsAll, PerPort: true, PortsMerge: true, BackendPorts: true,
			Leaves: []legal.Feature{legal.RetryAttempts}, // by Envoy's configuration, where routes of the Gateway API do
		},
		Access:   legal.AccessForm{Can: accessCan, Shape: accessShape, Scope: accessScope, Combine: legal.DenyOverrides, TakesOff: true, Near: nearest},
		Baseline: baseline, Default: ownDefault, Transport: ownTransport,
		Unsecured: unsecured,
		Entry:     func(*intent.Entry) (string, []intent.Pair) { return gatewayClass, nil },
	}, true
}

// gatewayClass is the class of the Gateways that Cilium runs.
const gatewayClass = "cilium"

// unsecured says how far connections are encrypted, which no manifest decides.
// Between pods of one node they never are, but by ztunnel, where policies see no
// requests.
func unsecured(env intent.Environment) string {
	switch env.Cilium.Encryption {
	case "wireguard", "ipsec":
		return "cilium.encryption, which is " + env.Cilium.Encryption + ", encrypts between nodes only"
	case "ztunnel":
		return "with cilium.encryption as ztunnel, policies do not see what workloads send to each other"
	}
	return "cilium.encryption encrypts nothing"
}
