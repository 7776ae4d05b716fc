package conformance

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate"
	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
)

var (
	gatewaySets = flag.Uint64("gateways", 400, "how many random sets of Gateways TestGateways asks")
	gatewaySeed = flag.Uint64("gatewayseed", 40, "what its random sets follow from")
)

const arrivalsPerSet = 60

// TestGateways holds random Gateways with several servers, and the VirtualServices for them,
// to what Istio tells the proxies that they select: who takes a connection at a port, how it is
// secured, and where it goes.
func TestGateways(t *testing.T) {
	rates := map[string]int{}
	for i := range *gatewaySets {
		g := newGenerator(*gatewaySeed, i)
		env := intent.Defaults()
		env.Complete.Services = true
		manifests := accepted(g.gateways(1 + int(i%2)))
		r := rewritten([]byte(manifests), &env)
		if r.Unreadable {
			t.Fatalf("set %d: Istio takes what is rejected: %v\n%s", i, r.Findings, manifests)
		}
		c := &caller{namespace: "ingress", app: "", Client: engine.NewWorld(t, []byte(manifests), nil).Gateway("ingress", gatewayPods)}
		for range arrivalsPerSet {
			a := g.arrival()
			got := c.Receive(a.asked())
			rates[rateOf(a, got)]++
			if unsaid(r.Source, a) || throughSeveral(r, a) {
				rates["unsaid"]++
				continue
			}
			if why := received(r.Source, c, a, got); why != "" {
				t.Errorf("set %d (verdict %s): %s: %s\n%s", i, r.Verdict, a, why, manifests)
				break
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(rates)) {
		t.Logf("%s: %d", k, rates[k])
	}
}

// throughSeveral reports whether it is told that servers of a port may stand in each other's way at
// some proxies and not at others, or whether requests without TLS may come in by more than one
// Gateway, of which the model tells each apart.
func throughSeveral(r *translate.Result, a arrival) bool {
	at := map[intent.Name]bool{}
	for _, e := range r.Source.Entries {
		for _, l := range e.Listeners {
			if l.Port == a.port && l.TLS == nil {
				at[e.Name] = true
			}
		}
	}
	return a.kind == "http" && len(at) > 1 || slices.ContainsFunc(r.Findings, func(d diag.Diagnostic) bool {
		return d.Code == diag.HostClaimedTwice && strings.HasPrefix(d.Summary, "two servers of a port")
	})
}

// asked is the arrival as the engine is asked about it.
func (a arrival) asked() (engine.Arrival, map[string]string) {
	out := engine.Arrival{Port: uint32(a.port), Host: a.host, TCP: a.kind == "tls" || a.kind == "tcp"}
	if a.kind == "https" || a.kind == "tls" {
		out.SNI = a.host
	}
	return out, a.headers
}

func rateOf(a arrival, got engine.Reception) string {
	switch {
	case got.Closed:
		return a.kind + " closed"
	case got.Answer.Status != 0:
		return fmt.Sprint(a.kind, " ", got.Answer.Status)
	}
	return a.kind + " forwarded"
}

// received compares what the proxy does with what a model says of it, and says how they
// differ, or "".
func received(m *intent.Model, c *caller, a arrival, got engine.Reception) string {
	l, e := listenerFor(m, a)
	if l == nil && a.kind == "tls" { // the names are those of routes
		a.kind = "passes"
		l, e = listenerFor(m, a)
		a.kind = "tls"
	}
	switch {
	case l == nil && (got.Closed || got.Answer.Status == 404):
		return ""
	case l == nil:
		return fmt.Sprintf("Istio says %d %v, transmesh that no listener takes it", got.Answer.Status, got.Answer.Shares)
	}
	if (a.kind == "https" || a.kind == "tls") && eaten(m, a, l) {
		if got.Closed || got.Answer.Status == 404 {
			return ""
		}
		return fmt.Sprintf("Istio says %d %v, transmesh that another listener takes it", got.Answer.Status, got.Answer.Shares)
	}
	q := a.request(e.Name)
	rule := intent.Rule{When: match.True, Then: intent.Forward{}}
	switch tcp := a.kind == "tls" || a.kind == "tcp"; {
	case got.Closed && !tcp:
		rule.Then = intent.Respond{Status: 404}
	case got.Closed:
	case tcp:
		rule.Then = intent.Forward{To: backendsOf(c, got.Answer)}
	default:
		rule = ruleOf(c, got.Answer, a.port)
		if _, is := rule.Then.(intent.Redirect); is {
			rule.Then = redirectOf(got.Answer, a.port, a.kind)
		}
	}
	if !got.Closed && got.Answer.Status != 404 {
		if want := securedBy(l); want != got.Secured && !(standsAside(m, a, l) && securedAny(m, a, got.Secured)) {
			return fmt.Sprintf("Istio secures by %q, transmesh by %q", got.Secured, want)
		}
	}
	said := decide.Run(m, q)
	p := intent.HTTP
	if a.kind == "tls" || a.kind == "tcp" {
		p = intent.TCP
	}
	table := &intent.Routing{Entry: e.Name, Protocol: p, Host: q.Host, Rules: []intent.Rule{rule}}
	taking := &intent.Entry{Name: e.Name, Listeners: []intent.Listener{{Port: a.port, Protocol: "TCP"}}}
	want := decide.Run(&intent.Model{Routing: []*intent.Routing{table}, Entries: []*intent.Entry{taking}, Inventory: m.Inventory, Env: m.Env, Baseline: m.Baseline}, q)
	if said.Action != want.Action || p == intent.HTTP && said.Status != want.Status {
		return fmt.Sprintf("Istio says %d %s, transmesh %d %s", want.Status, want.Action, said.Status, said.Action)
	}
	for _, aspect := range []intent.Aspect{intent.Rewritten, intent.Mirrored, intent.Faulted, intent.Crossing, intent.Timing, intent.Retrying} {
		if p == intent.HTTP && got.Answer.Status == 0 && !got.Closed && said.Parts[aspect] != want.Parts[aspect] {
			return fmt.Sprintf("%s: Istio says %q, transmesh %q", aspect, want.Parts[aspect], said.Parts[aspect])
		}
	}
	return ""
}

// eaten reports whether a connection by TLS goes to a listener for what it is not: HTTP or
// other connections, whose name is the more specific.
func eaten(m *intent.Model, a arrival, l *intent.Listener) bool {
	most := -1
	for _, e := range m.Entries {
		for i := range e.Listeners {
			if &e.Listeners[i] == l {
				most = weightAt(e, l, a.host)
			}
		}
	}
	other := map[string]string{"https": "tls", "tls": "https"}[a.kind]
	for _, t := range m.Routing {
		passes := !t.Entry.IsZero() && (t.Protocol == intent.TLS || t.Protocol == intent.TCP) && comesInAt(m, a.port, t.Protocol)
		if a.kind == "tls" && passes && (t.Port == 0 || t.Port == a.port) {
			most = max(most, hostWeight(nameOf(m, t), a.host))
		}
		if other == "tls" && passes && (t.Port == 0 || t.Port == a.port) && hostWeight(nameOf(m, t), a.host) > most && nameOf(m, t) != "*" {
			return true
		}
	}
	b := a
	b.kind = other
	x, e := listenerFor(m, b)
	return other == "https" && x != nil && weightAt(e, x, a.host) > most
}

// namesAt are the hosts of a listener, and "*" where the listeners of its server have it.
func namesAt(e *intent.Entry, l *intent.Listener) []string {
	out := slices.Clone(l.Hosts)
	for _, o := range e.Listeners {
		if o.From[0] == l.From[0] && (len(o.Hosts) == 0 || slices.Contains(o.Hosts, "*")) || l.Nameless() {
			out = append(out, "*")
		}
	}
	return out
}

// weightAt is how specific the name is by which a listener takes one.
func weightAt(e *intent.Entry, l *intent.Listener, name string) int {
	names, most := namesAt(e, l), -1
	for _, h := range names {
		most = max(most, hostWeight(h, name))
	}
	if slices.Contains(names, "*") && l.TLS != nil {
		return min(most, 0)
	}
	return most
}

func comesInAt(m *intent.Model, port int, p intent.Protocol) bool {
	return slices.ContainsFunc(m.Entries, func(e *intent.Entry) bool {
		return slices.ContainsFunc(e.Listeners, func(l intent.Listener) bool { return l.Port == port && l.Serves(p) })
	})
}

func nameOf(m *intent.Model, t *intent.Routing) string {
	if name := m.Env.DNS(t.Host); name != "" {
		return name
	}
	return "*"
}

// unsaid reports whether the model has no words for what is asked: requests of HTTP by TLS
// and without it at one port, and connections without TLS where it passes.
func unsaid(m *intent.Model, a arrival) bool {
	plain, ends, passes := false, false, false
	for _, e := range m.Entries {
		for i := range e.Listeners {
			l := &e.Listeners[i]
			here := l.Port == a.port
			plain = plain || here && takesKind(l, "http")
			ends = ends || here && takesKind(l, "https")
			passes = passes || here && l.Serves(intent.TLS)
		}
	}
	return plain && ends || passes && a.kind == "tcp"
}

// standsAside reports whether another listener of the port may take what comes by a name of
// one: beside others for TCP, and where TLS passes and no route is for the name.
func standsAside(m *intent.Model, a arrival, l *intent.Listener) bool {
	return l.Serves(intent.TCP) || !slices.ContainsFunc(m.Routing, func(t *intent.Routing) bool {
		return !t.Entry.IsZero() && t.Protocol == intent.TLS && (t.Port == 0 || t.Port == a.port) && hostWeight(nameOf(m, t), a.host) >= 0
	})
}

// securedAny reports whether some listener of a port is secured so: of servers whose TLS ends
// those without routes stand aside.
func securedAny(m *intent.Model, a arrival, by string) bool {
	for _, e := range m.Entries {
		for i := range e.Listeners {
			if l := &e.Listeners[i]; l.Port == a.port && takesKind(l, a.kind) && securedBy(l) == by {
				return true
			}
		}
	}
	return false
}

// request is the arrival in the words of the model.
func (a arrival) request(entry intent.Name) decide.Request {
	s := sent{from: &caller{}, headers: a.headers, port: a.port}
	r := s.request()
	r.Entry, r.Host = entry, intent.Host{DNS: a.host}
	switch a.kind {
	case "https":
		r.At.Set(match.SNI, "", a.host)
	case "tls", "tcp":
		r.At = match.Request{}
		r.At.Set(match.Protocol, "", "tcp")
		if a.kind == "tls" {
			r.At.Set(match.SNI, "", a.host)
		} else {
			r.Host = intent.Host{} // nothing names it
		}
	}
	return r
}

// listenerFor is the listener of a model that takes a connection, by the most specific of its
// hosts; nil is none.
func listenerFor(m *intent.Model, a arrival) (best *intent.Listener, of *intent.Entry) {
	most := -1
	for _, e := range m.Entries {
		for i := range e.Listeners {
			l := &e.Listeners[i]
			if l.Port != a.port || !takesKind(l, a.kind) {
				continue
			}
			for _, h := range namesAt(e, l) {
				weight := hostWeight(h, a.host)
				switch {
				case weight < 0 && a.kind != "passes":
					continue
				case a.kind == "passes" || slices.Contains(namesAt(e, l), "*") && l.TLS != nil: // which proxies know by no name
					weight = 0
				}
				if weight > most {
					best, of, most = l, e, weight
				}
			}
		}
	}
	return best, of
}

func takesKind(l *intent.Listener, kind string) bool {
	ends := l.TLS != nil && (l.TLS.Mode == intent.TLSEnds || l.TLS.Mode == intent.TLSMesh)
	switch kind {
	case "http":
		return l.Serves(intent.HTTP) && !ends
	case "https":
		return l.Serves(intent.HTTP) && ends
	case "passes":
		return l.Serves(intent.TLS)
	case "tls":
		return l.Serves(intent.TLS) || l.Serves(intent.TCP)
	}
	return l.Serves(intent.TCP) && !ends
}

// hostWeight tells how specific a host is that a name is one of; less than 0 is none.
func hostWeight(h, name string) int {
	switch suffix, wild := strings.CutPrefix(h, "*"); {
	case h == name:
		return 1 << 16
	case wild && strings.HasSuffix(name, suffix):
		return len(suffix)
	}
	return -1
}

// securedBy says in the engine's words how TLS ends at a listener.
func securedBy(l *intent.Listener) string {
	if l.TLS == nil {
		return ""
	}
	switch l.TLS.Mode {
	case intent.TLSMesh:
		return "default required true"
	case intent.TLSEnds:
		var out []string
		for _, n := range l.TLS.Certificates {
			out = append(out, "kubernetes://"+n.Name)
		}
		return strings.Join(append(out, fmt.Sprint("required ", l.TLS.Clients != nil && !l.TLS.Clients.Optional)), " ")
	}
	return ""
}
