package conformance

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"istio.io/api/mesh/v1alpha1"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate"
	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
	told "github.com/transmesh/transmesh/translate/conformance/rbac/routes"
)

var (
	connectionSets = flag.Uint64("connections", 400, "how many random sets of routes TestConnections asks")
	connectionSeed = flag.Uint64("connectionseed", 50, "what its random sets follow from")
)

// TestConnections holds the tls and tcp routes of random VirtualServices in the mesh to what
// Istio tells the proxies of clients in different namespaces.
func TestConnections(t *testing.T) {
	rates := map[string]int{}
	for i := range *connectionSets {
		g := newGenerator(*connectionSeed, i)
		env := intent.Defaults()
		env.Complete.Services = true
		manifests := accepted(g.connecting())
		if g.chance(20) {
			env.Istio.OutboundPolicy = "REGISTRY_ONLY"
		}
		r := rewritten([]byte(manifests), &env)
		if r.Unreadable {
			t.Fatalf("set %d: Istio takes what is rejected: %v\n%s", i, r.Findings, manifests)
		}
		w := engine.NewWorld(t, []byte(manifests), func(c *v1alpha1.MeshConfig) {
			if env.Istio.OutboundPolicy != "ALLOW_ANY" {
				c.OutboundTrafficPolicy = &v1alpha1.MeshConfig_OutboundTrafficPolicy{Mode: v1alpha1.MeshConfig_OutboundTrafficPolicy_REGISTRY_ONLY}
			}
		})
		for _, c := range connections(w, g) {
			got := c.from.Connect(c.dns(), engine.Arrival{Port: uint32(c.port), SNI: c.sni, TCP: true})
			rates[c.kind()+" "+outcomeOf(got)]++
			withheld := withheldFor(r, c)
			if got.Rejected && !withheld {
				t.Errorf("set %d: %s: proxies reject what listens there, and transmesh does not say so\n%s", i, c, manifests)
				break
			}
			if withheld || unknownTo(r.Source, sent{from: c.from, host: c.host, port: c.port}) {
				rates[c.kind()+" unsaid"]++
				continue
			}
			if why := carried(r.Source, c, got); why != "" {
				t.Errorf("set %d (verdict %s): %s: %s\n%s", i, r.Verdict, c, why, manifests)
				break
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(rates)) {
		t.Logf("%s: %d", k, rates[k])
	}
}

func connections(w *engine.World, g *generator) []connected {
	var out []connected
	for _, c := range callers {
		c.Client = w.Client(c.namespace, map[string]string{"app": c.app})
		for range routedPerSet / len(callers) {
			out = append(out, g.connection(&c))
		}
	}
	return out
}

func (c connected) dns() string { return sent{host: c.host}.dns() }

func (c connected) kind() string {
	if c.sni != "" {
		return "tls"
	}
	return "tcp"
}

func outcomeOf(got engine.Connection) string {
	switch {
	case got.Rejected:
		return "rejected"
	case got.Refused:
		return "refused"
	case got.HTTP:
		return "http"
	case got.Shares[0].Cluster == "PassthroughCluster":
		return "passed through"
	}
	return "forwarded"
}

// request is the connection in the words of the model.
func (c connected) request() decide.Request {
	r := decide.Request{Host: intent.Host{Service: c.host}, Port: c.port}
	r.At.Set(match.Protocol, "", "tcp").Set(match.ClientNamespace, "", c.from.namespace).Set(match.ClientLabel, "app", c.from.app)
	if c.sni != "" {
		r.At.Set(match.SNI, "", c.sni)
	}
	if at := c.from.Address(c.dns()); at != "" {
		r.At.Set(match.DestIP, "", at)
	}
	return r
}

// carried compares what the proxy does with a connection with what a model says of it, and
// says how they differ, or "".
func carried(m *intent.Model, c connected, got engine.Connection) string {
	rule := intent.Rule{When: match.True, Then: intent.Forward{}}
	if !got.Refused {
		c.from.asked = c.host
		rule.Then = intent.Forward{To: backendsOf(c.from, told.Answer{Shares: got.Shares})}
	}
	said := decide.Run(m, c.request())
	table := &intent.Routing{Host: intent.Host{Service: c.host}, Protocol: intent.TCP, Rules: []intent.Rule{rule}}
	want := decide.Run(&intent.Model{Routing: []*intent.Routing{table}, Inventory: m.Inventory, Env: m.Env, Baseline: m.Baseline}, c.request())
	if said.Action != want.Action {
		return fmt.Sprintf("Istio says %s (%s), transmesh %s", want.Action, outcomeOf(got), said.Action)
	}
	return ""
}

// withheldFor reports whether the routes of the host are not translated, since it is not known
// which of them proxies have.
func withheldFor(r *translate.Result, c connected) bool {
	return slices.ContainsFunc(r.Findings, func(d diag.Diagnostic) bool {
		return d.Code == diag.OrderUnknown && (strings.Contains(d.Summary, " "+c.host.String()+" ") || strings.Contains(d.Summary, " *."))
	})
}
