package inventory

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
)

const cluster = `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  annotations: {a: "1"}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, labels: {team: a}}
spec:
  selector: {tier: front, app: web}
  ports:
  - {name: http, port: 80, targetPort: web}
  - {name: alt, port: 81, targetPort: 8081, appProtocol: http}
  - {name: same, port: 82, protocol: UDP}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {type: ExternalName, externalName: api.example.com}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      serviceAccountName: web
      initContainers:
      - {name: agent, restartPolicy: Always, ports: [{name: agent, containerPort: 15020}]}
      - {name: setup, ports: [{name: none, containerPort: 1}]}
      containers:
      - name: main
        ports: [{name: web, containerPort: 8080}]
        readinessProbe: {httpGet: {path: /ready, port: web}}
        livenessProbe: {httpGet: {port: 9000}}
        startupProbe: {tcpSocket: {port: 1}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: shop}
spec: {jobTemplate: {spec: {template: {metadata: {labels: {app: nightly}}, spec: {containers: []}}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: none, namespace: shop}
`

func read(t *testing.T, text string) *intent.Inventory {
	t.Helper()
	objs, problems := source.Parse("cluster.yaml", []byte(text), source.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return Read(objs)
}

func TestRead(t *testing.T) {
	inv := read(t, cluster)
	web := inv.Service(intent.Name{Namespace: "shop", Name: "web"})
	if web == nil || len(inv.Services) != 3 || len(inv.Workloads) != 2 || len(inv.Accounts) != 1 || len(inv.Namespaces) != 1 {
		t.Fatalf("%+v", inv)
	}
	want := []intent.ServicePort{
		{Name: "http", Port: 80, TargetName: "web", Transport: "TCP"},
		{Name: "alt", Port: 81, Target: 8081, AppProtocol: "http", Transport: "TCP"},
		{Name: "same", Port: 82, Target: 82, Transport: "UDP"},
	}
	if !reflect.DeepEqual(web.Ports, want) || web.Selector[0].Key != "app" {
		t.Errorf("%+v", web)
	}
	if s := inv.Service(intent.Name{Namespace: "shop", Name: "db"}); !s.Headless || s.Selects(nil) {
		t.Errorf("%+v", s)
	}
	if s := inv.Service(intent.Name{Namespace: "shop", Name: "api"}); s.ExternalName != "api.example.com" || s.Selects([]intent.Pair{{Key: "app", Value: "web"}}) {
		t.Errorf("%+v", s)
	}
	w := inv.Workloads[1]
	ports := []intent.WorkloadPort{{Name: "web", Port: 8080}, {Name: "agent", Port: 15020}}
	probes := []intent.Probe{{Path: "/", Port: 9000}, {Path: "/ready", PortName: "web"}}
	if w.Account != "web" || !reflect.DeepEqual(w.Ports, ports) || !reflect.DeepEqual(w.Probes, probes) {
		t.Errorf("%+v", w)
	}
	if inv.Workloads[0].Kind != "CronJob" || inv.Workloads[0].Account != "default" {
		t.Errorf("%+v", inv.Workloads[0])
	}
}

// A port of a Service leads to a port of the workloads that it selects.
func TestTargetPort(t *testing.T) {
	inv := read(t, cluster)
	web := inv.Service(intent.Name{Namespace: "shop", Name: "web"})
	for port, want := range map[int]int{80: 8080, 81: 8081, 82: 82, 83: 0} {
		if got, ok := TargetPort(inv, web, port); got != want || ok != (want != 0) {
			t.Errorf("port %d leads to %d, %v", port, got, ok)
		}
	}
	inv.Workloads = nil
	if got, ok := TargetPort(inv, web, 80); ok {
		t.Errorf("a name without a workload leads to %d", got)
	}
}

// What is written reads back as the same Service.
func TestWriteService(t *testing.T) {
	s := read(t, cluster).Service(intent.Name{Namespace: "shop", Name: "web"})
	var text bytes.Buffer
	if err := manifest.WriteYAML(&text, []*manifest.Object{WriteService(s)}); err != nil {
		t.Fatal(err)
	}
	back := read(t, text.String()).Services[0]
	if !reflect.DeepEqual(back.Ports, s.Ports) || !s.Selects(back.Selector) || len(back.Labels) != 1 {
		t.Errorf("%+v\n%s", back, text.String())
	}
}
