package gatewayapi

import (
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// What a ServiceImport is as a backend, by implementation: that of another namespace, or
// without a port, is nothing that is known.
func TestImports(t *testing.T) {
	const gone = " which does not exist"
	named := "forward 1 to far.shop.svc.clusterset.local:80"
	for version, want := range map[string]string{"1.6": named, "istio": "forward 1 to shop/far:80", "cilium": named + gone, "linkerd": named + gone} {
		for _, unknown := range []string{"", "name: far", "name: far, namespace: away, port: 80"} {
			ref := "name: far, port: 80"
			if unknown != "" {
				ref = unknown
			}
			rule := "  - backendRefs: [{group: multicluster.x-k8s.io, kind: ServiceImport, " + ref + "}]"
			m, diags := read(input(t, version, onService("HTTPRoute", rule)))
			missing := m.Routing[0].Rules[0].Then.(intent.Forward).To[0].Missing
			if got := rulesText(m.Routing[0]); unknown == "" && got != "always:\n  "+want {
				t.Errorf("%s: %s", version, got)
			}
			if missing != slices.Contains(codes(diags), diag.NotTranslated) || unknown != "" && !missing {
				t.Errorf("%s %s: missing %v, told %v", version, ref, missing, codes(diags))
			}
		}
	}
}
