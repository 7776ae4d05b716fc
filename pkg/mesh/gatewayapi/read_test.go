package gatewayapi

import (
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
)

// input parses manifests as translate would hand them to the reader.
func input(t testing.TB, version, text string) mesh.Input {
	t.Helper()
	objs, problems := source.Parse("in.yaml", []byte(text), source.Options{})
	for _, p := range problems {
		t.Fatalf("%v: %s", p.Ref, p.Message)
	}
	return inputOf(version, objs)
}

func inputOf(version string, objs []*source.Object) mesh.Input {
	in := mesh.Input{Version: version, Env: intent.Defaults()}
	var context []*source.Object
	for _, o := range objs {
		if o.Group() == group || o.Group() == "gateway.networking.x-k8s.io" {
			in.Objects = append(in.Objects, o)
		} else if inventory.Belongs(o) {
			context = append(context, o)
		}
	}
	slices.SortFunc(in.Objects, source.Compare)
	in.Inventory = inventory.Read(context)
	return in
}

func codes(diags diag.List) []diag.Code {
	var out []diag.Code
	for _, d := range diags {
		out = append(out, d.Code)
	}
	return out
}

func forwardTo(name string) intent.Action {
	return intent.Forward{To: []intent.Backend{{Host: intent.Host{Service: intent.Name{Namespace: "shop", Name: name}}, Port: 80, Weight: 1}}}
}
