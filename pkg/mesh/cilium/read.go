package cilium

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
)

// read lifts Cilium's configuration.
func read(in mesh.Input) (*intent.Model, diag.List) {
	return &intent.Model{Inventory: *in.Inventory, Env: in.Env}, nil
}
