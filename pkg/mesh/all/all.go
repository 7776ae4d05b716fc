// Package all lists the meshes.
package all

import (
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// Meshes are the dialects in the order in which they are listed to users.
var Meshes = []mesh.Mesh{gatewayapi.Mesh}
