package cilium

import "github.com/transmesh/transmesh/pkg/intent"

// nearestTo is what comes next in Cilium to what other meshes have for a purpose.
var nearestTo = map[intent.Purpose]string{
	intent.Clusters:  "join the clusters by ClusterMesh, and offer the Services that all are to know by a ServiceExport each, or by service.cilium.io/global",
	intent.Machines:  "name its addresses where policies name it; no workload outside the cluster joins Cilium",
	intent.Code:      "look for a filter of Cilium's Envoy that does it, for a CiliumEnvoyConfig",
	intent.Reports:   "see flows in Hubble",
	intent.Proxies:   "say how agents and their Envoy run when Cilium is installed",
	intent.WayOut:    "choose the address that it leaves with by a CiliumEgressGatewayPolicy",
	intent.Sessions:  "hash by a cookie or header in the routes of a CiliumEnvoyConfig: sessions move only when endpoints come and go",
	intent.Asking:    "ask it by an ExternalAuth filter of a route on one of Cilium's Gateways, or by ext_authz in a CiliumEnvoyConfig",
	intent.Datagrams: "keep it: Cilium serves UDPRoutes on Gateways of its class",
	intent.FarHosts:  "name the host in toFQDNs of policies, and in a cluster of a CiliumEnvoyConfig where requests are sent on to it",
	intent.Rates:     "limit it by local_ratelimit in a CiliumEnvoyConfig, which counts what is sent to a Service at each node",
}

// takesIn is what comes next to limits that a server's own proxy keeps to.
const takesIn = "limit it in the application, or, per node, what is sent to its Service"
