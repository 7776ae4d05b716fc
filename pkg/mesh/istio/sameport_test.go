package istio_test

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/source"
)

// TestPortsOfDestinations holds that a destination without a port gets requests at the
// port that they are for, and that a Service answers at the ports only that it has.
// translate/conformance/istio asks Istio the same of random VirtualServices.
func TestPortsOfDestinations(t *testing.T) {
	port := func(name string, n int) intent.ServicePort { return intent.ServicePort{Name: name, Port: n} }
	inventory := &intent.Inventory{Services: []*intent.Service{
		{Name: intent.Name{Namespace: "shop", Name: "cart"}, Ports: []intent.ServicePort{port("http", 80), port("http-admin", 9000), port("tcp-db", 5432)}},
		{Name: intent.Name{Namespace: "shop", Name: "pay"}, Ports: []intent.ServicePort{port("http", 80)}},
	}}
	for _, x := range []struct{ host, to, want string }{
		{"cart", "{host: pay}", "service port 9000: forward 1 to shop/pay:9000 which does not exist | always: forward 1 to shop/pay"},
		{"cart", "{host: pay, port: {number: 80}}", "always: forward 1 to shop/pay:80"},
		{"cart", "{host: pay, port: {number: 81}}", "always: forward 1 to shop/pay:81 which does not exist"},
		{"pay", "{host: cart}", "always: forward 1 to shop/cart"},
		{"unknown", "{host: pay}", "always: forward 1 to shop/pay"},
	} {
		objs, problems := source.Parse("in.yaml", []byte(object("VirtualService", "a", "{hosts: ["+x.host+"], http: [{route: [{destination: "+x.to+"}]}]}")), source.Options{})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		m, diags := istio.Mesh.Read(mesh.Input{Objects: objs, Inventory: inventory, Env: defaults})
		m.Env = defaults
		if got := rulesOf(intent.Print(m)); got != x.want {
			t.Errorf("%s to %s:\n%s\nwant\n%s", x.host, x.to, got, x.want)
		}
		told := false
		for _, d := range diags {
			told = told || d.Code == diag.UnknownService
		}
		if told != strings.Contains(x.want, "does not exist") {
			t.Errorf("%s to %s: %v", x.host, x.to, diags)
		}
	}
}

// rulesOf are the rules of the first table, on one line.
func rulesOf(printed string) string {
	_, rules, _ := strings.Cut(printed, "\n")
	rules, _, _ = strings.Cut(rules, "\n  else ")
	rules = strings.ReplaceAll(rules, ":\n    ", ": ")
	return strings.Join(strings.Fields(strings.ReplaceAll(rules, "\n", " | ")), " ")
}
