package consul

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// obeys tells of objects of the Gateway API that make an API gateway of Consul on
// Kubernetes.
// https://developer.hashicorp.com/consul/docs/north-south/api-gateway
func obeys(o *source.Object) string {
	if !gatewayapi.IsGateway(o) || !strings.HasPrefix(o.Root.Get("spec").Get("gatewayClassName").Text(), Name) {
		return ""
	}
	return "translate it and its routes apart, with --from gatewayapi"
}
