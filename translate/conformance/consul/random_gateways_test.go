package consul

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate/conformance/consul/engine"
)

// TestRandomGateways holds what is read of random ingress gateways, API gateways and
// their routes to what the server has the gateways' proxies do with what comes in.
func TestRandomGateways(t *testing.T) {
	rounds := 60
	if testing.Short() {
		rounds = 15
	}
	agent := start(t)["allow"]
	var n tally
	refused, unknown := 0, 0
	for seed := range uint64(rounds) {
		g := &generator{rand.New(rand.NewPCG(seed, 4)), fmt.Sprintf("g%d-", seed)}
		entries := encoded(g.gateways())
		m, _ := read(t, entries, input{}.under("allow"))
		wrong := complaints(entries, refusals)
		if why := refusedBy(agent, entries); why != "" {
			if refused++; wrong == "" {
				t.Fatalf("seed %d: the server refuses %s, and the reader says nothing\n%s", seed, why, joined(entries))
			}
			cleaned(t, agent)
			continue
		}
		if wrong != "" {
			t.Fatalf("seed %d: the reader refuses what the server takes: %s\n%s", seed, wrong, joined(entries))
		}
		w := newWorld(t, agent, entries, m)
		w.more = g.requests(30)
		if len(m.Entries) == 0 || kept(m) {
			unknown++ // what is there of it, the model does not say
		} else if wrong := w.entered(t, m.Entries[0], &n); len(wrong) > 0 {
			t.Fatalf("seed %d, %d of them:\n%s\n%s\n%s", seed, len(wrong), wrong[0], joined(entries), intent.Print(m))
		}
		cleaned(t, agent)
	}
	t.Logf("%d sets refused by both, of %d the model does not say all; %s", refused, unknown, n)
	if n.routed < 2000 && !testing.Short() || (refused+unknown)*2 > rounds {
		t.Errorf("too few: %s", n)
	}
}

// kept reports whether a model does not hold all of a gateway and its routes.
func kept(m *intent.Model) bool {
	return slices.ContainsFunc(m.Opaque, func(o *intent.Opaque) bool { return !o.Held && !strings.HasPrefix(o.Kind, "service-") })
}

// entered asks what becomes of what comes in at each port of the gateway, until both
// agree or the server has had time to tell its proxy.
func (w *world) entered(t *testing.T, e *intent.Entry, n *tally) (wrong []string) {
	t.Helper()
	kind := e.Home.Kind
	if kind == "IngressGateway" {
		kind = "ingress-gateway"
	}
	if err := w.agent.RegisterGateway(kind, e.Name.Name); err != nil {
		t.Fatal(err)
	}
	w.standIns = map[engine.Target][]engine.Target{}
	for _, s := range w.services {
		found, err := w.agent.StandIns(s)
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(w.standIns, found)
	}
	for range 6 {
		proxy, err := w.agent.DumpGateway(e.Name.Name)
		if wrong = nil; err != nil { // it does not know all chains yet
			wrong = append(wrong, err.Error())
			time.Sleep(200 * time.Millisecond)
			continue
		}
		var once tally
		wrong = append(wrong, w.treated(e, proxy)...)
		for _, l := range e.Listeners {
			differ, served := w.entrance(e, l, proxy, &once)
			if wrong = append(wrong, differ...); served {
				wrong = append(wrong, secured(l, proxy)...)
			}
		}
		if len(wrong) == 0 {
			n.add(once)
			return nil
		}
		time.Sleep(200 * time.Millisecond)
	}
	return wrong
}

// entrance compares one port, and reports whether it is served. By TLS, hosts of which nothing is
// said may not be served at all.
func (w *world) entrance(e *intent.Entry, l intent.Listener, proxy *engine.Proxy, n *tally) (wrong []string, served bool) {
	hosts, tables := []string{"other.example.net", "c.example.com"}, 0
	strangers := len(hosts)
	for _, t := range w.model.Routing {
		if t.Entry == e.Name && t.Port == l.Port {
			tables++
			if h := t.Host.DNS; h != "" && h[0] != '*' && !slices.Contains(hosts, h) {
				hosts = append(hosts, h)
			}
		}
	}
	served = slices.ContainsFunc(hosts, func(h string) bool { return proxy.Entrance(l.Port, h) != nil })
	if !served || tables == 0 {
		if served != (tables > 0) {
			return []string{fmt.Sprintf("port %d: the proxy serves it: %v, and the model: %v", l.Port, served, tables > 0)}, served
		}
		return nil, served
	}
	m := spread(w.model)
	for i, host := range hosts {
		out := proxy.Entrance(l.Port, host)
		if out == nil && i < strangers {
			continue
		}
		if out == nil {
			wrong = append(wrong, fmt.Sprintf("port %d: the proxy does not serve %s", l.Port, host))
			continue
		}
		var exprs []match.Expr
		for _, t := range m.Routing {
			if t.Entry == e.Name && t.Port == l.Port {
				for _, r := range t.Rules {
					exprs = append(exprs, r.When)
				}
			}
		}
		known := new(match.Request).Set(match.Host, "", host).Set(match.Authority, "", host)
		questions := samples(exprs, known, out.HTTP())
		for _, q := range w.more {
			if out.HTTP() {
				questions = append(questions, onto(known, q))
			}
		}
		for _, q := range questions {
			q.Set(match.Host, "", host).Set(match.Authority, "", host)
			r := decide.Request{Entry: e.Name, Host: intent.Host{DNS: host}, Port: l.Port, At: *q}
			got, a := decide.Run(m, r), out.Decide(headers(q))
			n.routed, n.shares = n.routed+1, n.shares+len(a.Shares)
			if why := w.differ(r, got, a); why != "" {
				wrong = append(wrong, fmt.Sprintf("at port %d to %s %v: %s", l.Port, host, headers(q), why))
			}
		}
	}
	return wrong, served
}
