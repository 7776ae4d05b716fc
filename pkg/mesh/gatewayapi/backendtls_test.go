package gatewayapi

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

const dialledPolicy = `
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: pay, namespace: shop}
spec:
  targetRefs: [{group: "", kind: Service, name: pay}]
  validation: {hostname: pay.example.com, wellKnownCACertificates: System}
`

// TestBackendTLSOf reads a policy as each implementation has it: Istio checks no name
// that is not listed, Cilium dials so at Gateways only, and Linkerd reads none.
func TestBackendTLSOf(t *testing.T) {
	for _, c := range []struct {
		version, dialled string
		code             diag.Code
	}{
		{versionSpec, "dialled simple to shop/pay as pay.example.com [pay.example.com]", ""},
		{versionIstio, "dialled simple to shop/pay as pay.example.com []", ""},
		{versionCilium, "opaque gatewayapi BackendTLSPolicy", diag.NotTranslated},
		{versionLinkerd, "served permissive", diag.Inert},
	} {
		m, diags := read(input(t, c.version, dialledPolicy))
		if got := intent.Print(m); !strings.Contains(got, c.dialled) {
			t.Errorf("%s: got\n%s\nwant %s", c.version, got, c.dialled)
		}
		if got := codes(diags); len(got) > 0 != (c.code != "") || c.code != "" && got[0] != c.code {
			t.Errorf("%s: %v", c.version, diags)
		}
	}
}
