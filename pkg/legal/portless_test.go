package legal_test

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// Routes for all ports of a Service each of whose ports has routes of its own are told as
// shadowed, not dropped without a word. Fails with: eclipsedByPorts not called.
func TestEachPortTaken(t *testing.T) {
	cart := intent.Host{Service: intent.Name{Namespace: "shop", Name: "cart"}}
	table := func(port int, path string) *intent.Routing {
		ref := place.Ref{Object: "route " + path, Path: "spec"}
		return &intent.Routing{
			Host: cart, Port: port, Protocol: intent.HTTP, From: intent.From(ref), Else: intent.Respond{Status: 404},
			Rules: []intent.Rule{{
				When: match.Atom{Field: match.Path, Op: match.Exact, Value: path, Ref: &ref}, From: intent.From(ref),
				Then: intent.Forward{To: []intent.Backend{{Host: cart, Port: 80, Weight: 1}}},
			}},
		}
	}
	m := &intent.Model{Routing: []*intent.Routing{table(0, "/all"), table(80, "/one")}, Env: intent.Defaults()}
	m.Inventory.Services = []*intent.Service{{Name: cart.Service, Ports: []intent.ServicePort{{Port: 80}}}}
	target := denying()
	target.Route.PortsMerge = true
	fit, changes := legal.Legalize(m, target, legal.Options{})
	told := false
	for _, c := range changes {
		told = told || c.Code == diag.Shadowed && c.Fate == legal.FateInert && len(c.From) > 0 && c.From[0].Object == "route /all"
	}
	if len(fit.Routing) != 1 || fit.Routing[0].Port != 80 || !told {
		t.Errorf("%d tables are left, and told is %v: %+v", len(fit.Routing), told, changes)
	}
}
