package consul

import "github.com/transmesh/transmesh/pkg/mesh"

// kinds are those of consul-k8s.
var kinds = []mesh.Kind{{Group: group, Kind: "ServiceIntentions", Versions: []string{"v1alpha1"}, Security: true}}
