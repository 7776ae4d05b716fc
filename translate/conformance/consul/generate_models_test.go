package consul

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// model is a random set of facts about admission, beside two Services of one
// namespace and one of another.
func (g *generator) model(policy string) *intent.Model {
	m := &intent.Model{Env: input{}.under(policy), Transport: []*intent.Transport{{Mode: intent.Strict}, {Side: intent.Dialled, Mode: intent.Auto}}}
	m.Baseline.Paths = intent.PathDots
	for _, s := range []intent.Name{{Namespace: "depot", Name: g.name("stock")}, {Namespace: "shop", Name: g.name("cart")}, {Namespace: "shop", Name: g.name("web")}} {
		app := []intent.Pair{{Key: "app", Value: s.Name}}
		m.Inventory.Services = append(m.Inventory.Services, &intent.Service{Name: s, Selector: app, Ports: []intent.ServicePort{{Name: "http", Port: 80, Target: 8080}}})
		m.Inventory.Workloads = append(m.Inventory.Workloads, &intent.Workload{
			Name: s, Kind: "Deployment", Account: s.Name, Labels: app, Ports: []intent.WorkloadPort{{Name: "http", Port: 8080}},
		})
	}
	validates := policy == "deny" && !g.in(4) || g.in(4)
	if validates {
		m.Tokens = g.tokens()
	}
	for range 1 + g.IntN(4) {
		a := &intent.Access{Scope: intent.Scope{Subject: g.subject()}, Effect: intent.Effect(g.IntN(3) / 2), When: match.Conj(g.caller(), g.condition())}
		if validates && !g.in(4) {
			a.When = match.Conj(a.When, g.token())
		}
		m.Access = append(m.Access, a)
	}
	if validates && g.in(3) {
		m.Access = append(m.Access, &intent.Access{Scope: intent.Scope{Subject: g.subject()}, Effect: intent.Deny, When: match.Not{X: anyToken}})
	}
	m.Default = []*intent.Default{{Effect: intent.Effect(g.IntN(2))}}
	return m
}

func is(f match.Field, v string) match.Atom { return match.Atom{Field: f, Value: v} }

func (g *generator) subject() match.Expr {
	app := match.Atom{Field: match.Label, Key: "app", Value: g.name(g.one("cart", "web", "stock"))}
	switch g.IntN(5) {
	case 0:
		return nil
	case 1:
		return is(match.Namespace, "shop")
	}
	return match.And{is(match.Namespace, map[string]string{g.name("stock"): "depot"}[app.Value]+map[bool]string{true: "shop"}[app.Value != g.name("stock")]), app}
}

func (g *generator) caller() match.Expr {
	account := match.And{is(match.ClientNamespace, "shop"), is(match.ClientAccount, g.name(g.one("cart", "web")))}
	switch g.IntN(6) {
	case 0:
		return match.True
	case 1:
		return is(match.ClientNamespace, g.one("shop", "depot"))
	case 2:
		return match.Not{X: account}
	case 3:
		return match.Atom{Field: match.ClientAccount, Op: match.Present}
	}
	return account
}

func (g *generator) condition() match.Expr {
	header := match.Atom{Field: match.Header, Key: g.one("x-a", "x-b"), Value: g.one("a", "b"), Op: []match.Op{match.Exact, match.Prefix, match.Suffix, match.Present}[g.IntN(4)]}
	path := match.Atom{Field: match.Path, Value: g.one("/a", "/a/b", "/b"), Op: []match.Op{match.Exact, match.Prefix, match.Segments}[g.IntN(3)]}
	var all match.And
	if g.in(2) {
		all = append(all, g.maybeNot(path))
	}
	if g.in(3) {
		all = append(all, match.Or{is(match.Method, "GET"), is(match.Method, g.one("PUT", "POST"))})
	}
	if g.in(3) {
		all = append(all, g.maybeNot(header))
	}
	if g.in(12) {
		all = append(all, match.Atom{Field: match.Query, Key: "q", Value: "1"})
	}
	if len(all) == 0 {
		return match.True
	}
	return match.And{is(match.Protocol, "http"), all}
}

func (g *generator) maybeNot(e match.Expr) match.Expr {
	if g.in(4) {
		return match.Not{X: e}
	}
	return e
}

// anyToken holds for requests with a valid token.
var anyToken = match.Atom{Field: match.Token, Key: "principal", Op: match.Regex, Value: ".+"}

// tokens are sets of accepted issuers.
func (g *generator) tokens() (out []*intent.Tokens) {
	for range 1 + g.IntN(2) {
		t := &intent.Tokens{Home: &intent.Home{Namespace: "shop", Name: g.name("login")}, Scope: intent.Scope{Subject: g.subject()}}
		t.Rules = append(t.Rules, intent.TokenRule{Issuer: "https://login", JWKS: `{"keys":[]}`})
		if g.in(2) {
			t.Rules[0].Audiences = []string{"shop"}
		}
		if g.in(2) {
			t.Rules = append(t.Rules, intent.TokenRule{Issuer: "https://other", JWKS: `{"keys":[]}`})
		}
		out = append(out, t)
	}
	return out
}

// token is a condition on the token.
func (g *generator) token() match.Expr {
	claim := match.Atom{Field: match.Token, Key: "claim:" + g.one("team", "role"), Value: g.one("blue", "red")}
	switch g.IntN(6) {
	case 0:
		return match.And{anyToken, claim}
	case 1:
		return claim
	case 2:
		return match.Atom{Field: match.Token, Key: "principal", Op: match.Prefix, Value: g.one("https://login/", "https://other/")}
	case 3:
		return match.Atom{Field: match.Token, Key: "principal", Value: g.one("https://login/ann", "https://login/bob")}
	}
	return g.maybeNot(anyToken)
}
