package translate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
)

// What the mesh is assumed to let out matters to clients for which no Sidecar says it. Fails
// with: settledClients always false; all Sidecars in it, also those that say no policy;
// someBeyond that takes no account of complete workloads.
func TestLeavingSettledBySidecars(t *testing.T) {
	const (
		entry   = "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: api, namespace: shop}\nspec: {hosts: [api.example.com], resolution: DNS, ports: [{number: 443, name: tls, protocol: TLS}]EXPORT}\n---\n"
		sidecar = "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: own, namespace: shop}\nspec: "
		policy  = "outboundTrafficPolicy: {mode: REGISTRY_ONLY}"
		web     = "\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {template: {metadata: {labels: {app: web}}}}\n"
		other   = "\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: other}\nspec: {template: {metadata: {labels: {app: web}}}}\n"
	)
	for _, c := range []struct {
		name, export, text string
		complete, told     bool
	}{
		{"no Sidecar", "", "", false, true},
		{"for the namespace of the host", `, exportTo: ["."]`, sidecar + "{" + policy + "}", false, false},
		{"for some of its workloads", `, exportTo: ["."]`, sidecar + "{workloadSelector: {labels: {app: web}}, " + policy + "}", false, true},
		{"for other namespaces too", "", sidecar + "{" + policy + "}", false, true},
		{"for all workloads that there are", "", sidecar + "{" + policy + "}" + web, true, false},
		{"for not all workloads that there are", "", sidecar + "{" + policy + "}" + web + other, true, true},
		{"that says no policy", `, exportTo: ["."]`, sidecar + `{egress: [{hosts: ["./*"]}]}`, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := intent.Defaults()
			env.Complete.Workloads = c.complete
			side := translate.Side{Mesh: istio.Mesh, Env: &env}
			side.Objects, side.Problems = source.Parse("in.yaml", []byte(strings.Replace(entry, "EXPORT", c.export, 1)+c.text), source.Options{})
			found := translate.Inspect(side).Findings
			told := slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
				return d.Code == diag.Assumption && strings.Contains(d.Summary, "istio.outboundPolicy")
			})
			if told != c.told {
				t.Errorf("told is %t: %v", told, found)
			}
		})
	}
}
