package smi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
)

// lift reads documents, without the facts that hold by default, and lists the
// findings and wrong values.
func lift(t *testing.T, text string, inventory intent.Inventory) (model, found string) {
	t.Helper()
	objs, problems := source.Parse("in.yaml", []byte(text), source.Options{Namespace: "shop"})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	m, diags := Mesh.Read(mesh.Input{Objects: objs, Inventory: &inventory, Env: intent.Defaults()})
	m.Transport, m.Default = nil, nil
	var lines []string
	for _, o := range objs {
		for _, p := range o.Root.Problems() {
			lines = append(lines, fmt.Sprintf("%d wrong: %s", p.Ref.Pos.Line, p.Message))
		}
	}
	for _, d := range diags {
		lines = append(lines, fmt.Sprintf("%d %s", d.At[0].Pos.Line, d.Code))
	}
	return strings.TrimSpace(intent.Print(m)), strings.Join(lines, "\n")
}

const group = `apiVersion: specs.smi-spec.io/v1alpha3
kind: HTTPRouteGroup
metadata: {name: g}
spec: {matches: [{name: a, pathRegex: /a}]}
`

var reads = []struct{ name, in, model, found string }{
	{"weights are relative", `apiVersion: split.smi-spec.io/v1alpha1
kind: TrafficSplit
metadata: {name: s}
spec: {service: a.other, backends: [{service: b, weight: 500m}, {service: c.other.svc.cluster.local, weight: 1}, {service: d}]}`, `
http to other/a
  always:
    forward 500 to shop/b
    forward 1000 to other/c
    forward 0 to shop/d
  else pass through`, ""},
	{"a split of nothing has no effect", `apiVersion: split.smi-spec.io/v1alpha2
kind: TrafficSplit
metadata: {name: s}
spec: {service: a, backends: [{service: b, weight: 0}]}`, "", "1 " + string(diag.Inert)},
	{"a target for another namespace", `apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata: {name: t}
spec:
  destination: {kind: ServiceAccount, name: db, namespace: data}
  rules: [{kind: HTTPRouteGroup, name: g}]
  sources: [{kind: ServiceAccount, name: web}]
---
` + group, "allow at namespace data and account db when trust domain cluster.local and client namespace shop and client account web and protocol http and path /a",
		"5 " + string(diag.Assumption)},
	{"wrong weights, no service", `apiVersion: split.smi-spec.io/v1alpha2
kind: TrafficSplit
metadata: {name: s}
spec: {backends: [{service: b, weight: -1}]}`, "", "4 wrong: has no service\n4 wrong: is not a weight\n1 " + string(diag.Inert)},
	{"two splits of the same requests", `apiVersion: split.smi-spec.io/v1alpha2
kind: TrafficSplit
metadata: {name: s}
spec: {service: a, backends: [{service: b, weight: 1}]}
---
apiVersion: split.smi-spec.io/v1alpha2
kind: TrafficSplit
metadata: {name: t}
spec: {service: a, backends: [{service: c, weight: 1}]}`, "", "1 " + string(diag.OrderUnknown)},
	{"who is no account", group + `---
apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata: {name: t}
spec: {destination: {kind: Group, name: d}, rules: [{kind: HTTPRouteGroup, name: g}], sources: [{kind: ServiceAccount}]}`,
		"allow at namespace shop and account d when trust domain cluster.local and client namespace shop and client account \"\" and protocol http and path /a",
		"9 wrong: is no ServiceAccount\n9 wrong: has no name"},
	{"what a rule names and the input lacks", group + `---
apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata: {name: t}
spec:
  destination: {kind: ServiceAccount, name: d}
  rules: [{kind: HTTPRouteGroup, name: g, matches: [b]}, {kind: TCPRoute, name: gone}]
  sources: [{kind: ServiceAccount, name: c}]`, `
opaque smi TrafficTarget TrafficTarget shop/t
opaque smi TrafficTarget TrafficTarget shop/t
opaque smi TrafficTarget TrafficTarget shop/t`,
		"11 unknown-reference\n11 unknown-reference\n1 inert"},
	{"UDP is kept", `apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata: {name: t}
spec:
  destination: {kind: ServiceAccount, name: d}
  rules: [{kind: UDPRoute, name: u}]
  sources: [{kind: ServiceAccount, name: c}]`, "opaque smi TrafficTarget TrafficTarget shop/t\nopaque smi TrafficTarget TrafficTarget shop/t", "6 not-translated"},
	{"an expression that does not compile", `apiVersion: specs.smi-spec.io/v1alpha3
kind: HTTPRouteGroup
metadata: {name: g}
spec: {matches: [{name: a, pathRegex: "("}]}`, "", "4 wrong: is no RE2 expression: missing closing ): `(`\n1 inert"},
}

func TestRead(t *testing.T) {
	for _, c := range reads {
		t.Run(c.name, func(t *testing.T) {
			model, found := lift(t, c.in, intent.Inventory{})
			if model != strings.TrimSpace(c.model) || found != c.found {
				t.Errorf("lifted as\n%s\nwant\n%s\nfound\n%s\nwant\n%s", model, c.model, found, c.found)
			}
		})
	}
}

// A service account stands for the workloads that run as it, by their labels,
// unless one that runs as another has these labels too.
func TestSubject(t *testing.T) {
	label := func(pairs ...string) (out []intent.Pair) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, intent.Pair{Key: pairs[i], Value: pairs[i+1]})
		}
		return out
	}
	run := func(account string, labels []intent.Pair) *intent.Workload {
		return &intent.Workload{Name: intent.Name{Namespace: "shop", Name: account}, Account: account, Labels: labels}
	}
	const in = group + `---
apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata: {name: t}
spec: {destination: {kind: ServiceAccount, name: d}, rules: [{kind: HTTPRouteGroup, name: g}], sources: [{kind: ServiceAccount, name: c}]}`
	for _, c := range []struct {
		workloads []*intent.Workload
		want      string
	}{
		{nil, "allow at namespace shop and account d when"},
		{[]*intent.Workload{run("d", label("app", "d"))}, "allow at namespace shop and label app d when"},
		{[]*intent.Workload{run("d", label("app", "d")), run("e", label("app", "d", "v", "2"))}, "allow at namespace shop and account d when"},
		{[]*intent.Workload{run("d", label("app", "d", "v", "1")), run("e", label("app", "d"))}, "allow at namespace shop and label app d and label v 1 when"},
	} {
		if model, _ := lift(t, in, intent.Inventory{Workloads: c.workloads}); !strings.HasPrefix(model, c.want) {
			t.Errorf("with %d workloads lifted as %s, want %s", len(c.workloads), model, c.want)
		}
	}
}
