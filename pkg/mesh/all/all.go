// Package all lists the meshes.
package all

import (
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
)

// Meshes are the dialects in the order in which they are listed to users.
var Meshes = []mesh.Mesh{istio.Mesh, linkerd.Mesh, consul.Mesh, cilium.Mesh, gatewayapi.Mesh}
