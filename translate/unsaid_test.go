package translate

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/source"
)

// TestNothingUnsayableIsWritten translates to a target that answers otherwise once
// the passes are through: nothing is written, and every value is withheld.
func TestNothingUnsayableIsWritten(t *testing.T) {
	to, asked := istio.Mesh, 0
	to.Target = func(version string) (legal.Target, bool) {
		target, ok := istio.Mesh.Target(version)
		can := target.Access.Scope
		target.Access.Scope = func(subject match.Expr) string {
			if asked++; asked > 1 {
				return "it has changed its mind"
			}
			return can(subject)
		}
		return target, ok
	}
	objs, _ := source.Parse("in.yaml", []byte(`apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: nobody, namespace: shop}
spec: {}
`), source.Options{})
	r := Run(Input{Objects: objs}, Options{From: istio.Mesh, To: to, Env: &intent.Environment{}})
	if len(r.Manifests) > 0 || !hasCode(r, diag.CheckFailed) {
		t.Error("written:", r.Manifests, r.Findings)
	}
	for e := range r.Ledger.All() {
		if e.Fate != ledger.Withheld && e.Fate != ledger.Ignored {
			t.Error(e.Ref, "is", e.Fate)
		}
	}
}

func hasCode(r *Result, code diag.Code) bool {
	for _, f := range r.Findings {
		if f.Code == code {
			return true
		}
	}
	return false
}
