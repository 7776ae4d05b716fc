package consul

import "github.com/transmesh/transmesh/pkg/intent"

// nearestTo is what comes next in Consul to what other meshes have for a purpose.
var nearestTo = map[intent.Purpose]string{
	intent.Clusters:  "peer the clusters by PeeringAcceptor and PeeringDialer, and name what others may call in ExportedServices",
	intent.Machines:  "make a Registration of it, with its addresses",
	intent.Code:      "look among the Envoy extensions of ServiceDefaults and ProxyDefaults: builtin/lua, builtin/wasm, builtin/property-override",
	intent.Reports:   "say what proxies report in accessLogs and config of ProxyDefaults",
	intent.Proxies:   "say how proxies run in config of ProxyDefaults or ServiceDefaults",
	intent.WayOut:    "send it through a TerminatingGateway, with a Registration of what is outside",
	intent.Sessions:  "set loadBalancer with hashPolicies by a cookie or header in a ServiceResolver: sessions move only when endpoints come and go",
	intent.Asking:    "ask it by the Envoy extension builtin/ext-authz in ServiceDefaults",
	intent.Datagrams: "leave it to Services of type LoadBalancer, or to another controller of gateways: Consul's proxies carry no UDP",
	intent.FarHosts:  "make the host known by ServiceDefaults with a destination, behind a TerminatingGateway",
	intent.Rates:     "say rateLimits in ServiceDefaults, with Consul Enterprise",
}

// takesIn is what comes next to limits that a server's own proxy keeps to.
const takesIn = "say maxInboundConnections in its ServiceDefaults, where connections beyond it may be refused"
