package gatewayapi

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// TestBudgetsOf reads a retry budget as each implementation has it: Istio allows as
// many retries at once as the policy names, by the second or not; others read none.
func TestBudgetsOf(t *testing.T) {
	const policy = `
apiVersion: gateway.networking.x-k8s.io/v1alpha1
kind: XBackendTrafficPolicy
metadata: {name: cart, namespace: shop}
spec:
  targetRefs: [{group: "", kind: Service, name: cart}]
  retryConstraint: {budget: {percent: 30}, minRetryRate: {count: 4, interval: 500ms}}
`
	for version, want := range map[string]string{
		versionSpec: "budget 30% min 8/s min 0 active in 10s", versionIstio: "budget 30% min 0/s min 4 active in 10s", versionCilium: "", versionLinkerd: "",
	} {
		m, diags := read(input(t, version, policy))
		if got := intent.Print(m); want != "" && !strings.Contains(got, want) || want == "" && len(m.Upstream) > 0 {
			t.Errorf("%s: got\n%s\nwant %q", version, got, want)
		}
		if want == "" && (len(diags) == 0 || diags[0].Code != diag.Inert) {
			t.Errorf("%s: no finding says that it has no effect: %v", version, diags)
		}
	}
}
