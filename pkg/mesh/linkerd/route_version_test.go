package linkerd

import (
	"strings"
	"testing"
)

// TestRouteVersions holds that a version of Linkerd's HTTPRoutes has the fields that its
// schema has: the API server keeps no others.
func TestRouteVersions(t *testing.T) {
	const route = `apiVersion: policy.linkerd.io/VERSION
kind: HTTPRoute
metadata: {name: r, namespace: shop}
spec:
  parentRefs: [{group: core, kind: Service, name: cart}]
  rules: [{backendRefs: [{name: cart, port: 80FIELD}]RULE}]
`
	for _, tt := range []struct {
		version, backend, rule string
		problems               int
	}{
		{"v1beta3", ", weight: 3", ", timeouts: {request: 1s}", 0},
		{"v1beta2", ", weight: 3", "", 0},
		{"v1beta2", ", weight: 3", ", timeouts: {request: 1s}", 1},
		{"v1beta1", ", weight: 3", "", 1},
		{"v1alpha1", ", weight: 3, kind: Service, group: core", ", timeouts: {request: 1s}", 4},
		{"v1alpha1", "", "", 0},
	} {
		in := input(t, strings.NewReplacer("VERSION", tt.version, "FIELD", tt.backend, "RULE", tt.rule).Replace(route))
		m, _ := read(in)
		if got := len(in.Objects[0].Root.Problems()); got != tt.problems {
			t.Errorf("%s with %q and %q: %d problems", tt.version, tt.backend, tt.rule, got)
		}
		if none := len(m.Routing) == 0; none != (tt.problems > 0) {
			t.Errorf("%s with %q and %q: %d tables", tt.version, tt.backend, tt.rule, len(m.Routing))
		}
	}
}

// TestServerVersions holds that a version of Servers has the fields that its schema has.
func TestServerVersions(t *testing.T) {
	const server = `apiVersion: policy.linkerd.io/VERSION
kind: Server
metadata: {name: s, namespace: shop}
spec: {SELECTOR: {matchLabels: {app: cart}}, port: 8080FIELD}
`
	for _, tt := range []struct {
		version, selector, field string
		problems                 int
	}{
		{"v1beta3", "externalWorkloadSelector", ", accessPolicy: deny", 0},
		{"v1beta2", "externalWorkloadSelector", "", 0},
		{"v1beta2", "podSelector", ", accessPolicy: deny", 1},
		{"v1beta1", "podSelector", ", accessPolicy: deny", 1},
		{"v1beta1", "externalWorkloadSelector", "", 1},
		{"v1alpha1", "podSelector", "", 0},
	} {
		in := input(t, strings.NewReplacer("VERSION", tt.version, "SELECTOR", tt.selector, "FIELD", tt.field).Replace(server))
		_, _ = read(in)
		if got := len(in.Objects[0].Root.Problems()); got != tt.problems {
			t.Errorf("%s with %s and %q: %d problems", tt.version, tt.selector, tt.field, got)
		}
	}
}

// TestMachineVersions holds that a version of ExternalWorkloads has its own spelling of
// the certificate, and that the other is told of where it is.
func TestMachineVersions(t *testing.T) {
	const machine = `apiVersion: workload.linkerd.io/VERSION
kind: ExternalWorkload
metadata: {name: vm, namespace: shop}
spec: {FIELD: {identity: "spiffe://root.linkerd.cluster.local/vm", serverName: vm.shop}, workloadIPs: [{ip: 10.3.0.1}]}
`
	for _, tt := range []struct{ version, field, problem string }{
		{"v1alpha1", "meshTls", ""},
		{"v1beta1", "meshTLS", ""},
		{"v1alpha1", "meshTLS", "meshTls"},
		{"v1beta1", "meshTls", "meshTLS"},
	} {
		in := input(t, strings.NewReplacer("VERSION", tt.version, "FIELD", tt.field).Replace(machine))
		_, _ = read(in)
		problems := in.Objects[0].Root.Problems()
		if tt.problem == "" && len(problems) == 0 {
			continue
		}
		if len(problems) != 1 || problems[0].Ref.Path != "spec."+tt.field || !strings.HasSuffix(problems[0].Message, " "+tt.problem) {
			t.Errorf("%s with %s: %v", tt.version, tt.field, problems)
		}
	}
}
