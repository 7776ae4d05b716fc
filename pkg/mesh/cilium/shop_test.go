package cilium_test

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/mesh/meshtest"
)

// The shop is written for Cilium from each mesh: nobody more is let in.
func TestShop(t *testing.T) {
	meshtest.Shop(t, cilium.Mesh, istio.Mesh, linkerd.Mesh, gatewayapi.Mesh, cilium.Mesh)
}
