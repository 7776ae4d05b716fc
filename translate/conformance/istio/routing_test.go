package conformance

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
)

// caller is a client with what Istio tells its proxy.
type caller struct {
	namespace, app string
	*engine.Client
	// asked is the Service at whose address the client asks: where a connection goes
	// that its proxy knows nothing of.
	asked intent.Name
}

// sent is a request of a client to a Service.
type sent struct {
	from    *caller
	host    intent.Name
	port    int
	headers map[string]string
}

func (s sent) String() string {
	return fmt.Sprintf("%s/%s to %s:%d %v", s.from.namespace, s.from.app, s.host, s.port, s.headers)
}

func (s sent) dns() string { return s.host.Name + "." + s.host.Namespace + ".svc." + engine.Domain }

// request is the request in the words of the model.
func (s sent) request() decide.Request {
	r := decide.Request{Host: intent.Host{Service: s.host}, Port: s.port}
	at := &r.At
	at.Set(match.Protocol, "", "http").Set(match.ClientNamespace, "", s.from.namespace).Set(match.ClientLabel, "app", s.from.app)
	for k, v := range s.headers {
		switch k {
		case ":path":
			path, query, _ := strings.Cut(v, "?")
			at.Set(match.Path, "", path)
			for _, pair := range strings.Split(query, "&") {
				if k, v, _ := strings.Cut(pair, "="); k != "" {
					at.Set(match.Query, k, v)
				}
			}
		case ":method":
			at.Set(match.Method, "", v)
		case ":scheme":
			at.Set(match.Scheme, "", v)
		case ":authority":
			at.Set(match.Authority, "", v).Set(match.Host, "", v)
		default:
			at.Set(match.Header, k, v)
		}
	}
	return r
}

// routed compares what Istio tells a client's proxy to do with a request with what a
// model says of it, and says how they differ, or "".
func routed(m *intent.Model, s sent) string {
	a := s.from.Decide(s.port, s.headers)
	s.from.asked = s.host
	got := decide.Run(m, s.request())
	table := &intent.Routing{Host: intent.Host{Service: s.host}, Rules: []intent.Rule{ruleOf(s.from, a, s.port)}}
	want := decide.Run(&intent.Model{Routing: []*intent.Routing{table}, Inventory: m.Inventory, Env: m.Env, Baseline: m.Baseline}, s.request())
	if got.Action != want.Action || got.Status != want.Status {
		return fmt.Sprintf("Istio says %d %s, transmesh %d %s", want.Status, want.Action, got.Status, got.Action)
	}
	for _, aspect := range []intent.Aspect{intent.Rewritten, intent.Mirrored, intent.Faulted, intent.Crossing, intent.Timing, intent.Retrying} {
		if a.Status == 0 && got.Parts[aspect] != want.Parts[aspect] {
			return fmt.Sprintf("%s: Istio says %q, transmesh %q", aspect, want.Parts[aspect], got.Parts[aspect])
		}
	}
	for _, l := range got.Legs {
		if a.Path != "" && l.Path != a.Path {
			return fmt.Sprintf("the path becomes %s, and transmesh says %s", a.Path, l.Path)
		}
	}
	return ""
}

const (
	routedPerSet                  = 120
	leastForwarded, leastAnswered = 20, 10 // of a hundred requests
)

var (
	routingSets = flag.Uint64("sets", 600, "how many random sets of routes TestRouting asks")
	routingSeed = flag.Uint64("seed", 30, "what its random sets follow from")
)

// callers are the clients whose proxies are asked.
var callers = []caller{{namespace: "shop", app: "web"}, {namespace: "shop", app: "cart"}, {namespace: "team", app: "web"}, {namespace: "other", app: "x"}}

// TestRouting holds the routes of random VirtualServices to what Istio tells the
// proxies of clients in different namespaces.
func TestRouting(t *testing.T) {
	asked, forwarded := 0, 0
	for i := range *routingSets {
		g := newGenerator(*routingSeed, i)
		g.few = i%3 == 0
		env := intent.Defaults()
		env.Complete.Services = true
		manifests := accepted(g.routing())
		change := g.retries(&env)
		r := rewritten([]byte(manifests), &env)
		if r.Unreadable {
			t.Fatalf("set %d: Istio takes what is rejected: %v\n%s", i, r.Findings, manifests)
		}
		for _, s := range requests(engine.NewWorld(t, []byte(manifests), change), g) {
			if unknownTo(r.Source, s) {
				continue
			}
			asked++
			if s.from.Decide(s.port, s.headers).Status == 0 {
				forwarded++
			}
			if why := routed(r.Source, s); why != "" {
				t.Errorf("set %d (verdict %s): %s: %s\n%s", i, r.Verdict, s, why, manifests)
				break
			}
		}
	}
	share := 100 * forwarded / asked
	if t.Logf("%d requests, %d%% of them forwarded", asked, share); share < leastForwarded || 100-share < leastAnswered {
		t.Error("too few of one kind")
	}
}

// unknownTo reports whether the proxy of the client does not know the Service, which the
// model holds in doubt.
func unknownTo(m *intent.Model, s sent) bool {
	return slices.ContainsFunc(m.Opaque, func(o *intent.Opaque) bool {
		return (o.Kind == "Service" || o.Kind == "Sidecar") && slices.ContainsFunc(o.Hosts, func(h intent.Host) bool { return m.Env.Covers(h, intent.Host{Service: s.host}) }) && match.Eval(o.Scope.Client, new(s.request().At))
	})
}

// requests are random ones of all callers.
func requests(w *engine.World, g *generator) []sent {
	var out []sent
	for _, c := range callers {
		c.Client = w.Client(c.namespace, map[string]string{"app": c.app})
		for range routedPerSet / len(callers) {
			out = append(out, g.sent(&c))
		}
	}
	return out
}

// accepted are the documents that Istio's webhook accepts.
func accepted(manifests string) string {
	var out []string
	for _, doc := range strings.Split(manifests, "---\n") {
		objs, err := engine.Parse([]byte(doc))
		if err != nil || len(objs) == 1 && objs[0].Validate() != nil {
			continue
		}
		out = append(out, doc)
	}
	return strings.Join(out, "---\n")
}
