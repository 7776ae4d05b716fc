// Package istio is Istio with sidecars: VirtualService, DestinationRule and
// Gateway, PeerAuthentication, RequestAuthentication and AuthorizationPolicy,
// and what MeshConfig says of their meaning. All served versions are read, v1
// is written.
//
// # Routing
//
// A VirtualService is lifted into one table for each host and gateway. In the
// mesh one VirtualService owns a host: one that is private to the client's
// namespace, or else one exported to it by name, or else a public one; of these
// the oldest. At a gateway the rules of all VirtualServices of a host are put
// together in order of age, those that take everything last. A request that no
// rule takes is answered with 404, unless no rule can concern its client and
// port, in which case there is no table.
// istio pilot/pkg/networking/core/route/route.go
//
// # Calls
//
// Which DestinationRule counts depends on who calls: one in the client's
// namespace, or else in the service's, or else in the root namespace. This
// decides about subsets too, so that a table whose subsets mean different pods
// for different clients is lifted once for each.
// istio pilot/pkg/model/push_context.go destinationRule
//
// # Admission
//
// Istio decides at the proxy of the workload that serves: first the providers
// of CUSTOM policies, then DENY, then ALLOW; a workload that an ALLOW policy
// selects is closed but for what the rules of all of them let in. Attributes of
// HTTP on connections that are not HTTP make an ALLOW rule vanish, and vanish
// themselves from the others.
// istio pilot/pkg/security/authz
package istio

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
)

// Name is the mesh's name.
const Name = "istio"

// supported is the release whose API is read and written.
const supported = "1.31"

// The API groups.
const (
	groupNetworking = "networking.istio.io"
	groupSecurity   = "security.istio.io"
	groupTelemetry  = "telemetry.istio.io"
	groupExtensions = "extensions.istio.io"
)

// rootNamespace is where policies hold for the whole mesh.
func rootNamespace(env intent.Environment) string { return env.Istio.RootNamespace }

// Mesh is Istio.
var Mesh = mesh.Mesh{
	Name: Name, Title: "Istio", Versions: []string{supported}, Kinds: kinds, Obeys: obeys, Environment: environmentKeys,
	Injection: mesh.Injection{Marks: []string{"istio-injection", "istio.io/rev", "sidecar.istio.io/inject"}, Ask: "the label istio-injection: enabled", Past: past, OnHost: "pods on the network of their node get no sidecar, and no policy holds there"},
	Releases:  []string{"istio", "gatewayapi:v1"}, Configure: configure, Root: rootNamespace, Leaving: leaving,
	Read: read, Target: target, Write: write,
}

// environmentKeys are what the meaning of the kinds depends on.
var environmentKeys = []string{
	"clusterDomain", "trustDomain", "trustAliases", "istio.rootNamespace", "istio.autoMTLS", "istio.pathNormalization",
	"istio.retryAttempts", "istio.retryOn", "istio.virtualServiceExportTo", "istio.destinationRuleExportTo", "istio.outboundPolicy",
}

// kinds are those of the API, with the versions that the CRDs serve.
// istio.io/api kubernetes/customresourcedefinitions.gen.yaml
var kinds = []mesh.Kind{
	{Group: groupNetworking, Kind: "VirtualService", Versions: networkingVersions},
	{Group: groupNetworking, Kind: "DestinationRule", Versions: networkingVersions},
	{Group: groupNetworking, Kind: "Gateway", Versions: networkingVersions},
	{Group: groupNetworking, Kind: "ServiceEntry", Versions: networkingVersions},
	{Group: groupNetworking, Kind: kindSidecar, Versions: networkingVersions},
	{Group: groupNetworking, Kind: "WorkloadEntry", Versions: networkingVersions},
	{Group: groupNetworking, Kind: "WorkloadGroup", Versions: networkingVersions},
	{Group: groupNetworking, Kind: "ProxyConfig", Versions: []string{"v1beta1"}},
	{Group: groupNetworking, Kind: "EnvoyFilter", Versions: []string{"v1alpha3"}, Security: true},
	{Group: groupSecurity, Kind: "AuthorizationPolicy", Versions: securityVersions, Security: true},
	{Group: groupSecurity, Kind: "PeerAuthentication", Versions: securityVersions, Security: true},
	{Group: groupSecurity, Kind: "RequestAuthentication", Versions: securityVersions, Security: true},
	{Group: groupTelemetry, Kind: "Telemetry", Versions: []string{"v1", "v1alpha1"}},
	{Group: groupExtensions, Kind: "WasmPlugin", Versions: []string{"v1alpha1"}, Security: true},
	{Group: groupExtensions, Kind: "TrafficExtension", Versions: []string{"v1alpha1"}, Security: true},
	// Kinds of old releases, which no cluster serves any more.
	{Group: "config.istio.io", Kind: "QuotaSpec"},
	{Group: "authentication.istio.io", Kind: "Policy", Security: true},
	{Group: "rbac.istio.io", Kind: "ServiceRole", Security: true},
}

var (
	networkingVersions = []string{"v1", "v1beta1", "v1alpha3"}
	securityVersions   = []string{"v1", "v1beta1"}
)
