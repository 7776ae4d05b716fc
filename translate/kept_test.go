package translate

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"golang.org/x/tools/txtar"
)

// Policies that stay in force on the data plane of the target mean the same there: it
// knows the clients as the mesh that they are of does.
func TestKeptPoliciesKnowClients(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	met := map[string]int{}
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		c := newCase(t, a)
		if c.from.Name != "cilium" && c.from.Name != "linkerd" {
			continue
		}
		r := c.convert(t, "gatewayapi@"+c.from.Name)
		for _, x := range r.Findings {
			switch x.Code {
			case diag.Kept:
				met[c.from.Name]++
			case diag.CheckFailed:
				t.Errorf("%s: %s", strings.TrimSuffix(filepath.Base(f), ".txtar"), x.Summary)
			}
		}
	}
	for _, from := range []string{"cilium", "linkerd"} {
		if met[from] == 0 {
			t.Error("nothing is kept of", from)
		}
	}
}
