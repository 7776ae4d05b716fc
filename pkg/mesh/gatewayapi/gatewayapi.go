// Package gatewayapi is the Kubernetes Gateway API, 1.6 standard and
// experimental: routes on Services, Gateways and ListenerSets, these themselves,
// ReferenceGrant, BackendTLSPolicy, and of XBackendTrafficPolicy the retry budget. It
// is a mesh of its own, and the dialect of routes that other
// meshes speak too (Dialect).
//
// The specification leaves the precedence of some matches to implementations,
// and some implementations deviate from it. The mesh "gatewayapi" alone is the
// specification: it is written so that Istio, Linkerd and Cilium all take it
// alike. "gatewayapi@istio", "@linkerd" and "@cilium" are the API as that one
// implementation understands it.
//
// https://gateway-api.sigs.k8s.io/reference/spec/ and, for routes on Services,
// GEP-1294 https://gateway-api.sigs.k8s.io/geps/gep-1294/
package gatewayapi

import (
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
)

const (
	group        = "gateway.networking.k8s.io"
	experimental = "gateway.networking.x-k8s.io"
)

// GroupClusters is the API group of Multi-Cluster Services, whose Services of other clusters
// routes may name as backends.
// https://github.com/kubernetes-sigs/mcs-api
const GroupClusters = "multicluster.x-k8s.io"

// Mesh is the Gateway API as source and target.
var Mesh = mesh.Mesh{
	Name: Name, Title: "Gateway API",
	Versions:    versions,
	Kinds:       kinds,
	Obeys:       ObeysClusters,
	Environment: []string{"clusterDomain"},
	Releases:    []string{"gatewayapi:v1"},
	Read:        read,
	Target:      target,
	Write:       write,
}

// kinds are those of the standard and the experimental channel. Older versions
// of the route kinds have the same fields.
var kinds = []mesh.Kind{
	{Group: group, Kind: "HTTPRoute", Versions: []string{"v1", "v1beta1", "v1alpha2"}},
	{Group: group, Kind: "GRPCRoute", Versions: []string{"v1", "v1alpha2"}},
	{Group: group, Kind: "Gateway", Versions: []string{"v1", "v1beta1", "v1alpha2"}},
	{Group: group, Kind: "ReferenceGrant", Versions: []string{"v1", "v1beta1", "v1alpha2"}},
	{Group: group, Kind: "GatewayClass", Versions: []string{"v1", "v1beta1", "v1alpha2"}},
	{Group: group, Kind: "TLSRoute", Versions: []string{"v1", "v1alpha3", "v1alpha2"}, Old: []string{"v1alpha2", "v1alpha3"}, New: "v1"},
	{Group: group, Kind: "TCPRoute", Versions: []string{"v1", "v1alpha2"}, Old: []string{"v1alpha2"}, New: "v1"},
	{Group: group, Kind: "UDPRoute", Versions: []string{"v1", "v1alpha2"}, Old: []string{"v1alpha2"}, New: "v1"},
	{Group: group, Kind: "BackendTLSPolicy", Versions: []string{"v1", "v1alpha3", "v1alpha2"}, Old: []string{"v1alpha3", "v1alpha2"}, New: "v1"},
	{Group: group, Kind: "ListenerSet", Versions: []string{"v1"}},
	{Group: experimental, Kind: "XListenerSet", Versions: []string{"v1alpha1"}},
	{Group: experimental, Kind: "XBackendTrafficPolicy", Versions: []string{"v1alpha1"}},
	{Group: experimental, Kind: "XBackend", Versions: []string{"v1alpha1"}},
	{Group: experimental, Kind: "XMesh", Versions: []string{"v1alpha1"}},
}

// IsRoute reports whether an object routes requests or connections.
func IsRoute(o *source.Object) bool {
	_, ok := routeKinds[o.Kind]
	return ok && o.Group() == group
}

// IsGateway reports whether an object is a Gateway.
func IsGateway(o *source.Object) bool { return o.Kind == "Gateway" && o.Group() == group }
