package cilium

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// ownKind is what something of Cilium's own is, and what comes nearest to it elsewhere.
type ownKind struct{ what, instead string }

const (
	stays      = "keep it: Cilium does this as the network of the cluster, beside another mesh too"
	noOther    = "nothing: Cilium makes it itself"
	aroundMesh = "keep it while Cilium is the network of the cluster; the other mesh leaves this to the network"
)

// gone are kinds that Cilium no longer has: what they are, and what came after.
// https://docs.cilium.io/en/v1.20/operations/upgrade/
var gone = map[string]ownKind{
	"CiliumBGPPeeringPolicy": {"Cilium 1.20 has no CiliumBGPPeeringPolicy any more, which announced addresses", "keep it while an older Cilium is there; CiliumBGPClusterConfig, CiliumBGPPeerConfig and CiliumBGPAdvertisement came after it"},
	"CiliumExternalWorkload": {"Cilium 1.20 has no CiliumExternalWorkload any more, which had a machine outside the cluster join", "name its addresses in policies, or have the other mesh know the machine"},
	"CiliumEgressNATPolicy":  {"Cilium 1.20 has no CiliumEgressNATPolicy any more, which chose the address that traffic leaves the cluster with", "write it as a CiliumEgressGatewayPolicy"},
}

// others are the kinds that are kept as they are.
var others = map[string]ownKind{
	"CiliumCIDRGroup":             {"a CiliumCIDRGroup names addresses for policies", "name the addresses where the policies of the other mesh do"},
	"CiliumLocalRedirectPolicy":   {"a CiliumLocalRedirectPolicy sends traffic to a pod of the same node, which no other mesh does", "keep it while Cilium is the network; elsewhere internalTrafficPolicy: Local of the Service comes nearest"},
	"CiliumEgressGatewayPolicy":   {"a CiliumEgressGatewayPolicy chooses the address that traffic leaves the cluster with, which is no matter of a mesh", "keep it, or send what leaves through an egress gateway of the other mesh on nodes with that address"},
	"CiliumGatewayClassConfig":    {"a CiliumGatewayClassConfig is about Cilium's own gateways", "set the Service of the gateways where the other mesh does"},
	"CiliumLoadBalancerIPPool":    {"a CiliumLoadBalancerIPPool gives addresses to Services, which is no matter of a mesh", aroundMesh},
	"CiliumL2AnnouncementPolicy":  {"a CiliumL2AnnouncementPolicy announces addresses, which is no matter of a mesh", aroundMesh},
	"CiliumBGPAdvertisement":      {"BGP is no matter of a mesh", aroundMesh},
	"CiliumBGPClusterConfig":      {"BGP is no matter of a mesh", aroundMesh},
	"CiliumBGPPeerConfig":         {"BGP is no matter of a mesh", aroundMesh},
	"CiliumBGPNodeConfigOverride": {"BGP is no matter of a mesh", aroundMesh},
	"CiliumBGPNodeConfig":         {"a CiliumBGPNodeConfig is what Cilium makes of other objects", noOther},
	"CiliumEndpoint":              {"a CiliumEndpoint is what Cilium notes of a pod", noOther},
	"CiliumEndpointSlice":         {"a CiliumEndpointSlice is what Cilium notes of pods", noOther},
	"CiliumDatapathPlugin":        {"a CiliumDatapathPlugin changes how agents handle packets", stays},
	"CiliumIdentity":              {"a CiliumIdentity is what Cilium notes of a set of labels", noOther},
	"CiliumNode":                  {"a CiliumNode is what Cilium notes of a node", noOther},
	"CiliumPodIPPool":             {"a CiliumPodIPPool gives addresses to pods, which is no matter of a mesh", aroundMesh},
	"CiliumNodeConfig":            {"a CiliumNodeConfig configures agents", stays},
}

// The prefixes of annotations of Services, and of older names of some.
// cilium pkg/annotation/k8s.go
const (
	ofService = "service.cilium.io/"
	ofMesh    = "clustermesh.cilium.io/"
	// visibility had proxies look into requests of pods, for reports alone; Cilium reads it
	// no more. cilium Documentation/operations/upgrade.rst
	visibility = "policy.cilium.io/proxy-visibility"
)

const (
	exported  = "have the other mesh know the Service in all its clusters: a mirrored Service in Linkerd, a shared one in Istio, an exported one in Consul"
	balanced4 = "keep it while Cilium balances connections; the other mesh balances requests by itself"
)

// serviceAnnotations are those of Services.
var serviceAnnotations = map[string]ownKind{
	ofService + "global":                      {"a global Service gets the endpoints that other clusters share, beside its own", exported},
	"io.cilium/global-service":                {"a global Service gets the endpoints that other clusters share, beside its own", exported},
	ofService + "global-sync-endpoint-slices": {"endpoints of other clusters are made known as EndpointSlices", exported},
	ofService + "shared":                      {}, // see exportsOf
	"io.cilium/shared-service":                {},
	ofService + "affinity":                    {"endpoints of the own cluster, or of others, are preferred", "have the other mesh prefer near endpoints, by locality"},
	"io.cilium/service-affinity":              {"endpoints of the own cluster, or of others, are preferred", "have the other mesh prefer near endpoints, by locality"},
	ofService + "lb-l7":                       {"requests to the Service are balanced by Envoy", "nothing: a mesh balances requests"},
	ofService + "lb-l7-algorithm":             {"requests to the Service are balanced by an algorithm", "set the algorithm in the other mesh, such as by a DestinationRule"},
	ofService + "lb-algorithm":                {"connections to the Service are balanced by an algorithm", balanced4},
	ofService + "forwarding-mode":             {"packets to the Service are forwarded in a way of its own", stays},
	ofService + "node":                        {"the Service is known to some nodes only", stays},
	ofService + "node-selector":               {"the Service is known to some nodes only", stays},
	ofService + "type":                        {"the Service is made known as fewer types than it is of", stays},
	ofService + "src-ranges-policy":           {"loadBalancerSourceRanges of the Service keep out addresses, or let in only these", "keep it, or say the addresses in policies of the other mesh at the gateway"},
	ofService + "proxy-delegation":            {"packets to the Service are handed to a proxy of the node", stays},
}

// annotations tells of annotations by which Cilium treats Services in its own way.
func (r *reader) annotations() {
	for _, s := range r.in.Inventory.Services {
		for _, a := range s.Annotations {
			is, known := serviceAnnotations[a.Key]
			if !known && !strings.HasPrefix(a.Key, ofService) {
				continue
			}
			if known && is.what == "" {
				continue
			}
			if !known {
				is = ownKind{"it is an annotation of Cilium's that is not known", "see what it is for in the version of Cilium that the cluster runs"}
			}
			r.annotated("Service "+s.Name.String(), a, s.From, is)
		}
	}
	for _, w := range r.in.Inventory.Workloads {
		for _, a := range w.Annotations {
			if a.Key == visibility && len(a.From) > 0 {
				r.note(diag.Inert, a.Key+" of "+w.Kind+" "+w.Name.String()+" has no effect: this version of Cilium does not read it", "remove it; rules for requests that let all in have them reported", a.From[0])
			}
		}
	}
	for _, n := range r.in.Inventory.Namespaces {
		for _, a := range n.Annotations {
			if strings.HasPrefix(a.Key, ofMesh) && a.Key != ofMesh+"global" {
				r.annotated("Namespace "+n.Name, a, n.From, ownKind{"it is an annotation of Cilium's that is not known", "see what it is for in the version of Cilium that the cluster runs"})
			}
		}
	}
}

func (r *reader) annotated(object string, a intent.Pair, of intent.Origin, is ownKind) {
	at := a.From
	if len(at) == 0 {
		at = of
	}
	if len(at) > 0 {
		r.note(diag.NotTranslated, a.Key+" of "+object+": "+is.what, is.instead, at[0])
	}
}
