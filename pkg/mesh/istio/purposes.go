package istio

import "github.com/transmesh/transmesh/pkg/intent"

// nearestTo is what comes next in Istio to what other meshes have for a purpose.
var nearestTo = map[intent.Purpose]string{
	intent.Clusters:  "have Istio know the other clusters, which is all of their Services: a remote secret for each, and an east-west Gateway where their networks are apart; serviceSettings of MeshConfig keep Services in their cluster",
	intent.Machines:  "make a WorkloadEntry of it, for a ServiceEntry or a Service that selects it",
	intent.Code:      "look for it among Istio's own fields first; what is left is a WasmPlugin or an EnvoyFilter",
	intent.Reports:   "say what proxies report in a Telemetry",
	intent.Proxies:   "say how proxies run in a ProxyConfig, or in annotations of the pods",
	intent.WayOut:    "send it through an egress gateway: a ServiceEntry, a Gateway and a VirtualService",
	intent.Sessions:  "set consistentHash by httpCookie or httpHeaderName in a DestinationRule: sessions move only when endpoints come and go",
	intent.Asking:    "name the service among extensionProviders of MeshConfig, and have it asked by an AuthorizationPolicy of action CUSTOM",
	intent.Datagrams: "leave it to Services of type LoadBalancer, or to another controller of gateways: Istio's proxies carry no UDP",
	intent.FarHosts:  "make the host known by a ServiceEntry, with a DestinationRule where it is dialled by TLS, and name it as the destination",
	intent.Rates:     "limit it by an EnvoyFilter that puts local_ratelimit before the router of the pods' inbound listeners",
}

// takesIn is what comes next to limits that a server's own proxy keeps to.
const takesIn = "say what servers keep to by inboundConnectionPool of a Sidecar"
