// Package all lists the meshes.
package all

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/mesh/smi"
)

// Meshes are the dialects that are read and written, in the order in which they are
// listed to users.
var Meshes = []mesh.Mesh{istio.Mesh, linkerd.Mesh, consul.Mesh, cilium.Mesh, gatewayapi.Mesh}

// Sources are all that are read: Meshes, and those that nobody should be sent to.
var Sources = append(slices.Clone(Meshes), smi.Mesh)
