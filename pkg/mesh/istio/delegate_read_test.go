package istio_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/source"
)

// TestDelegatesEnd reads a delegate that delegates to itself: it is rejected, as
// Istio does with every delegate that delegates.
func TestDelegatesEnd(t *testing.T) {
	manifests := object("VirtualService", "root", `{hosts: [cart], http: [{delegate: {name: leaf}}]}`) +
		object("VirtualService", "leaf", `{http: [{delegate: {name: leaf}}]}`)
	objs, _ := source.Parse("in.yaml", []byte(manifests), source.Options{})
	istio.Mesh.Read(mesh.Input{Objects: objs, Inventory: &intent.Inventory{}})
	var found []string
	for _, o := range objs {
		for _, p := range o.Root.Problems() {
			found = append(found, fmt.Sprint(p))
		}
	}
	if !strings.Contains(strings.Join(found, "\n"), "stands in a delegate") {
		t.Error("want a problem about the chain; got", found)
	}
}
