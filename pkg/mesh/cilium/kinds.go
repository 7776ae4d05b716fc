package cilium

import (
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// The API groups beside Cilium's own.
const (
	groupNetworking = "networking.k8s.io"
	groupGateway    = "gateway.networking.k8s.io"
)

// kinds are those that Cilium reads, with the versions that its CRDs serve, and those
// that earlier releases read; see gone.
// cilium pkg/k8s/apis/cilium.io/client/crds
var kinds = []mesh.Kind{
	{Group: group, Kind: "CiliumNetworkPolicy", Versions: []string{"v2"}, Security: true},
	{Group: group, Kind: "CiliumClusterwideNetworkPolicy", Versions: []string{"v2"}, Security: true},
	{Group: group, Kind: "CiliumEnvoyConfig", Versions: []string{"v2"}},
	{Group: group, Kind: "CiliumClusterwideEnvoyConfig", Versions: []string{"v2"}},
	{Group: group, Kind: "CiliumCIDRGroup", Versions: []string{"v2", "v2alpha1"}, Old: []string{"v2alpha1"}, New: "v2"},
	{Group: group, Kind: "CiliumLocalRedirectPolicy", Versions: []string{"v2"}},
	{Group: group, Kind: "CiliumEgressGatewayPolicy", Versions: []string{"v2"}},
	{Group: group, Kind: "CiliumGatewayClassConfig", Versions: []string{"v2alpha1"}},
	{Group: group, Kind: "CiliumLoadBalancerIPPool", Versions: []string{"v2", "v2alpha1"}, Old: []string{"v2alpha1"}, New: "v2"},
	{Group: group, Kind: "CiliumL2AnnouncementPolicy", Versions: []string{"v2alpha1"}},
	{Group: group, Kind: "CiliumBGPAdvertisement", Versions: []string{"v2", "v2alpha1"}, Old: []string{"v2alpha1"}, New: "v2"},
	{Group: group, Kind: "CiliumBGPClusterConfig", Versions: []string{"v2", "v2alpha1"}, Old: []string{"v2alpha1"}, New: "v2"},
	{Group: group, Kind: "CiliumBGPPeerConfig", Versions: []string{"v2", "v2alpha1"}, Old: []string{"v2alpha1"}, New: "v2"},
	{Group: group, Kind: "CiliumBGPNodeConfigOverride", Versions: []string{"v2", "v2alpha1"}, Old: []string{"v2alpha1"}, New: "v2"},
	{Group: group, Kind: "CiliumBGPNodeConfig", Versions: []string{"v2", "v2alpha1"}, Old: []string{"v2alpha1"}, New: "v2"},
	{Group: group, Kind: "CiliumEndpoint", Versions: []string{"v2"}},
	{Group: group, Kind: "CiliumEndpointSlice", Versions: []string{"v2alpha1"}},
	{Group: group, Kind: "CiliumDatapathPlugin", Versions: []string{"v2alpha1"}},
	{Group: group, Kind: "CiliumIdentity", Versions: []string{"v2"}},
	{Group: group, Kind: "CiliumNode", Versions: []string{"v2"}},
	{Group: group, Kind: "CiliumPodIPPool", Versions: []string{"v2alpha1"}},
	{Group: group, Kind: "CiliumNodeConfig", Versions: []string{"v2", "v2alpha1"}, Old: []string{"v2alpha1"}, New: "v2"},
	{Group: group, Kind: "CiliumBGPPeeringPolicy", Versions: []string{"v2alpha1"}},
	{Group: group, Kind: "CiliumExternalWorkload", Versions: []string{"v2"}},
	{Group: group, Kind: "CiliumEgressNATPolicy", Versions: []string{"v2alpha1"}},
	{Group: groupNetworking, Kind: "NetworkPolicy", Versions: []string{"v1"}, Security: true},
	{Group: groupGateway, Kind: "HTTPRoute", Versions: []string{"v1", "v1beta1"}},
	{Group: groupGateway, Kind: "GRPCRoute", Versions: []string{"v1"}},
	{Group: groupGateway, Kind: "Gateway", Versions: []string{"v1", "v1beta1"}},
	{Group: groupGateway, Kind: "GatewayClass", Versions: []string{"v1", "v1beta1"}},
	{Group: groupGateway, Kind: "ListenerSet", Versions: []string{"v1"}},
	{Group: groupGateway, Kind: "ReferenceGrant", Versions: []string{"v1", "v1beta1"}},
	{Group: groupGateway, Kind: "TLSRoute", Versions: []string{"v1", "v1alpha2", "v1alpha3"}, Old: []string{"v1alpha2", "v1alpha3"}, New: "v1"},
	{Group: groupGateway, Kind: "TCPRoute", Versions: []string{"v1", "v1alpha2"}, Old: []string{"v1alpha2"}, New: "v1"},
	{Group: groupGateway, Kind: "UDPRoute", Versions: []string{"v1alpha2"}},
	{Group: groupGateway, Kind: "BackendTLSPolicy", Versions: []string{"v1", "v1alpha3"}, Old: []string{"v1alpha3"}, New: "v1", Security: true},
}

// aside are the other kinds of these groups: an Ingress is obeyed by whoever its class
// names.
var aside = []mesh.Kind{
	{Group: groupNetworking, Kind: kindIngress}, {Group: groupNetworking, Kind: "IngressClass"},
	{Group: groupNetworking, Kind: "IPAddress"}, {Group: groupNetworking, Kind: "ServiceCIDR"},
}

const kindIngress = "Ingress"

// obeys tells of an Ingress that Cilium's own controller takes, and of Services of other
// clusters, which get a Service each for clients of this one.
// https://docs.cilium.io/en/v1.20/network/servicemesh/ingress/
// cilium pkg/clustermesh/mcsapi/service_controller.go
func obeys(o *source.Object) string {
	if o.Group() == gatewayapi.GroupClusters && o.Kind == kindServiceImport {
		return "have the other mesh know the Service of the other clusters, and routes name what it makes of it"
	}
	if o.Group() != groupNetworking || o.Kind != kindIngress || o.Root.Get("spec").Get("ingressClassName").Text() != Name {
		return ""
	}
	return "write it as Gateway and HTTPRoutes first"
}
