package istio

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// obeys tells of objects of the Gateway API and of Ingresses, which istiod turns into
// routes beside those of VirtualServices.
// istio pilot/pkg/config/kube/gateway, pilot/pkg/config/kube/ingress
func obeys(o *source.Object) string {
	spec := o.Root.Get("spec")
	switch {
	case gatewayapi.IsRoute(o):
		return "translate it apart, with --from gatewayapi@istio"
	case gatewayapi.IsGateway(o) && strings.HasPrefix(spec.Get("gatewayClassName").Text(), Name):
		return "translate it apart, with --from gatewayapi@istio"
	case o.Group() == gatewayapi.GroupClusters:
		return gatewayapi.ObeysClusters(o)
	case o.Group() == "networking.k8s.io" && o.Kind == "Ingress" && spec.Get("ingressClassName").Text() == Name:
		return "write it as Gateway and VirtualService first"
	}
	return ""
}
