package translate_test

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
)

// changesNothing is an intention that only says what the default policy says, with
// a field that does not exist.
const changesNothing = `apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceIntentions
metadata: {name: cart, namespace: shop}
spec:
  destination: {name: cart}
  sources:
  - name: web
    action: allow
    descriptionn: the default allows already
`

// A field that does not exist is found where the object changes nothing too: the API
// server refuses the object with it, so that it is set aside, all of it, and one
// error says what is closed for it. Fails with: MarkRead before the finding of
// unusedIntentions; without Aside in the ledger; without withheldOnce.
func TestUnknownFieldOfWhatIsInert(t *testing.T) {
	objects, problems := source.Parse("in.yaml", []byte(changesNothing), source.Options{})
	result := translate.Run(translate.Input{Objects: objects, Problems: problems}, translate.Options{From: consul.Mesh, To: istio.Mesh})
	var unknown, withheld []diag.Diagnostic
	for _, d := range result.Findings {
		switch d.Code {
		case diag.UnknownField:
			unknown = append(unknown, d)
		case diag.Withheld:
			withheld = append(withheld, d)
		}
	}
	if len(unknown) != 1 || unknown[0].At[0].Pos.Line != 9 {
		t.Errorf("unknown fields: %+v", unknown)
	}
	if len(withheld) != 1 || !strings.Contains(withheld[0].Summary, "all requests to service shop/cart count as denied") {
		t.Errorf("withheld: %+v", withheld)
	}
	for e := range result.Ledger.All() {
		if e.Fate != ledger.Withheld {
			t.Errorf("%s is %s", e.Ref, e.Fate)
		}
	}
}

// A field of an operation that is misspelled is what is wrong with it, not that the
// operation says nothing. Fails with: no loop over the entries in notEmpty of
// pkg/mesh/istio/source_read.go.
func TestMisspelledOperation(t *testing.T) {
	objects, problems := source.Parse("in.yaml", []byte("apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: cart, namespace: shop}\nspec:\n  rules:\n  - to: [{operation: {path: [/x]}}]\n"), source.Options{})
	result := translate.Run(translate.Input{Objects: objects, Problems: problems}, translate.Options{From: istio.Mesh, To: consul.Mesh})
	var told []string
	for _, d := range result.Findings {
		if d.Code == diag.UnknownField || d.Code == diag.InvalidValue {
			told = append(told, d.Summary)
		}
	}
	if len(told) != 1 || told[0] != "AuthorizationPolicy shop/cart has no field spec.rules[0].to[0].operation.path" {
		t.Errorf("told: %q", told)
	}
	if d := result.Source.Default; len(d) == 0 || !d[0].Withheld {
		t.Errorf("nothing is withheld: %+v", d)
	}
}
