package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
)

// tokens asks for a token that Linkerd cannot ask for.
const tokens = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: users, namespace: shop}
spec:
  selector: {matchLabels: {app: %s}}
  jwtRules: [{issuer: example.com, jwksUri: https://example.com/keys}]
`

// To accept what is withheld is to live with the denial: nothing else changes.
// The hash of the finding binds it to the workloads that it is about.
func TestAcceptWithheld(t *testing.T) {
	in := map[string]string{"in.yaml": fmt.Sprintf(tokens, "cart")}
	denied, _, got := run(t, in, "--report", "r.json")
	f := reported(t, "withheld")
	if got != 1 || f.Hash == "" || !strings.Contains(denied, "deny") {
		t.Fatalf("not accepted: status %d, hash %q\n%s", got, f.Hash, denied)
	}
	for _, c := range []struct {
		accept, app string
		status      int
	}{
		{"- {code: withheld, reason: x}", "cart", 0},
		{"- {code: withheld, object: RequestAuthentication shop/users, reason: x}", "cart", 0},
		{"- {code: withheld, object: RequestAuthentication shop/other, reason: x}", "cart", 1},
		{"- {code: narrowed, reason: x}", "cart", 1},
		{"- {code: withheld, hash: " + f.Hash + ", reason: x}", "cart", 0},
		{"- {code: withheld, hash: " + f.Hash + ", reason: x}", "orders", 1},
	} {
		out, errs, got := run(t, map[string]string{"in.yaml": fmt.Sprintf(tokens, c.app)}, "--accept", file(t, c.accept))
		if got != c.status {
			t.Errorf("%s, for %s: status %d, want %d\n%s", c.accept, c.app, got, c.status, errs)
		}
		if c.app == "cart" && out != denied {
			t.Errorf("%s: the output changes:\n%s", c.accept, out)
		}
	}
}

// To accept that it is wider is to go without it: the denial goes too.
func TestAcceptWidened(t *testing.T) {
	in := map[string]string{"in.yaml": fmt.Sprintf(tokens, "cart")}
	out, errs, got := run(t, in, "--accept", file(t, "- {code: widened, object: RequestAuthentication shop/users, reason: the ingress checks}"))
	if got != 0 || strings.Contains(out, "deny") || !strings.Contains(errs, "error[widened]") || !strings.Contains(errs, "verdict wider") {
		t.Errorf("status %d\n%s%s", got, out, errs)
	}
}

// reported finds the finding of a code in r.json.
func reported(t *testing.T, code string) diag.Finding {
	t.Helper()
	data, err := os.ReadFile("r.json")
	if err != nil {
		t.Fatal(err)
	}
	var r diag.Report
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		if f.Code == code {
			return f
		}
	}
	t.Fatalf("no finding %s in %s", code, data)
	return diag.Finding{}
}

// file writes a file of accepted findings.
func file(t *testing.T, text string) string {
	t.Helper()
	name := t.TempDir() + "/accept.yaml"
	if err := os.WriteFile(name, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
