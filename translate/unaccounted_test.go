package translate

import (
	"slices"
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

// Of a value that a fact stems from, or that a patch of the output sets, a finding that
// it is not translated says how far: it stays in force nowhere.
// Fails with: said.Fate left as fateOfTold has it in accountOthers.
func TestToldOfAFactIsNotKept(t *testing.T) {
	linkerd, _ := findMesh(t, "linkerd")
	objects, problems := source.Parse("in.yaml", []byte(`apiVersion: v1
kind: Namespace
metadata: {name: shop, annotations: {config.linkerd.io/default-inbound-policy: audit}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, namespace: shop}
spec: {template: {metadata: {annotations: {config.linkerd.io/default-inbound-policy: deny, config.linkerd.io/skip-inbound-ports: "25"}}, spec: {containers: [{name: m, image: m}]}}}
`), source.Options{})
	r := Run(Input{Objects: objects, Problems: problems}, Options{From: linkerd, To: linkerd})
	want := map[string]ledger.Fate{
		"metadata.annotations.config.linkerd.io/default-inbound-policy":               ledger.Drifted, // audit
		"spec.template.metadata.annotations.config.linkerd.io/default-inbound-policy": ledger.Drifted,
		"spec.template.metadata.annotations.config.linkerd.io/skip-inbound-ports":     ledger.Kept,
	}
	for e := range r.Ledger.All() {
		if fate, ok := want[e.Ref.Path]; ok && e.Fate != fate {
			t.Errorf("%s is %s, want %s", e.Ref, e.Fate, fate)
		}
		delete(want, e.Ref.Path)
	}
	if len(want) > 0 {
		t.Errorf("the ledger says nothing of %v", want)
	}
}
