package conformance

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
)

// TestRandomIntake has Istio's control plane and the reader tell what the proxies of servers
// limit, for random DestinationRules: as they are, and as they are written again.
func TestRandomIntake(t *testing.T) {
	limited, kept := 0, 0
	for i := range uint64(300) {
		g := rand.New(rand.NewPCG(11, i))
		manifests := intakeServices + randomPools(g) + randomSidecarPools(g)
		objs, err := engine.Parse([]byte(manifests))
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(objs, func(o engine.Object) bool { return o.Validate() != nil }) {
			t.Fatal("Istio rejects", manifests)
		}
		r := rewritten([]byte(manifests), nil)
		as, again := engine.NewWorld(t, []byte(manifests), nil), engine.NewWorld(t, []byte(intakeServices+string(printed(t, r))), nil)
		for _, s := range intakeServers() {
			want := as.Intake(s)
			if pooled(r.Source) {
				kept++
			} else if got := intakeOf(r.Source, s); !maps.Equal(got, want) {
				t.Fatalf("%s.%s:%d: read as %v, Istio has %v, of\n%s", s.Service, s.Namespace, s.Port, got, want, manifests)
			}
			if got := again.Intake(s); !maps.Equal(got, want) {
				t.Fatalf("%s.%s:%d: written as %v, Istio has %v, of\n%s", s.Service, s.Namespace, s.Port, got, want, manifests)
			}
			if len(want) > 0 {
				limited++
			}
		}
	}
	if t.Logf("%d limited, %d by Sidecars that are kept", limited, kept); limited < 200 {
		t.Error("hardly anything is limited")
	}
}

const intakeServices = `apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80, targetPort: 9000}, {name: http-more, port: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: pay, namespace: team}
spec: {selector: {app: pay}, ports: [{name: http, port: 80}]}
---
`

func intakeServers() []engine.Server {
	cart := engine.Server{Namespace: "shop", Labels: map[string]string{"app": "cart"}, Service: "cart.shop.svc.cluster.local", Port: 80, Target: 9000}
	more := cart
	more.Port, more.Target = 8080, 8080
	return []engine.Server{cart, more, {Namespace: "team", Labels: map[string]string{"app": "pay"}, Service: "pay.team.svc.cluster.local", Port: 80, Target: 80}}
}

// randomPools are rules of several namespaces for callers of hosts and of wildcards.
func randomPools(g *rand.Rand) string {
	var out strings.Builder
	pool := func() string {
		tcp := []string{"{}", "{maxConnections: 7}", "{connectTimeout: 3s}", "{maxConnections: 0, idleTimeout: 20s}", "{maxConnections: 5, maxConnectionDuration: 9s}"}
		http := []string{"{}", "{http1MaxPendingRequests: 4, http2MaxRequests: 6}", "{maxRequestsPerConnection: 8}", "{idleTimeout: 1m}", "{h2UpgradePolicy: UPGRADE}", "{useClientProtocol: true}"}
		return fmt.Sprintf("connectionPool: {tcp: %s, http: %s}", tcp[g.IntN(len(tcp))], http[g.IntN(len(http))])
	}
	for n := range 1 + g.IntN(3) {
		ns := []string{"shop", "shop", "team", "istio-system"}[g.IntN(4)]
		host := []string{"cart.shop.svc.cluster.local", "cart.shop.svc.cluster.local", "*.shop.svc.cluster.local", "*.local", "pay.team.svc.cluster.local", "*.team.svc.cluster.local"}[g.IntN(6)]
		fmt.Fprintf(&out, "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: r%d, namespace: %s, creationTimestamp: \"2024-01-0%dT00:00:00Z\"}\nspec:\n  host: %q\n", n, ns, n+1, host)
		switch g.IntN(6) {
		case 0:
			out.WriteString("  exportTo: [\".\"]\n")
		case 1:
			out.WriteString("  workloadSelector: {matchLabels: {app: cart}}\n")
		}
		out.WriteString("  trafficPolicy:\n")
		switch g.IntN(4) {
		case 0:
			out.WriteString("    loadBalancer: {simple: RANDOM}\n")
		default:
			out.WriteString("    " + pool() + "\n")
		}
		switch g.IntN(4) {
		case 0:
			out.WriteString("    portLevelSettings: [{port: {number: 8080}, " + pool() + "}]\n")
		case 1:
			out.WriteString("    portLevelSettings: [{port: {number: 80}, loadBalancer: {simple: RANDOM}}]\n")
		}
		if g.IntN(3) == 0 {
			out.WriteString("  subsets: [{name: a, labels: {version: a}, trafficPolicy: {" + pool() + "}}]\n")
		}
	}
	return out.String()
}

// randomSidecarPools are Sidecars with limits of their own, and others beside them.
func randomSidecarPools(g *rand.Rand) string {
	var out strings.Builder
	for n := range g.IntN(3) {
		ns := []string{"shop", "shop", "team", "istio-system"}[g.IntN(4)]
		fmt.Fprintf(&out, "---\napiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: s%d, namespace: %s, creationTimestamp: \"2024-01-0%dT00:00:00Z\"}\nspec:\n", n, ns, n+1)
		if ns != "istio-system" && g.IntN(2) == 0 {
			fmt.Fprintf(&out, "  workloadSelector: {labels: {app: %s}}\n", []string{"cart", "pay"}[g.IntN(2)])
		}
		switch g.IntN(4) {
		case 0:
			out.WriteString("  outboundTrafficPolicy: {mode: REGISTRY_ONLY}\n")
		default:
			pools := []string{"{tcp: {maxConnections: 3}}", "{tcp: {connectTimeout: 2s}, http: {http2MaxRequests: 2}}", "{http: {maxRequestsPerConnection: 2}}", "{http: {http1MaxPendingRequests: 9, idleTimeout: 3s}}"}
			fmt.Fprintf(&out, "  inboundConnectionPool: %s\n", pools[g.IntN(len(pools))])
		}
	}
	return out.String()
}

// pooled reports whether it is told of a Sidecar that its limits are not translated.
func pooled(m *intent.Model) bool {
	return slices.ContainsFunc(m.Opaque, func(o *intent.Opaque) bool { return o.Kind == "Sidecar" && !o.Held })
}

// intakeOf is what the first fact for a server says, by the names of the engine.
func intakeOf(m *intent.Model, s engine.Server) map[string]string {
	out := map[string]string{}
	host := m.Env.Host(s.Service)
	at := slices.IndexFunc(m.Intake, func(i *intent.Intake) bool {
		return m.Env.Covers(i.Host, host) && (i.Port == 0 || i.Port == s.Port)
	})
	if at < 0 || !m.Intake[at].Bounds() {
		return out
	}
	l := m.Intake[at].Limits
	for key, v := range map[string]*int{"connections": l.MaxConnections, "pending": l.MaxPending, "requests": l.MaxRequests, "per-connection": l.MaxPerConnection} {
		if v != nil {
			out[key] = fmt.Sprint(*v)
		}
	}
	if l.ConnectTimeout != nil {
		out["connect"] = l.ConnectTimeout.String()
	}
	if l.MaxConnDuration != nil {
		out["duration"] = l.MaxConnDuration.String()
	}
	if l.HTTPIdle != nil {
		out["idle"] = l.HTTPIdle.String()
	} else if l.TCPIdle != nil {
		out["idle"] = l.TCPIdle.String()
	}
	if l.UseClientProtocol != nil && *l.UseClientProtocol {
		out["client-protocol"] = "true"
	}
	return out
}
