package gatewayapi

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh/meshtest"
	"github.com/transmesh/transmesh/pkg/source"
)

// Damaged manifests are read and written without a panic, and what is damaged
// so that the API server would reject it has a finding.
func TestDamagedManifests(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(meshtest.Shared(t, "corpus"), "gatewayapi", "*", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	r := rand.New(rand.NewPCG(5, 6))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for range 12 {
			text := damage(r, string(data))
			objs, _ := source.Parse("in.yaml", []byte(text), source.Options{})
			for _, version := range versions {
				m, diags := read(inputOf(version, objs))
				tgt, _ := target(version)
				write(m, tgt)
				if worst, any := diags.Max(); rejected(objs) && (!any || worst < diag.Error) {
					t.Errorf("%s: no finding for\n%s", file, text)
				}
			}
		}
	}
}

// rejected reports whether a route or Gateway has a value that cannot stand.
func rejected(objs []*source.Object) bool {
	for _, o := range objs {
		if o.Group() == group && (o.Kind == "HTTPRoute" || o.Kind == "Gateway") && len(o.Root.Get("spec").Problems()) > 0 {
			return true
		}
	}
	return false
}

// damage changes up to three lines: it deletes one, or gives a key another
// value.
func damage(r *rand.Rand, text string) string {
	lines := strings.Split(text, "\n")
	values := []string{"5", "[]", "{}", "null", "-1", "true", `"("`, "[[1]]", "{a: {b: c}}", `""`, "/../x", "99999999999999999999"}
	for range 1 + r.IntN(3) {
		i := r.IntN(len(lines))
		key, _, ok := strings.Cut(lines[i], ": ")
		switch {
		case !ok || r.IntN(3) == 0:
			lines[i] = ""
		default:
			lines[i] = key + ": " + values[r.IntN(len(values))]
		}
	}
	return strings.Join(lines, "\n")
}
