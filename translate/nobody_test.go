package translate

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// Rules of several policies that add up may leave one with nobody to let in: what is
// granted to nobody is not written.
func TestGrantsToNobodyAreNone(t *testing.T) {
	const in = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: p0, namespace: shop}
spec: {endpointSelector: {matchLabels: {app: cart}}, ingress: [{fromEndpoints: [{matchLabels: {"k8s:io.kubernetes.pod.namespace": depot}}]}, {fromEndpoints: [{matchLabels: {"k8s:io.kubernetes.pod.namespace": shop}}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{path: '/.*', method: 'POST'}]}}]}]}
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: p2, namespace: shop}
spec: {endpointSelector: {matchLabels: {app: cart}}, ingress: [{fromEntities: [all], toPorts: [{ports: [{port: "8080", protocol: TCP}]}]}, {fromCIDR: ["203.0.113.0/24"]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec: {serviceAccountName: cart, containers: [{name: c, image: i, ports: [{containerPort: 8080}, {containerPort: 9090}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: job, namespace: depot}
spec:
  selector: {matchLabels: {app: job}}
  template:
    metadata: {labels: {app: job}}
    spec: {serviceAccountName: job, containers: [{name: c, image: i}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: pay, namespace: shop}
spec:
  selector: {matchLabels: {app: pay}}
  template:
    metadata: {labels: {app: pay}}
    spec: {serviceAccountName: pay, containers: [{name: c, image: i, ports: [{containerPort: 8080}, {containerPort: 9090}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {serviceAccountName: web, containers: [{name: c, image: i, ports: [{containerPort: 8080}, {containerPort: 9090}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: admin, namespace: shop}
spec:
  selector: {matchLabels: {app: admin}}
  template:
    metadata: {labels: {app: admin}}
    spec: {serviceAccountName: admin, containers: [{name: c, image: i, ports: [{containerPort: 8080}, {containerPort: 9090}]}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: depot}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: p1, namespace: shop}
spec: {endpointSelector: {matchLabels: {app: pay}}, ingress: [{fromEndpoints: [{matchLabels: {"k8s:io.kubernetes.pod.namespace": shop, "k8s:io.cilium.k8s.policy.serviceaccount": web}}], toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{path: '/.*'}]}}]}, {fromEndpoints: [{matchLabels: {"k8s:io.kubernetes.pod.namespace": shop, "k8s:io.cilium.k8s.policy.serviceaccount": admin}}]}]}
`
	env := intent.Defaults()
	env.Complete.Services, env.Complete.Workloads = true, true
	from, _ := findMesh(t, "cilium")
	for _, version := range []string{"", "2.20-serviceprofile"} {
		to, _ := findMesh(t, "linkerd")
		objs, problems := source.Parse("in.yaml", []byte(in), source.Options{})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		checkLaws(t, "linkerd", Run(Input{Objects: objs}, Options{From: from, To: to, ToVersion: version, Env: &env}))
	}
}
