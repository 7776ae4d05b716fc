package cilium

import "github.com/transmesh/transmesh/pkg/intent"

// nearestTo is what comes next in Cilium to what other meshes have for a purpose.
var nearestTo = map[intent.Purpose]string{
	intent.Clusters: "join the clusters by ClusterMesh, and annotate the Services that all are to know by service.cilium.io/global",
	intent.Machines: "name its addresses where policies name it; no workload outside the cluster joins Cilium",
	intent.Code:     "look for a filter of Cilium's Envoy that does it, for a CiliumEnvoyConfig",
	intent.Reports:  "see flows in Hubble",
	intent.Proxies:  "say how agents and their Envoy run when Cilium is installed",
	intent.WayOut:   "choose the address that it leaves with by a CiliumEgressGatewayPolicy",
}
