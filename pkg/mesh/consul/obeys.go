package consul

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// obeys tells of Gateways that may be of a class of Consul's which the input does not
// show; those of classes that it shows are read. See takes.
// https://developer.hashicorp.com/consul/docs/north-south/api-gateway
func obeys(o *source.Object) string {
	if !gatewayapi.IsGateway(o) || !strings.HasPrefix(o.Root.Get("spec").Get("gatewayClassName").Text(), Name) {
		return ""
	}
	return "add its GatewayClass to the input"
}
