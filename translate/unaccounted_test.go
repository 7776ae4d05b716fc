package translate

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/ledger"
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

// A field that another version of the kind has is told of with that version, not as
// misspelt.
// Fails with: fix = misspelt for source.OtherVersion in wrongValues.
func TestFieldOfAnotherVersion(t *testing.T) {
	linkerd, _ := findMesh(t, "linkerd")
	objects, problems := source.Parse("in.yaml", []byte(`apiVersion: policy.linkerd.io/v1beta2
kind: Server
metadata: {name: cart, namespace: shop}
spec: {podSelector: {matchLabels: {app: cart}}, port: 8080, accessPolicy: deny}
`), source.Options{})
	r := Run(Input{Objects: objects, Problems: problems}, Options{From: linkerd, To: linkerd})
	told := slices.IndexFunc(r.Findings, func(d diag.Diagnostic) bool { return d.Code == diag.UnknownField })
	if told < 0 || !strings.Contains(r.Findings[told].Detail, "v1beta3") || !strings.Contains(r.Findings[told].Fix, "version") {
		t.Errorf("told %v", r.Findings)
	}
}

// A value that the source's finding is about is kept where it is, unless a patch of the
// output sets it, and dropped elsewhere, unless a fact stems from it.
// Fails with: said.Fate left as fateOfTold has it in accountOthers.
func TestToldValues(t *testing.T) {
	linkerd, _ := findMesh(t, "linkerd")
	istio, _ := findMesh(t, "istio")
	objects, problems := source.Parse("in.yaml", []byte(`apiVersion: apps/v1
kind: Deployment
metadata: {name: pay, namespace: shop}
spec:
  selector: {matchLabels: {app: pay}}
  template: {metadata: {labels: {app: pay}, annotations: {config.linkerd.io/default-inbound-policy: all-authenticated}}, spec: {containers: [{name: m, image: m}]}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: pay, namespace: shop}
spec: {template: {metadata: {labels: {app: pay}, annotations: {config.linkerd.io/default-inbound-policy: deny, config.linkerd.io/skip-inbound-ports: "25"}}, spec: {containers: [{name: m, image: m}]}}}
`), source.Options{})
	for _, c := range []struct {
		to                      mesh.Mesh
		replaced, says, skipped ledger.Fate
	}{
		{linkerd, ledger.Drifted, ledger.Kept, ledger.Kept},
		{istio, ledger.Drifted, ledger.Drifted, ledger.Dropped},
	} {
		got := map[string]ledger.Fate{}
		for e := range Run(Input{Objects: objects, Problems: problems}, Options{From: linkerd, To: c.to}).Ledger.All() {
			got[e.Ref.Object+" "+e.Ref.Path[strings.LastIndex(e.Ref.Path, "/")+1:]] = e.Fate
		}
		want := map[string]ledger.Fate{
			"Deployment shop/pay default-inbound-policy": c.replaced,
			"Job shop/pay default-inbound-policy":        c.says, "Job shop/pay skip-inbound-ports": c.skipped,
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", c.to.Name, got, want)
		}
	}
}
