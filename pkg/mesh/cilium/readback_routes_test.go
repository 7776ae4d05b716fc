package cilium

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

func (r random) routeMatch() match.Expr {
	and := match.And{match.Atom{Field: match.Path, Op: oneOf(r, match.Exact, match.Prefix, match.Segments, match.Regex), Value: oneOf(r, "/a", "/a/b", "/c.d", "/")}}
	if r.chance(3) {
		and = and[:0]
	}
	if r.chance(3) {
		and = append(and, is(match.Method, oneOf(r, "GET", "PUT")))
	}
	if r.chance(3) {
		and = append(and, orNot(match.Atom{Field: match.Header, Key: "x-h", Op: oneOf(r, match.Exact, match.Prefix, match.Regex, match.Present), Value: oneOf(r, "v", "w.+")}, r.chance(3)))
	}
	if r.chance(5) {
		and = append(and, match.Atom{Field: match.Query, Key: "q", Op: oneOf(r, match.Exact, match.Present), Value: "1"})
	}
	if r.chance(6) {
		and = append(and, is(match.Host, "a.io"))
	}
	return match.Simplify(and)
}

func (r random) duration() *time.Duration {
	d := oneOf(r, 0, time.Second, 1500*time.Millisecond, time.Minute)
	return &d
}

func (r random) steps() (out []intent.Step) {
	if r.chance(3) {
		out = append(out, intent.Headers{On: oneOf(r, intent.OnRequest, intent.OnResponse), Op: oneOf(r, intent.SetHeader, intent.AddHeader, intent.RemoveHeader), Name: "x-n", Value: oneOf(r, "1", "50%")})
	}
	if r.chance(4) {
		out = append(out, intent.Rewrite{Host: oneOf(r, "", "b.io"), Path: oneOf(r,
			&intent.PathRewrite{Kind: intent.FullPath, Replace: "/new"}, &intent.PathRewrite{Kind: intent.RegexPath, Match: "/x/(.*)", Replace: `/\1`})})
	}
	if r.chance(5) {
		out = append(out, intent.Delay{Fixed: time.Second, Percent: oneOf(r, 1.0, 12.5, 100)})
	}
	if r.chance(5) {
		out = append(out, intent.Abort{Status: 503, Percent: oneOf(r, 0.1, 50)})
	}
	if r.chance(5) {
		out = append(out, intent.Mirror{To: cart(81), Percent: oneOf(r, 10.0, 100)})
	}
	return out
}

func (r random) rule() intent.Rule {
	rule := intent.Rule{When: r.routeMatch(), Steps: r.steps(), Then: to(cart(80))}
	switch r.IntN(8) {
	case 0:
		heavy := cart(81)
		heavy.Weight = 3
		rule.Then = to(cart(80), heavy)
	case 1:
		rule.Steps, rule.Then = nil, intent.Redirect{Status: oneOf(r, 301, 307), Scheme: oneOf(r, "", "https"), Host: oneOf(r, "", "c.io"), Port: oneOf(r, 0, 8443)}
	case 2:
		rule.Steps, rule.Then = nil, intent.Respond{Status: 418, Body: "no"}
	case 3:
		rule.Then = intent.Passthrough{}
	}
	if r.chance(3) {
		rule.Timeout = &intent.Timeout{Request: r.duration()}
	}
	if r.chance(3) {
		rule.Retry = &intent.Retry{Attempts: 1 + r.IntN(3), On: []intent.RetryOn{oneOf[intent.RetryOn](r, "5xx", "503", "grpc:unavailable")}, PerTry: oneOf(r, nil, r.duration())}
	}
	return rule
}

func (r random) upstream() *intent.Upstream {
	n, yes := 1+r.IntN(9), true
	u := &intent.Upstream{Host: cart(0).Host, Port: oneOf(r, 0, 80)}
	switch r.IntN(4) {
	case 0:
		u.Limits = &intent.Limits{MaxConnections: &n, ConnectTimeout: r.duration(), HTTPIdle: r.duration(), MaxPerConnection: &n}
	case 1:
		u.Outlier = &intent.Outlier{Consecutive5xx: &n, BaseEjection: r.duration(), MaxPercent: &n, SplitLocal: &yes}
	case 2:
		u.Balance = &intent.Balance{Policy: oneOf(r, intent.Random, intent.LeastRequest)}
	case 3:
		u.Balance = &intent.Balance{Policy: intent.Consistent, Hash: &intent.Hash{Header: "x-h", Table: "maglev:101"}}
	}
	return u
}

// Whatever is routed, what is written reads back as what was to be written.
func TestRandomRoutes(t *testing.T) {
	service := func(name string) *intent.Service {
		return &intent.Service{Name: intent.Name{Namespace: "shop", Name: name}, Selector: []intent.Pair{{Key: "app", Value: name}}, Ports: []intent.ServicePort{{Name: "http", Port: 80}, {Name: "http-alt", Port: 81}}}
	}
	routes, configs := 0, 0
	for seed := range uint64(300) {
		r := random{rand.New(rand.NewPCG(11, seed))}
		m := &intent.Model{Env: intent.Defaults(), Default: []*intent.Default{{Effect: intent.Allow}}}
		m.Inventory.Services = []*intent.Service{service("cart"), service("web")}
		tb := table()
		tb.Port = oneOf(r, 0, 80)
		for range 1 + r.IntN(4) {
			rule := r.rule()
			if seed%2 == 0 { // as far as routes of the Gateway API say it
				rule.When = match.Atom{Field: match.Path, Op: match.Segments, Value: oneOf(r, "/a", "/a/b")}
				rule.Steps, rule.Retry = nil, nil
			}
			tb.Rules = append(tb.Rules, rule)
		}
		if r.chance(3) {
			tb.Else = intent.Passthrough{}
		}
		m.Routing = append(m.Routing, tb)
		if r.chance(3) {
			m.Upstream = append(m.Upstream, r.upstream())
		}
		checkReadBack(t, m)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
		fit, tgt, _ := fitted(t, m, "")
		text := writtenText(t, write(fit, tgt))
		routes, configs = routes+strings.Count(text, "kind: HTTPRoute"), configs+strings.Count(text, "kind: CiliumEnvoyConfig")
	}
	if routes < 20 || configs < 50 {
		t.Errorf("%d HTTPRoutes and %d CiliumEnvoyConfigs are too few", routes, configs)
	}
}
