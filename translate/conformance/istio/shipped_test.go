package conformance

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"istio.io/istio/pkg/test/env"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
)

// TestShipped holds transmesh to the examples of valid and invalid objects that
// Istio's own tests have.
func TestShipped(t *testing.T) {
	dir := filepath.Join(env.IstioSrc, "pkg/config/validation/testdata/crds")
	documents := 0
	for _, kind := range []string{"authz", "peerauth", "reqauth", "destinationrule"} {
		for _, state := range []string{"valid", "invalid"} {
			data, err := os.ReadFile(filepath.Join(dir, kind+"-"+state+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			for _, doc := range bytes.Split(data, []byte("\n---\n")) {
				if !bytes.Contains(doc, []byte("\nkind:")) {
					continue
				}
				documents++
				judgeShipped(t, doc, state == "invalid")
			}
		}
	}
	if documents < 20 {
		t.Error("too few documents:", documents)
	}
}

func judgeShipped(t *testing.T, doc []byte, invalid bool) {
	t.Helper()
	r := convert(doc, istio.Mesh, istio.Mesh, "", nil)
	called := slices.ContainsFunc(r.Findings, func(d diag.Diagnostic) bool {
		return wrong[d.Code] && d.Severity == diag.Error && d.At[0].Pos.Line > 0 && d.Fix != ""
	})
	if called != invalid {
		t.Errorf("invalid is %v, and the findings are %v:\n%s", invalid, r.Findings, doc)
	}
}
