package translate

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/source"
)

// plainService is a Service with its pods and account, in one namespace of them all.
const plainService = `---
apiVersion: v1
kind: Service
metadata: {name: s%[1]d, namespace: shop}
spec: {selector: {app: s%[1]d}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: s%[1]d, namespace: shop}
spec: {template: {metadata: {labels: {app: s%[1]d}}, spec: {serviceAccountName: s%[1]d, containers: [{name: c, ports: [{containerPort: 8080}]}]}}}
`

// oneNamespace is, for a mesh, what a service of many in one namespace has: a route
// with a timeout, and one caller that may read; the same of Services that the input
// does not show; or a route that Consul's servers refuse.
var oneNamespace = []struct {
	name     string
	from, to mesh.Mesh
	text     string
}{
	{"consul-istio", consul.Mesh, istio.Mesh, plainService + `---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceDefaults
metadata: {name: s%[1]d, namespace: shop}
spec: {protocol: http}
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceRouter
metadata: {name: s%[1]d, namespace: shop}
spec: {routes: [{match: {http: {pathPrefix: /slow/}}, destination: {requestTimeout: 10s}}]}
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceIntentions
metadata: {name: s%[1]d, namespace: shop}
spec: {destination: {name: s%[1]d}, sources: [{name: s%[2]d, permissions: [{action: allow, http: {methods: [GET], pathPrefix: /}}]}]}
`},
	{"unseen-istio", consul.Mesh, istio.Mesh, `---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceDefaults
metadata: {name: s%[1]d, namespace: shop}
spec: {protocol: http}
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceIntentions
metadata: {name: s%[1]d, namespace: shop}
spec: {destination: {name: s%[1]d}, sources: [{name: s%[2]d, permissions: [{action: allow, http: {methods: [GET], pathPrefix: /}}]}]}
`},
	{"refused-istio", consul.Mesh, istio.Mesh, plainService + `---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceDefaults
metadata: {name: s%[1]d, namespace: shop}
spec: {protocol: tcp}
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceRouter
metadata: {name: s%[1]d, namespace: shop}
spec: {routes: [{match: {http: {pathPrefix: /slow/}}, destination: {service: s%[2]d, requestTimeout: 10s}}]}
`},
	{"istio-consul", istio.Mesh, consul.Mesh, plainService + `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: s%[1]d, namespace: shop}
spec: {hosts: [s%[1]d], http: [{match: [{uri: {prefix: /slow/}}], route: [{destination: {host: s%[1]d}}], timeout: 10s}, {route: [{destination: {host: s%[1]d}}]}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: s%[1]d, namespace: shop}
spec: {host: s%[1]d, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: s%[1]d, namespace: shop}
spec: {selector: {matchLabels: {app: s%[1]d}}, rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/s%[2]d]}}], to: [{operation: {methods: [GET]}}]}]}
`},
}

// BenchmarkOneNamespace converts between Consul and Istio, with all services in one
// namespace, where each could call each: the time of one service should not grow
// with their number.
func BenchmarkOneNamespace(b *testing.B) {
	deny, err := inventory.Environment("environment.yaml", []byte("consul: {defaultIntentionPolicy: deny}"))
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range oneNamespace {
		for _, n := range []int{100, 400, 1600} {
			var data []byte
			for i := range n {
				data = fmt.Appendf(data, c.text, i, (i+1)%n)
			}
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
				defer perDocument(b, n)()
				for b.Loop() {
					objs, problems := source.Parse("bench.yaml", data, source.Options{})
					Run(Input{Objects: objs, Problems: problems}, Options{From: c.from, To: c.to, Env: &deny})
				}
			})
		}
	}
}
