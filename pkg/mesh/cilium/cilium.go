// Package cilium is Cilium 1.20: CiliumNetworkPolicy and
// CiliumClusterwideNetworkPolicy beside Kubernetes' NetworkPolicy, routes of the
// Gateway API on Services, and CiliumEnvoyConfig with its clusterwide form.
package cilium

import "github.com/transmesh/transmesh/pkg/mesh"

// Name is the mesh's name.
const Name = "cilium"

// version is the one that is read and written.
const version = "1.20"

// group is the API group of Cilium.
const group = "cilium.io"

// Mesh is Cilium.
var Mesh = mesh.Mesh{
	Name: Name, Title: "Cilium", Versions: []string{version}, Kinds: kinds, Aside: aside, Obeys: obeys, Takes: takes,
	Environment: []string{"clusterDomain", "cilium.clusterName", "cilium.encryption", "cilium.policyEnforcementMode"},
	Injection:   mesh.Injection{OnHost: "pods on the network of their node are no endpoints of Cilium, and no policy selects them"},
	Releases:    []string{"gatewayapi:v1"},
	Keeps:       mayKeep, Keepers: keepers, Sides: sides, Read: read, Target: target, Write: write,
}
