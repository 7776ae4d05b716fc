package decide

import (
	"fmt"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// BenchmarkServices compares models of 1,000 services with ten routing rules and
// ten allow rules each: with a copy that is written in another order, which is the
// same, and with one in which a single rule of each service lets in more.
func BenchmarkServices(b *testing.B) {
	const services, rules = 1000, 10
	a := manyServices(services, rules, func(*intent.Model) {})
	for _, with := range []struct {
		name   string
		change func(*intent.Model)
		want   Verdict
	}{
		{"same", func(m *intent.Model) { turnAround(m) }, Same},
		{"wider", func(m *intent.Model) { turnAround(m); openEach(m) }, Wider},
	} {
		x := manyServices(services, rules, with.change)
		b.Run(with.name, func(b *testing.B) {
			for b.Loop() {
				if r := Compare(a, x, Options{Defaults: true}); r.Verdict != with.want {
					b.Fatal(r.Verdict, r.Differences[:min(1, len(r.Differences))])
				}
			}
		})
	}
}

// manyServices is a mesh of services, each with a table of as many disjoint rules
// and with as many allow rules.
func manyServices(services, rules int, change func(*intent.Model)) *intent.Model {
	m := &intent.Model{Env: intent.Defaults()}
	for i := range services {
		name := intent.Name{Namespace: fmt.Sprintf("team-%d", i/20), Name: fmt.Sprintf("svc-%d", i)}
		subject := match.And{match.Atom{Field: match.Namespace, Value: name.Namespace}, match.Atom{Field: match.Label, Key: "app", Value: name.Name}}
		m.Inventory.Services = append(m.Inventory.Services, &intent.Service{
			Name: name, Selector: []intent.Pair{{Key: "app", Value: name.Name}}, Ports: []intent.ServicePort{{Port: 80, Target: 8080}},
		})
		t := &intent.Routing{Host: intent.Host{Service: name}, Else: intent.Passthrough{}}
		for j := range rules {
			when := match.And{match.Atom{Field: match.Path, Op: match.Segments, Value: fmt.Sprintf("/api/v%d", j)}, match.Atom{Field: match.Method, Value: "GET"}}
			to := intent.Backend{Host: intent.Host{Service: intent.Name{Namespace: name.Namespace, Name: fmt.Sprintf("svc-%d", i/20*20+j)}}, Port: 80, Weight: 1}
			t.Rules = append(t.Rules, intent.Rule{When: when, Then: intent.Forward{To: []intent.Backend{to}}})
			m.Access = append(m.Access, &intent.Access{
				Scope: intent.Scope{Subject: subject}, Effect: intent.Allow,
				When: match.And{match.Atom{Field: match.ClientNamespace, Value: name.Namespace}, match.Atom{Field: match.ClientAccount, Value: fmt.Sprintf("svc-%d", j)}, when},
			})
		}
		m.Routing = append(m.Routing, t)
		m.Default = append(m.Default, &intent.Default{Scope: intent.Scope{Subject: subject}, Effect: intent.Deny})
	}
	change(m)
	return m
}

// turnAround writes rules that exclude each other in the reverse order.
func turnAround(m *intent.Model) {
	for _, t := range m.Routing {
		for i, j := 0, len(t.Rules)-1; i < j; i, j = i+1, j-1 {
			t.Rules[i], t.Rules[j] = t.Rules[j], t.Rules[i]
		}
	}
	for i, j := 0, len(m.Access)-1; i < j; i, j = i+1, j-1 {
		m.Access[i], m.Access[j] = m.Access[j], m.Access[i]
	}
}

// openEach drops the condition on the client of every tenth allow rule.
func openEach(m *intent.Model) {
	for i := 0; i < len(m.Access); i += 10 {
		m.Access[i].When = m.Access[i].When.(match.And)[2]
	}
}

// BenchmarkRules compares a table of a hundred rules that ask for eight fields each
// with one in which a rule in the middle answers otherwise, and with one in which
// each rule asks for its fields in another order. From the sixtieth on the rules
// are shadowed.
func BenchmarkRules(b *testing.B) {
	a, same, other := wideTable(), wideTable(), wideTable()
	for i := range same.Routing[0].Rules {
		r := &same.Routing[0].Rules[i]
		and := r.When.(match.And)
		r.When = append(append(match.And{}, and[4:]...), and[:4]...)
	}
	other.Routing[0].Rules[50].Then = intent.Respond{Status: 404}
	for _, with := range []struct {
		name string
		b    *intent.Model
		want Verdict
	}{{"same", same, Same}, {"different", other, Different}} {
		b.Run(with.name, func(b *testing.B) {
			for b.Loop() {
				if r := Compare(a, with.b, Options{Defaults: true}); r.Verdict != with.want {
					b.Fatal(r.Verdict)
				}
			}
		})
	}
}

// wideTable has a hundred rules by eight fields, of which many overlap.
func wideTable() *intent.Model {
	m := &intent.Model{Env: intent.Defaults()}
	t := &intent.Routing{Host: intent.Host{Service: intent.Name{Namespace: "shop", Name: "web"}}, Else: intent.Passthrough{}}
	methods := []string{"GET", "POST", "PUT", "DELETE"}
	for i := range 100 {
		and := match.And{
			match.Atom{Field: match.Path, Op: match.Segments, Value: fmt.Sprintf("/shop/%d", i%10)},
			match.Atom{Field: match.Method, Value: methods[i%len(methods)]},
			match.Atom{Field: match.Authority, Value: fmt.Sprintf("h%d.example.com", i%5)},
		}
		for j := range 3 {
			and = append(and, match.Atom{Field: match.Header, Key: fmt.Sprintf("x-h%d", j), Value: fmt.Sprint(i % (j + 2))})
		}
		for j := range 2 {
			and = append(and, match.Atom{Field: match.Query, Key: fmt.Sprintf("q%d", j), Op: match.Prefix, Value: fmt.Sprint(i % (j + 3))})
		}
		t.Rules = append(t.Rules, intent.Rule{When: and, Then: intent.Respond{Status: 200 + i}})
	}
	m.Routing = append(m.Routing, t)
	return m
}
