package conformance

import (
	"flag"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
)

var attachedSets = flag.Uint64("attached", 60, "how many random sets of routes TestAttached asks")

// TestAttached holds TLSRoutes and TCPRoutes on Services, as gatewayapi@istio reads them, to what
// Istio makes of them and tells the proxies of clients in different namespaces.
func TestAttached(t *testing.T) {
	rates := map[string]int{}
	for i := range *attachedSets {
		g := newGenerator(*connectionSeed+1, i)
		env := intent.Defaults()
		env.Complete.Services = true
		manifests := g.attached()
		objs, problems := source.Parse("in.yaml", []byte(manifests), source.Options{})
		r := translate.Run(translate.Input{Objects: objs, Problems: problems}, translate.Options{From: gatewayapi.Mesh, FromVersion: "istio", To: gatewayapi.Mesh, ToVersion: "istio", Env: &env})
		if r.Unreadable {
			t.Fatalf("set %d: what Istio takes is rejected: %v\n%s", i, r.Findings, manifests)
		}
		w := engine.NewWorld(t, []byte(manifests), nil)
		for _, c := range connections(w, g) {
			got := c.from.Connect(c.dns(), engine.Arrival{Port: uint32(c.port), SNI: c.sni, TCP: true})
			rates[c.kind()+" "+outcomeOf(got)]++
			if got.Rejected || withheldFor(r, c) {
				rates[c.kind()+" unsaid"]++
				continue
			}
			if why := carried(r.Source, c, got); why != "" {
				t.Errorf("set %d (verdict %s): %s: %s\n%s", i, r.Verdict, c, why, manifests)
				break
			}
		}
	}
	t.Log(rates)
	if rates["tls forwarded"] == 0 || rates["tls passed through"] == 0 {
		t.Error("too little was asked")
	}
}
