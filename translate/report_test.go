package translate

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/source"
)

// Prerequisites of a report are what there is to do, with how: that the policy of a
// subset moves along needs nobody.
func TestPrerequisitesAreToBeDone(t *testing.T) {
	const input = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: web
  subsets:
  - {name: v1, labels: {version: v1}, trafficPolicy: {outlierDetection: {consecutive5xxErrors: 3}}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec: {hosts: [web], http: [{route: [{destination: {host: web, subset: v1}}]}]}
`
	objs, problems := source.Parse("in.yaml", []byte(input), source.Options{})
	o := Options{From: istio.Mesh, To: linkerd.Mesh}
	r := Run(Input{Objects: objs, Problems: problems}, o).Report(o, false)
	if len(r.Prerequisites) != 1 || r.Prerequisites[0].Why != "each selects the pods of its subset; apply the Services before the routes" {
		t.Errorf("prerequisites are %+v", r.Prerequisites)
	}
}
