package gatewayapi

import (
	"strings"
	"testing"
)

// TestControllers holds that a Gateway is that of an implementation unless its class is
// known to be another's, whose Gateway is kept as it is.
func TestControllers(t *testing.T) {
	const class = `---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: istio}
spec: {controllerName: %}
`
	for by, run := range map[string]bool{"istio.io/gateway-controller": true, "istio.io/unmanaged-gateway": true, "example.com/gateways": false} {
		m, _ := read(input(t, versionIstio, gatewayText+strings.Replace(class, "%", by, 1)))
		if got := len(m.Entries) == 1; got != run {
			t.Errorf("run by %s: %v", by, got)
		}
		if kept := len(m.Opaque) == 2; kept == run { // the class is kept in any case
			t.Errorf("kept, of %s: %v", by, m.Opaque)
		}
		if m, _ = read(input(t, versionSpec, gatewayText+strings.Replace(class, "%", by, 1))); len(m.Entries) != 1 {
			t.Errorf("the specification leaves out a Gateway of %s", by)
		}
	}
}
