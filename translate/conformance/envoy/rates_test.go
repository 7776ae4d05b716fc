package envoy

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/translate"
	"github.com/transmesh/transmesh/translate/conformance/envoy/engine"
)

// limited is a port of the workloads that one EnvoyFilter is for, with the limits
// that it means there, in the order in which they are asked.
type limited struct {
	listener string
	limits   []*intent.RateLimit
}

// patched is an EnvoyFilter, as far as limits of rates need it.
type patched struct {
	Kind     string
	Metadata struct{ Name, Namespace string }
	Spec     struct {
		ConfigPatches []struct {
			Match struct {
				Listener struct {
					FilterChain struct {
						DestinationPort int `yaml:"destinationPort"`
						Filter          struct {
							SubFilter struct{ Name string } `yaml:"subFilter"`
						}
					} `yaml:"filterChain"`
				}
			}
			Patch struct{ Value map[string]any }
		} `yaml:"configPatches"`
	}
}

// ports are those that patches name, and one that none does.
func (p patched) ports() []int {
	out := []int{1}
	for _, x := range p.Spec.ConfigPatches {
		if n := x.Match.Listener.FilterChain.DestinationPort; n != 0 {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// chain are the filters at a port: each patch puts its own first, or before the router.
// istio pilot/pkg/networking/core/envoyfilter/listener_patch.go
func (p patched) chain(port int) []map[string]any {
	var first, last []map[string]any
	for _, x := range p.Spec.ConfigPatches {
		at := x.Match.Listener.FilterChain
		switch {
		case at.DestinationPort != 0 && at.DestinationPort != port:
		case at.Filter.SubFilter.Name == "":
			first = slices.Insert(first, 0, x.Patch.Value)
		default:
			last = append(last, x.Patch.Value)
		}
	}
	return append(first, last...)
}

// limits serves the limits of manifests of Istio's.
func limits(c *engine.Config, behind *engine.Upstream, prefix, text string, m *intent.Model) []limited {
	var out []limited
	for _, doc := range strings.Split("\n"+text, "\n---\n") {
		var p patched
		if yaml.Unmarshal([]byte(doc+"\n"), &p) != nil || p.Kind != "EnvoyFilter" {
			continue
		}
		for _, port := range p.ports() {
			l := limited{listener: fmt.Sprintf("%s|%s|%d", prefix, p.Metadata.Name, port)}
			at := new(match.Request).Set(match.Port, "", fmt.Sprint(port))
			for _, r := range m.Rates {
				if r.Home != nil && r.Home.Name == p.Metadata.Name && r.Home.Namespace == p.Metadata.Namespace && match.Eval(portOf(r), at) {
					l.limits = append(l.limits, r)
				}
			}
			if len(l.limits) > 0 {
				c.Chain(l.listener, p.chain(port), behind)
				out = append(out, l)
			}
		}
	}
	return out
}

// portOf is what a limit says of ports; nil is nothing.
func portOf(r *intent.RateLimit) (port match.Expr) {
	match.Atoms(r.Scope.Subject, func(a match.Atom, _ bool) {
		if a.Field == match.Port {
			port = a
		}
	})
	return port
}

// TestRates holds the local limits of rates that are read of Istio's manifests in the
// golden cases, all that are written, and random ones, to what Envoy lets pass.
func TestRates(t *testing.T) {
	behind := engine.NewUpstream(t)
	var c engine.Config
	var all []limited
	for _, i := range goldenCases(t) {
		r := translate.Run(i.parse(), translate.Options{From: i.from, To: istio.Mesh, Env: i.env})
		if len(r.Source.Rates) == 0 {
			continue
		}
		if i.from.Name == istio.Mesh.Name {
			for _, f := range i.files {
				all = append(all, limits(&c, behind, i.name, string(f.Data), r.Source)...)
			}
		}
		out, m := inIstio(t, i.name, r.Manifests, r.Source.Env)
		all = append(all, limits(&c, behind, i.name+" written", out, m)...)
	}
	cases := len(all)
	random := rand.New(rand.NewPCG(1, 5))
	for n := range 40 {
		target, _ := istio.Mesh.Target(istio.Mesh.Versions[0])
		fit, _ := legal.Legalize(randomRate(random, n), target, legal.Options{From: "istio"})
		out, m := inIstio(t, fmt.Sprint("random ", n), istio.Mesh.Write(fit, target), fit.Env)
		all = append(all, limits(&c, behind, fmt.Sprint("random ", n), out, m)...)
	}
	e := engine.Start(t, c, behind)
	passed, stopped := 0, 0
	for _, l := range all {
		p, s := l.judge(t, e)
		passed, stopped = passed+p, stopped+s
	}
	t.Logf("%d chains of filters, %d of them of cases: %d requests pass, %d are over a limit", len(all), cases, passed, stopped)
	if cases < 4 || len(all)-cases < 20 || stopped < 100 {
		t.Error("hardly anything is asked")
	}
}

// inIstio prints manifests, and reads them back.
func inIstio(t *testing.T, name string, objs []*manifest.Object, env intent.Environment) (string, *intent.Model) {
	t.Helper()
	out := printed(t, name, objs, env)
	out.from = istio.Mesh
	return string(out.files[0].Data), out.lifted()
}

// randomRate is a model with one limit.
func randomRate(r *rand.Rand, n int) *intent.Model {
	l := &intent.RateLimit{
		Scope:    intent.Scope{Subject: match.And{match.Atom{Field: match.Namespace, Value: "shop"}, match.Atom{Field: match.Label, Key: "app", Value: fmt.Sprint("a", n)}}},
		Requests: 1 + r.IntN(30), Interval: time.Duration(1+r.IntN(120)) * time.Second, Burst: 1 + r.IntN(30),
		Unavailable: r.IntN(2) == 0, Denied: r.IntN(2) == 0, Per: intent.PerSecurity,
	}
	if r.IntN(2) == 0 {
		l.Headers = []intent.Pair{{Key: "x-limited", Value: fmt.Sprint("by ", n)}}
	}
	return &intent.Model{Rates: []*intent.RateLimit{l}, Env: intent.Defaults()}
}

// judge sends more requests than pass, and one by gRPC.
func (l limited) judge(t *testing.T, e *engine.Envoy) (passed, stopped int) {
	t.Helper()
	least := slices.MinFunc(l.limits, func(a, b *intent.RateLimit) int { return a.Burst - b.Burst })
	if !e.Serves(l.listener) {
		t.Errorf("%s: Envoy refuses:\n%s", l.listener, e.Refused(l.listener))
		return 0, 0
	}
	client := e.Client(l.listener)
	defer client.Close()
	began := time.Now()
	var last engine.Response
	for range least.Burst + 5 {
		got, err := client.Send(engine.Request{Method: "GET", Path: "/", Host: "a"})
		switch {
		case err != nil:
			t.Fatal(l.listener, err)
		case got.Status == 200:
			passed++
		case got.Status == 429:
			stopped, last = stopped+1, got
		default:
			t.Fatalf("%s: status %d", l.listener, got.Status)
		}
	}
	refilled := int(math.Ceil(time.Since(began).Seconds() / least.Interval.Seconds() * float64(least.Requests)))
	if passed < least.Burst || passed > least.Burst+refilled {
		t.Errorf("%s: %d requests pass, and %d to %d must, by %s", l.listener, passed, least.Burst, least.Burst+refilled, least.Text())
	}
	if stopped > 0 {
		l.told(t, least, last, client)
	}
	return passed, stopped
}

// told compares what callers over a limit are told.
func (l limited) told(t *testing.T, by *intent.RateLimit, got engine.Response, client *engine.Client) {
	t.Helper()
	for _, h := range by.Headers {
		if v := got.Header.Get(h.Key); v != h.Value {
			t.Errorf("%s: %s is %q over the limit, and must be %q", l.listener, h.Key, v, h.Value)
		}
	}
	grpc, err := client.Send(engine.Request{Method: "POST", Path: "/a.B/C", Host: "a", Headers: [][2]string{{"content-type", "application/grpc"}}})
	must := "8"
	if by.Unavailable {
		must = "14"
	}
	if status := grpc.Header.Get("Grpc-Status"); err != nil || grpc.Seen == nil && status != must {
		t.Errorf("%s: a call by gRPC over the limit has status %q, and must have %s: %v", l.listener, status, must, err)
	}
}
