package gatewayapi

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
)

// What legalization makes of tables in which rules are taken as listed is
// written and reads back with the same meaning, for every version. Enough of
// the tables must survive legalization for that to say something.
func TestLegalTablesReadBack(t *testing.T) {
	const rounds = 120
	for _, version := range versions {
		tgt, _ := target(version)
		r := rand.New(rand.NewPCG(7, 8))
		tables, written := 0, 0
		for range rounds {
			m := randomModel(r)
			tables += len(m.Routing)
			fit, _ := legal.Legalize(m, tgt, legal.Options{})
			if err := legal.Verify(fit, tgt); err != nil {
				t.Fatalf("%s: %v\n%s", version, err, intent.Print(fit))
			}
			written += len(fit.Routing)
			checkReadBack(t, version, fit)
			if t.Failed() {
				return
			}
		}
		t.Logf("%s: %d of %d tables are written", version, written, tables)
		if written*4 < tables {
			t.Errorf("%s: only %d of %d tables are written", version, written, tables)
		}
	}
}

func checkReadBack(t *testing.T, version string, fit *intent.Model) {
	t.Helper()
	text := writtenModel(t, fit, version)
	in := input(t, version, text)
	in.Inventory, in.Env = &fit.Inventory, fit.Env
	back, diags := read(in)
	if r := decide.Compare(fit, back, decide.Options{Defaults: true}); r.Verdict != decide.Same {
		t.Errorf("%s is %s: %+v\n--- legal\n%s\n--- written\n%s\n--- read\n%s%v", version, r.Verdict, r.Differences, intent.Print(fit), text, intent.Print(back), diags)
	}
}

// randomModel is one or two tables of a Service, or of an entry, with rules of
// all kinds.
func randomModel(r *rand.Rand) *intent.Model {
	m := &intent.Model{Env: intent.Defaults()}
	for _, name := range []string{"a", "b", "c", "cart"} {
		m.Inventory.Services = append(m.Inventory.Services, &intent.Service{
			Name: intent.Name{Namespace: "shop", Name: name}, Ports: []intent.ServicePort{{Port: 80, Target: 80}, {Port: 81, Target: 81}}, Selector: []intent.Pair{{Key: "app", Value: name}},
		})
	}
	table := &intent.Routing{Home: &intent.Home{Namespace: "shop", Name: "cart"}, Host: service("shop", "cart"), Else: notFound}
	if r.IntN(2) == 0 {
		table.Port = 80
	}
	for i := range 1 + r.IntN(5) {
		table.Rules = append(table.Rules, randomRule(r, i))
	}
	if r.IntN(5) == 0 && table.Port != 0 {
		table.Else = intent.Passthrough{}
	}
	m.Routing = []*intent.Routing{table}
	switch r.IntN(6) {
	case 0:
		consumer := table.Clone()
		consumer.Home = &intent.Home{Namespace: "web", Name: "cart"}
		consumer.Scope.Client = match.Atom{Field: match.ClientNamespace, Op: match.Exact, Value: "web"}
		consumer.Rules = []intent.Rule{randomRule(r, 9)}
		m.Routing = []*intent.Routing{consumer, table}
	case 1:
		name := intent.Name{Namespace: "infra", Name: "gw"}
		m.Entries = []*intent.Entry{{Name: name, Class: "istio", Listeners: []intent.Listener{{Name: "http", Port: 80, Protocol: "HTTP", Routes: "All"}}}}
		table.Entry, table.Host, table.Port, table.Else = name, intent.Host{DNS: "a.example.com"}, 80, notFound
		other := table.Clone()
		other.Host.DNS = "*"
		m.Routing = append(m.Routing, other)
	}
	return m
}

func randomRule(r *rand.Rand, i int) intent.Rule {
	rule := intent.Rule{When: randomPredicate(r), Then: to([]string{"a", "b", "c"}[r.IntN(3)])}
	if r.IntN(3) == 0 {
		rule.Name = fmt.Sprint("rule-", i)
	}
	switch r.IntN(8) {
	case 0:
		rule.Then = intent.Redirect{Status: 301, Host: "x.example.com", Path: &intent.PathRewrite{Kind: intent.FullPath, Replace: "/new"}}
	case 1:
		rule.Then = intent.Forward{To: []intent.Backend{{Host: service("shop", "a"), Port: 80, Weight: 3}, {Host: service("shop", "b"), Port: 81, Weight: 1}}}
	}
	if _, ok := rule.Then.(intent.Forward); ok {
		randomExtras(r, &rule)
	}
	return rule
}

func randomExtras(r *rand.Rand, rule *intent.Rule) {
	h := func(op intent.HeaderOp) intent.Step {
		return intent.Headers{Op: op, On: intent.Message(r.IntN(2)), Name: []string{"x-a", "x-b"}[r.IntN(2)], Value: "1"}
	}
	second := time.Duration(1+r.IntN(3)) * time.Second
	switch r.IntN(9) {
	case 0:
		rule.Steps = []intent.Step{h(intent.RemoveHeader), h(intent.SetHeader), h(intent.AddHeader)}
		for i := range rule.Steps {
			s := rule.Steps[i].(intent.Headers)
			if s.Op == intent.RemoveHeader {
				s.Value = ""
			}
			rule.Steps[i] = s
		}
	case 1:
		rule.Steps = []intent.Step{intent.Mirror{To: intent.Backend{Host: service("shop", "b"), Port: 80}, Percent: 12.5}}
	case 2:
		rule.Steps = []intent.Step{intent.Rewrite{Host: "y.example.com"}}
	case 3:
		rule.Timeout = &intent.Timeout{Request: &second}
	case 4:
		rule.Retry = &intent.Retry{Attempts: 2, On: []intent.RetryOn{"503", intent.OnConnectFailure}, PerTry: &second}
	case 5:
		rule.Steps = []intent.Step{intent.Delay{Fixed: second, Percent: 10}}
	}
}

// randomPredicate is an Or of conjunctions of all kinds of conditions.
func randomPredicate(r *rand.Rand) match.Expr {
	one := func() match.Expr {
		all := []match.Expr{randomLine(r)}
		switch r.IntN(12) {
		case 0:
			all = []match.Expr{path(match.Prefix, "/a")}
		case 1:
			all = []match.Expr{match.Atom{Field: match.Path, Op: match.Exact, Value: "/a/B", Fold: true}}
		case 2:
			all = append(all, match.Atom{Field: match.Header, Key: "z", Op: match.Present})
		case 3:
			all = append(all, match.Atom{Field: match.Header, Key: "z", Op: match.Prefix, Value: "v"})
		case 4:
			if r.IntN(4) == 0 {
				all = append(all, match.Not{X: header("z", "1")})
			}
		case 5:
			all = append(all, match.Atom{Field: match.ServicePort, Op: match.Exact, Value: "80"})
		}
		return match.Conj(all...)
	}
	if r.IntN(3) == 0 {
		return match.Disj(one(), one())
	}
	return one()
}

// writtenModel is written, without the Services that stand in the inventory.
func writtenModel(t *testing.T, m *intent.Model, version string) string {
	t.Helper()
	c := *m
	c.Leaves = slices.Clone(m.Leaves)
	return written(t, &c, version)
}
