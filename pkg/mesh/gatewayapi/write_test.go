package gatewayapi

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// written prints a model for a version.
func written(t testing.TB, m *intent.Model, version string) string {
	t.Helper()
	tgt, ok := target(version)
	if !ok {
		t.Fatal("no target")
	}
	var b bytes.Buffer
	if err := manifest.WriteYAML(&b, write(m, tgt)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func service(ns, name string) intent.Host {
	return intent.Host{Service: intent.Name{Namespace: ns, Name: name}}
}

func to(hosts ...string) intent.Action {
	var f intent.Forward
	for _, h := range hosts {
		f.To = append(f.To, intent.Backend{Host: service("shop", h), Port: 80, Weight: 1})
	}
	return f
}

var notFound = intent.Respond{Status: 404}

// A Service with rules for all ports and other rules for one is written with
// the ports that it has, since a route without a port would reach into both.
func TestPortsStayApart(t *testing.T) {
	m := intent.Model{Routing: []*intent.Routing{
		{Host: service("shop", "cart"), Rules: []intent.Rule{{Then: to("a")}}, Else: notFound},
		{Host: service("shop", "cart"), Port: 80, Rules: []intent.Rule{{Then: to("b")}}, Else: notFound},
	}}
	m.Inventory.Services = []*intent.Service{{Name: intent.Name{Namespace: "shop", Name: "cart"}, Ports: []intent.ServicePort{{Port: 80}, {Port: 90}, {Port: 91}}}}
	back, _ := read(input(t, "1.6", written(t, &m, "1.6")))
	if got, want := tablesText(back), "shop/cart port 80: b\nshop/cart port 90: a\nshop/cart port 91: a"; got != want {
		t.Errorf("got\n%s", got)
	}
}

// Header steps on one header come to what the last of them leave.
func TestNetHeaders(t *testing.T) {
	h := func(op intent.HeaderOp, v string) intent.Step { return intent.Headers{Op: op, Name: "x", Value: v} }
	const set, add, remove = intent.SetHeader, intent.AddHeader, intent.RemoveHeader
	tests := []struct {
		name  string
		steps []intent.Step
		want  []intent.Step
		// one is what one filter of Linkerd says, which adds before it sets.
		one []intent.Step
	}{
		{"remove then set", []intent.Step{h(remove, ""), h(set, "a")}, []intent.Step{h(set, "a")}, []intent.Step{h(set, "a")}},
		{"set then remove", []intent.Step{h(set, "a"), h(remove, "")}, []intent.Step{h(remove, "")}, []intent.Step{h(remove, "")}},
		{"remove then add", []intent.Step{h(remove, ""), h(add, "a")}, []intent.Step{h(set, "a")}, []intent.Step{h(set, "a")}},
		{"set then add", []intent.Step{h(set, "a"), h(add, "b")}, []intent.Step{h(set, "a"), h(add, "b")}, []intent.Step{h(set, "a,b")}},
		{"add twice", []intent.Step{h(add, "a"), h(add, "b")}, []intent.Step{h(add, "a"), h(add, "b")}, []intent.Step{h(add, "a,b")}},
		{"add then set", []intent.Step{h(add, "a"), h(set, "b")}, []intent.Step{h(set, "b")}, []intent.Step{h(set, "b")}},
	}
	for _, tt := range tests {
		plain := func(hs []intent.Headers) (out []intent.Step) {
			for _, s := range hs {
				s.From = nil
				out = append(out, s)
			}
			return out
		}
		if got := plain(NetHeaders(tt.steps, intent.OnRequest)); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v", tt.name, got)
		}
		if got := plain(linkerdDialect.headers(tt.steps, intent.OnRequest)); !reflect.DeepEqual(got, tt.one) {
			t.Errorf("%s, in one filter: %+v", tt.name, got)
		}
	}
}

// Cookies are not joined: a filter adds one.
func TestCookies(t *testing.T) {
	cookie := func(v string) intent.Step {
		return intent.Headers{On: intent.OnResponse, Op: intent.AddHeader, Name: "set-cookie", Value: v}
	}
	if specDialect.steps([]intent.Step{cookie("a=1")}) != "" || specDialect.steps([]intent.Step{cookie("a=1"), cookie("b=2")}) == "" {
		t.Error("a filter adds one cookie, and no more")
	}
}

// What is written for an implementation reads back, by the same implementation,
// as tables that treat every request alike.
func TestWrittenTablesReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	dialects := map[string]Dialect{"istio": istioDialect, "cilium": ciliumDialect, "linkerd": linkerdDialect}
	for round := range 150 {
		for version, d := range dialects {
			lines := make([]Line, 1+r.IntN(7))
			home := &intent.Home{Namespace: "shop", Name: "cart"}
			for i := range lines {
				lines[i].Index, lines[i].route = i, &Route{Home: home}
				lines[i].Rule = intent.Rule{When: randomLine(r), Then: to(string(rune('a' + r.IntN(3))))}
			}
			d.Disagree = nil
			ranking := ranking{d: d}
			rules := ranking.rules(lines)
			if !sayable(rules) {
				continue
			}
			m := intent.Model{Routing: []*intent.Routing{{Home: home, Host: service("shop", "cart"), Port: 80, Rules: rules, Else: notFound}}}
			text := written(t, &m, version)
			back, _ := read(input(t, version, text))
			for range 40 {
				q := randomRequest(r)
				if a, b := answer(m.Routing[0], q), answer(back.Routing[0], q); a != b {
					t.Fatalf("round %d, %s: %s gets %s, then %s\n%s%s%s", round, version, q, a, b, text, intent.Print(&m), intent.Print(back))
				}
			}
		}
	}
}

// sayable reports whether no rule has lost a part that needs a negation.
func sayable(rules []intent.Rule) bool {
	ok := true
	for _, r := range rules {
		match.Atoms(r.When, func(_ match.Atom, negated bool) { ok = ok && !negated })
	}
	return ok
}

func answer(t *intent.Routing, q *match.Request) string {
	for i := range t.Rules {
		if match.Eval(t.Rules[i].When, q) {
			return t.Rules[i].Answer()
		}
	}
	return "404"
}

func TestDurations(t *testing.T) {
	for in, want := range map[string]string{
		"0s": "0s", "1m30s": "90s", "1h": "1h", "1500ms": "1500ms", "100h": "100h", "27h46m40s1ms": "27h46m40s1ms",
	} {
		n := input(t, "1.6", onService("HTTPRoute", "  - timeouts: {request: "+in+"}\n    backendRefs: [{name: a, port: 80}]"))
		m, diags := read(n)
		if len(diags) > 0 {
			t.Errorf("%s: %v", in, diags)
			continue
		}
		if got := FormatDuration(*m.Routing[0].Rules[0].Timeout.Request); got != want {
			t.Errorf("%s is written %s, want %s", in, got, want)
		}
	}
}
