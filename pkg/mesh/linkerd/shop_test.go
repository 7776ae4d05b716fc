package linkerd_test

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/mesh/meshtest"
)

// The shop is written for Linkerd from each mesh: nobody more is let in.
func TestShop(t *testing.T) {
	meshtest.Shop(t, linkerd.Mesh, istio.Mesh, gatewayapi.Mesh, linkerd.Mesh)
}
