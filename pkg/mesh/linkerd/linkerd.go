// Package linkerd is Linkerd 2.20: what it routes by HTTPRoute and GRPCRoute on
// Services with its annotations, or by ServiceProfile and TrafficSplit, and whom
// it lets in by Server, AuthorizationPolicy and its authentications.
//
// # Admission
//
// Linkerd decides at the proxy of the workload that serves. A port with a Server
// is closed but for what is granted: by policies of the Server or of its
// namespace, for everything; and by policies of inbound routes, for the requests
// for which that route is the best-ranked match. Where a Server has routes, a
// request that none of them matches is denied (with 404). Grants only add up:
// nothing denies. A port without a Server follows the default inbound policy of
// its pod, its namespace or the installation.
// linkerd2 policy-controller/k8s/index/src/inbound/index.rs
//
// The model leaves out two things that Linkerd always lets in: connections from
// the pod itself, and the kubelet's HTTP health checks. The latter are GET
// requests for exactly the paths of a workload's HTTP probes. Linkerd lets them
// in by itself where a Server has no routes, and by a route of their own
// otherwise, which is written and, where it is known to be one, not lifted.
//
// # Versions
//
// "2.20" writes routes, with annotations for retries and timeouts.
// "2.20-serviceprofile" writes ServiceProfiles and SMI TrafficSplits, for teams
// that still use them, and refuses what these cannot say. It writes no routes,
// since a profile puts routes, their annotations and circuit breaking out of force.
package linkerd

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// Name is the mesh's name.
const Name = "linkerd"

// The versions: routes by the Gateway API, or by ServiceProfile and TrafficSplit.
const (
	versionRoutes   = "2.20"
	versionProfiles = "2.20-serviceprofile"
)

// The API groups.
const (
	groupPolicy  = "policy.linkerd.io"
	groupGateway = "gateway.networking.k8s.io"
	groupProfile = "linkerd.io"
	groupSplit   = "split.smi-spec.io"
)

// Mesh is Linkerd.
var Mesh = mesh.Mesh{
	Name: Name, Title: "Linkerd", Versions: []string{versionRoutes, versionProfiles}, Kinds: kinds, Aside: gatewayapi.Mesh.Kinds,
	Environment: []string{"clusterDomain", "trustDomain", "linkerd.controlPlaneNamespace", "linkerd.defaultInboundPolicy"},
	Injection:   mesh.Injection{Marks: []string{"linkerd.io/inject"}, Ask: "the annotation linkerd.io/inject: enabled", Admits: annotationInbound, Past: past, OnHost: "pods on the network of their node get no proxy, and no policy holds there"},
	Standing:    standing,
	Releases:    []string{"gatewayapi:v1", "linkerd", "smi"},
	Keeps:       mayKeep, Leaving: leaving, Read: read, Target: target, Write: write,
}

// mayKeep reports whether a route is for a Server: requests that none of its routes matches
// are not let in there, whatever the Server's policies say.
// linkerd2 policy-controller/k8s/index/src/inbound/index.rs
func mayKeep(o *source.Object) bool {
	return slices.ContainsFunc(o.Root.Get("spec").Get("parentRefs").Items(), func(p *source.Node) bool {
		return p.Get("group").Text() == groupPolicy && p.Get("kind").Text() == "Server"
	})
}

// kinds are those that Linkerd reads, of all versions that its CRDs serve.
// linkerd2 charts/linkerd-crds/templates
var kinds = []mesh.Kind{
	{Group: groupPolicy, Kind: "Server", Versions: []string{"v1alpha1", "v1beta1", "v1beta2", "v1beta3"}, Old: []string{"v1alpha1", "v1beta1"}, New: "v1beta3", Security: true},
	{Group: groupPolicy, Kind: "ServerAuthorization", Versions: []string{"v1alpha1", "v1beta1"}, Old: []string{"v1alpha1"}, New: "v1beta1", Security: true},
	{Group: groupPolicy, Kind: "AuthorizationPolicy", Versions: []string{"v1alpha1"}, Security: true},
	{Group: groupPolicy, Kind: "MeshTLSAuthentication", Versions: []string{"v1alpha1"}, Security: true},
	{Group: groupPolicy, Kind: "NetworkAuthentication", Versions: []string{"v1alpha1"}, Security: true},
	{Group: groupPolicy, Kind: "HTTPRoute", Versions: []string{"v1alpha1", "v1beta1", "v1beta2", "v1beta3"}, Security: true},
	{Group: groupPolicy, Kind: "HTTPLocalRateLimitPolicy", Versions: []string{"v1alpha1"}},
	{Group: groupPolicy, Kind: "EgressNetwork", Versions: []string{"v1alpha1"}, Security: true},
	{Group: groupGateway, Kind: "HTTPRoute", Versions: []string{"v1", "v1beta1"}},
	{Group: groupGateway, Kind: "GRPCRoute", Versions: []string{"v1"}},
	{Group: groupGateway, Kind: "TLSRoute", Versions: []string{"v1", "v1alpha2", "v1alpha3"}},
	{Group: groupGateway, Kind: "TCPRoute", Versions: []string{"v1", "v1alpha2"}},
	{Group: groupProfile, Kind: "ServiceProfile", Versions: []string{"v1alpha1", "v1alpha2"}},
	{Group: groupSplit, Kind: "TrafficSplit", Versions: []string{"v1alpha1", "v1alpha2"}},
	{Group: groupWorkload, Kind: "ExternalWorkload", Versions: []string{"v1alpha1", "v1beta1"}},
	{Group: groupClusters, Kind: "Link", Versions: []string{"v1alpha1", "v1alpha2", "v1alpha3"}},
}
