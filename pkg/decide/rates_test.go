package decide

import (
	"strings"
	"testing"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// rated is a limit of so many requests a second at cart.
func rated(n int, per intent.RatePer, when match.Expr) *intent.RateLimit {
	return &intent.RateLimit{Scope: inShop("cart"), Per: per, When: when, Requests: n, Interval: time.Second, Burst: n}
}

func from(account string) match.Expr {
	return match.And{atom(match.ClientNamespace, match.Exact, "web"), atom(match.ClientAccount, match.Exact, account)}
}

// Buckets are compared by what draws from them, and told with a request that shows
// a difference.
func TestRatesAreCompared(t *testing.T) {
	total, each := rated(9, intent.PerWorkload, nil), rated(5, intent.PerClient, nil)
	a, b := from("a"), from("b")
	denied := rated(9, intent.PerWorkload, nil)
	denied.Denied = true
	minute := rated(9, intent.PerWorkload, nil)
	minute.Requests, minute.Interval = 540, time.Minute
	burst := rated(9, intent.PerWorkload, nil)
	burst.Burst = 540
	open := func(m *intent.Model) { m.Access, m.Default, m.Transport = nil, nil, nil }
	strict := func(m *intent.Model) { m.Access, m.Default = nil, nil }
	plain := func(m *intent.Model) {
		open(m)
		m.Transport = []*intent.Transport{{Mode: intent.Plain}}
	}
	closed := func(m *intent.Model) { m.Access = nil }
	type rates = []*intent.RateLimit
	for name, c := range map[string]struct {
		a, b  rates
		of    func(*intent.Model)
		same  bool
		shows string // in the witness
	}{
		"none":                           {nil, nil, open, true, ""},
		"one and none":                   {rates{total}, nil, open, false, "curl http://cart.shop:80/ by any client"},
		"one and none where none get in": {rates{total}, nil, closed, true, ""},
		"other rate":                     {rates{total}, rates{rated(8, intent.PerWorkload, nil)}, open, false, "curl"},
		"the same in a minute":           {rates{total}, rates{minute}, open, true, ""},
		"another burst":                  {rates{total}, rates{burst}, open, false, "curl"},
		"of some requests":               {rates{total}, rates{rated(9, intent.PerWorkload, path(match.Prefix, "/a"))}, open, false, "http://cart.shop:80/ "},
		"of each client":                 {rates{rated(9, intent.PerClient, nil)}, rates{total}, open, false, "curl"},
		"of each client, in two parts":   {rates{each}, rates{rated(5, intent.PerClient, a), rated(5, intent.PerClient, match.Negate(a))}, open, true, ""},
		"one bucket in two parts":        {rates{total}, rates{rated(9, intent.PerWorkload, a), rated(9, intent.PerWorkload, match.Negate(a))}, open, false, "curl"},
		"two share one":                  {rates{rated(9, intent.PerWorkload, match.Or{a, b})}, rates{rated(9, intent.PerWorkload, a), rated(9, intent.PerWorkload, b)}, open, false, "web/"},
		"apart, open":                    {rates{total}, rates{rated(9, intent.PerSecurity, nil)}, open, false, "curl"},
		"apart, strict":                  {rates{total}, rates{rated(9, intent.PerSecurity, nil)}, strict, true, ""},
		"apart, plain":                   {rates{total}, rates{rated(9, intent.PerSecurity, nil)}, plain, true, ""},
		"apart, identified":              {rates{total}, rates{rated(9, intent.PerSecurity, nil)}, func(*intent.Model) {}, true, ""},
		"each client, plain":             {rates{total}, rates{rated(9, intent.PerClient, nil)}, plain, true, ""},
		"denied too, open":               {rates{total}, rates{denied}, open, true, ""},
		"denied too":                     {rates{total}, rates{denied}, func(*intent.Model) {}, false, "curl"},
		"another order":                  {rates{total, each}, rates{each, total}, open, false, "curl"},
		"another order apart":            {rates{rated(1, 0, a), rated(2, 0, b)}, rates{rated(2, 0, b), rated(1, 0, a)}, open, true, ""},
	} {
		x, y := shop(), shop()
		c.of(x)
		c.of(y)
		x.Rates, y.Rates = c.a, c.b
		r := Compare(x, y, Options{Defaults: true})
		if same := r.Verdict == Same; same != c.same {
			t.Errorf("%s: %s: %+v", name, r.Verdict, r.Differences)
			continue
		}
		for _, d := range r.Differences {
			if d.Aspect != intent.Rating || d.Verdict != Different || !strings.Contains(d.Witness, c.shows) {
				t.Errorf("%s: %s %s, witness %q", name, d.Aspect, d.Verdict, d.Witness)
			}
		}
		if back := Compare(y, x, Options{Defaults: true}); back.Verdict != r.Verdict {
			t.Errorf("%s: %s, and the other way round %s", name, r.Verdict, back.Verdict)
		}
	}
}

// A request draws from the limits that cover it if it is let in.
func TestRatesOfARequest(t *testing.T) {
	m := shop()
	m.Rates = []*intent.RateLimit{rated(9, intent.PerWorkload, nil), rated(5, intent.PerClient, atom(match.Method, match.Exact, "GET"))}
	get := new(match.Request).Set(match.Namespace, "", "shop").Set(match.Label, "app", "cart").Set(match.Protocol, "", "http").
		Set(match.Method, "", "GET").Set(match.Path, "", "/cart/1").Set(match.ClientNamespace, "", "web").Set(match.ClientAccount, "", "a")
	for _, c := range []struct {
		q    *match.Request
		want int
	}{
		{get, 2}, {get.Clone().Set(match.Method, "", "POST"), 1}, {get.Clone().Set(match.Path, "", "/"), 0},
		{get.Clone().Set(match.Protocol, "", "tcp"), 0}, {get.Clone().Set(match.Label, "app", "pay"), 0},
	} {
		if got := Rates(m, c.q, NoToken); len(got) != c.want {
			t.Errorf("%v: %d limits, want %d", c.q, len(got), c.want)
		}
	}
	m.Rates[0].Denied = true
	if got := Rates(m, get.Clone().Set(match.Path, "", "/"), NoToken); len(got) != 1 {
		t.Errorf("%d limits count what is denied, want 1", len(got))
	}
}
