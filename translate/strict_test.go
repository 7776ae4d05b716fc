package translate

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/manifest"
	typedcilium "github.com/transmesh/transmesh/pkg/typed/cilium"
	typedconsul "github.com/transmesh/transmesh/pkg/typed/consul"
	typedgateway "github.com/transmesh/transmesh/pkg/typed/gatewayapi"
	typedistio "github.com/transmesh/transmesh/pkg/typed/istio"
	typedlinkerd "github.com/transmesh/transmesh/pkg/typed/linkerd"
	"golang.org/x/tools/txtar"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// decoders turn what is written for a mesh into its official Go types, in full
// or not at all.
var decoders = map[string]func([]*manifest.Object) ([]runtime.Object, error){
	"istio": typedistio.Objects, "linkerd": typedlinkerd.Objects, "gatewayapi": typedgateway.Objects,
	"cilium": typedcilium.Objects, "consul": consulEntries,
}

// consulEntries decodes configuration entries, which are no objects of
// Kubernetes; the rest beside them are. For those of consul-k8s alone, which are
// only printed as they were read, no module of this project has types.
func consulEntries(ms []*manifest.Object) ([]runtime.Object, error) {
	entries, rest, err := typedconsul.Objects(ms)
	alone := func(m *manifest.Object) bool { return strings.HasPrefix(m.APIVersion, "consul.hashicorp.com/") }
	if err != nil || len(entries) > 0 || slices.ContainsFunc(rest, alone) {
		return make([]runtime.Object, len(ms)), err
	}
	return typedlinkerd.Objects(rest)
}

// TestOutputDecodes is L8: every object that a case writes decodes strictly into
// the type of its kind.
func TestOutputDecodes(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		c := newCase(t, a)
		for _, to := range targets {
			decodes(t, filepath.Base(f)+" to "+to, to, c.convert(t, to))
		}
	}
}

func decodes(t *testing.T, name, to string, r *Result) {
	t.Helper()
	mesh, _, _ := strings.Cut(to, "@")
	for _, m := range r.Manifests {
		objs, err := decoders[mesh]([]*manifest.Object{m})
		if err != nil {
			t.Errorf("%s: L8: %v", name, err)
			continue
		}
		if _, untyped := objs[0].(*unstructured.Unstructured); untyped {
			t.Errorf("%s: L8: no type for %s %s", name, m.APIVersion, m.Kind)
		}
	}
}
