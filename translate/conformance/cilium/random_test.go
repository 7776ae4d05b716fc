package cilium

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate/conformance/cilium/engine"
)

// pods are all workloads, and a client outside.
var pods = []engine.Endpoint{
	{Namespace: "shop", Account: "cart", Labels: map[string]string{"app": "cart", "tier": "back"}},
	{Namespace: "shop", Account: "web", Labels: map[string]string{"app": "web"}},
	{Namespace: "shop", Account: "job", Labels: map[string]string{"job": "x"}},
	{Namespace: "depot", Account: "web", Labels: map[string]string{"app": "web", "tier": "back"}},
	{Address: "198.51.100.1"},
}

var requests = []*engine.HTTP{
	nil,
	{Method: "GET", Path: "/a", Host: "cart"},
	{Method: "GET", Path: "/a?x=1", Host: "cart:80"},
	{Method: "POST", Path: "/a/7", Host: "CART", Headers: map[string]string{"x-a": "1"}},
	{Method: "PUT", Path: "/b", Host: "cart", Headers: map[string]string{"x-b": "2", "x-a": "3"}},
	{Method: "GET", Path: "/ab/b", Host: "other"},
}

// lift reads manifests as transmesh does.
func lift(t *testing.T, manifests []string) *intent.Model {
	t.Helper()
	objs, problems := source.Parse("set.yaml", []byte(strings.Join(manifests, "---\n")), source.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	m, _ := cilium.Mesh.Read(mesh.Input{Objects: objs, Inventory: &intent.Inventory{}, Env: intent.Defaults()})
	return m
}

// point is a request in the words of the model.
func point(r engine.Request) *match.Request {
	q := &match.Request{}
	q.Set(match.Protocol, "", "tcp").Set(match.Port, "", "80")
	if r.Port != 80 {
		q.Set(match.Port, "", "8080")
	}
	if !r.From.IsWorld() {
		q.Set(match.ClientNamespace, "", r.From.Namespace).Set(match.ClientAccount, "", r.From.Account).Set(match.ClientTrust, "", "cluster.local")
		q.Set(match.ClientIP, "", "10.1.2.3")
		for k, v := range r.From.Labels {
			q.Set(match.ClientLabel, k, v)
		}
	} else {
		q.Set(match.ClientIdentity, "", "reserved:world").Set(match.ClientIP, "", r.From.Address)
	}
	q.Set(match.Namespace, "", r.To.Namespace).Set(match.Account, "", r.To.Account)
	for k, v := range r.To.Labels {
		q.Set(match.Label, k, v)
	}
	if r.HTTP == nil {
		return q
	}
	path, query, queried := strings.Cut(r.HTTP.Path, "?")
	host, _, _ := strings.Cut(strings.ToLower(r.HTTP.Host), ":")
	q.Set(match.Protocol, "", "http").Set(match.Path, "", path).Set(match.Method, "", r.HTTP.Method).Set(match.Authority, "", r.HTTP.Host).Set(match.Host, "", host)
	if queried {
		q.Set(match.Query, "", query)
	}
	for k, v := range r.HTTP.Headers {
		q.Set(match.Header, k, v)
	}
	return q
}

// TestRandom holds what is lifted of random policies to the verdicts of the
// engine: no request is lifted as let in that it keeps out, and none as kept out
// that it lets in unless a finding says that a rule is not translated.
func TestRandom(t *testing.T) {
	rounds := 120
	if testing.Short() {
		rounds = 30
	}
	var allowed, denied, refused, narrower int
	for seed := range uint64(rounds) {
		g := gen{rand.New(rand.NewPCG(seed, 1))}
		set := g.set()
		cluster := engine.New()
		for _, p := range pods {
			cluster.Add(p)
		}
		bad := false
		for _, p := range set {
			if err := cluster.Apply([]byte(p)); err != nil {
				bad = true
			}
		}
		if bad {
			refused++
			continue
		}
		m := lift(t, set)
		for _, from := range pods {
			for _, to := range pods[:4] {
				for _, port := range []int{80, 8080} {
					for _, http := range requests {
						r := engine.Request{From: from, To: to, Port: port, HTTP: http}
						want, err := cluster.Judge(r)
						if err != nil || want.Refused {
							continue
						}
						got := decide.Admit(m, point(r), decide.NoToken).Allowed
						switch {
						case want.Allowed():
							allowed++
						default:
							denied++
						}
						if got == want.Allowed() {
							continue
						}
						if !got && len(m.Opaque) > 0 {
							narrower++
							continue
						}
						t.Fatalf("seed %d: %+v http %+v: lifted as %v, the engine says %+v\n%s\n%s", seed, r, http, got, want, strings.Join(set, "---\n"), intent.Print(m))
					}
				}
			}
		}
	}
	t.Logf("%d allowed, %d denied, %d lifted as narrower with a finding; %d sets refused", allowed, denied, narrower, refused)
}
