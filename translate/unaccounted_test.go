package translate

import (
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
)

// What a reader reads and makes nothing of is told, and the verdict is no longer same.
// Fails with: the call of unaccounted left out in translate/account.go.
func TestUnaccounted(t *testing.T) {
	forgetful, _ := findMesh(t, "istio")
	read := forgetful.Read
	forgetful.Read = func(in mesh.Input) (*intent.Model, diag.List) {
		m, diags := read(in)
		m.Access = nil
		return m, diags
	}
	objects, problems := source.Parse("in.yaml", []byte(`apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, action: DENY, rules: [{from: [{source: {namespaces: [depot]}}]}]}
`), source.Options{})
	r := Run(Input{Objects: objects, Problems: problems}, Options{From: forgetful, To: forgetful})
	told := slices.IndexFunc(r.Findings, func(d diag.Diagnostic) bool { return d.Code == diag.Unaccounted })
	if told < 0 || r.Verdict != decide.Unsure {
		t.Fatalf("verdict %s with %v", r.Verdict, r.Findings)
	}
	if at := r.Findings[told].At; len(at) == 0 || at[0].Pos.Line != 4 {
		t.Errorf("the values are at %v", at)
	}
}
