package conformance

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/match"
)

const mtlsSets = 150

var modes = []string{"STRICT", "PERMISSIVE", "DISABLE", "UNSET"}

// peerAuthentications makes PeerAuthentications of different ages: of the mesh,
// of namespaces, of workloads with ports, and such as have no effect.
func (g *generator) peerAuthentications() string {
	out := ""
	for i := range 1 + g.IntN(5) {
		spec := map[string]any{}
		if g.chance(80) {
			spec["mtls"] = map[string]string{"mode": pick(g, modes)}
		}
		if g.chance(50) {
			spec["selector"] = map[string]any{"matchLabels": map[string]string{"app": pick(g, []string{"cart", "cart", "pay"})}}
			if g.chance(50) {
				spec["portLevelMtls"] = map[string]any{pick(g, portPool): map[string]string{"mode": pick(g, modes)}}
			}
		}
		text, err := json.Marshal(spec)
		if err != nil {
			panic(err)
		}
		out += fmt.Sprintf("---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: p%d, namespace: %s, creationTimestamp: \"2024-01-0%dT00:00:00Z\"}\nspec: %s\n",
			i, pick(g, []string{"shop", "shop", "istio-system", "web"}), 1+g.IntN(9), text)
	}
	return out
}

// TestMutualTLS holds the modes of mutual TLS, and that a mode of plaintext
// takes identities away, to Istio's engine, read and written.
func TestMutualTLS(t *testing.T) {
	const byName = "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: a, namespace: shop}\nspec: {action: DENY, rules: [{from: [{source: {principals: [\"*\"]}}], to: [{operation: {methods: [PUT]}}]}]}\n"
	denied := 0
	for i := range uint64(mtlsSets) {
		g := newGenerator(seed+2, i)
		manifests := byName + g.peerAuthentications()
		r := rewritten([]byte(manifests), nil)
		before, after := clusterOf(t, []byte(manifests), nil), clusterOf(t, printed(t, r), nil)
		for _, port := range []string{"8080", "9000", "7000"} {
			for _, client := range []string{"", "web/front", "spiffe://cluster.local/vm/web"} {
				q := question{request: base()}
				q.request.Set(match.Port, "", port).Set(match.Method, "", "PUT")
				if client != "" {
					identify(q.request, client)
				}
				want := before.judge(q)
				model := decide.Admit(r.Source, q.request, q.token)
				if got := spoken(model.Allowed, false); got != want || after.judge(q) != want {
					t.Fatalf("set %d: port %s as %q: the engine says %s, the model %s, and the engine %s of what was written\n%s\n=>\n%s",
						i, port, client, want, got, after.judge(q), manifests, printed(t, r))
				}
				if want == "deny" {
					denied++
				}
			}
		}
	}
	if all := mtlsSets * 9; min(denied, all-denied)*100 < leastSide*all {
		t.Errorf("%d of %d denied", denied, all)
	}
}

// TestForeignCertificates holds that strict mutual TLS takes any name of the trust
// domains that the mesh knows, a service account's or not, and none of others.
func TestForeignCertificates(t *testing.T) {
	c := clusterOf(t, []byte("apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: default, namespace: shop}\nspec: {mtls: {mode: STRICT}}\n"), nil)
	for _, x := range []struct{ client, want string }{
		{"", "deny"}, {"web/front", "allow"}, {"other.example/web/front", "allow"}, {"spiffe://cluster.local/vm/web", "allow"},
		{"spiffe://root.example/vm/web", "allow"}, {"spiffe://unknown.example/vm/web", "deny"}, {"unknown.example/web/front", "deny"},
	} {
		q := question{request: base()}
		if x.client != "" {
			identify(q.request, x.client)
		}
		if got := c.judge(q); got != x.want {
			t.Errorf("as %q: the engine says %s, want %s", x.client, got, x.want)
		}
	}
}
