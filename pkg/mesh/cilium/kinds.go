package cilium

import "github.com/transmesh/transmesh/pkg/mesh"

// kinds are those that Cilium reads.
var kinds = []mesh.Kind{{Group: group, Kind: "CiliumNetworkPolicy", Versions: []string{"v2"}, Security: true}}
