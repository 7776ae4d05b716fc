package decide

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Policies of callers are compared client by client: the first that is about a
// client decides, whatever the others are about.
func TestCallersPoliciesDependOnTheClient(t *testing.T) {
	limit := func(n int, client match.Expr) *intent.Upstream {
		return &intent.Upstream{Host: cart, Scope: intent.Scope{Client: client}, Limits: &intent.Limits{MaxPending: &n}}
	}
	web, account := atom(match.ClientNamespace, match.Exact, "web"), atom(match.ClientAccount, match.Exact, "a")
	with := func(us ...*intent.Upstream) *intent.Model { return &intent.Model{Upstream: us} }
	for name, c := range map[string]struct {
		a, b *intent.Model
		want Verdict
	}{
		"overlapping clients in another order": {with(limit(5, web), limit(7, account)), with(limit(7, account), limit(5, web)), Different},
		"the same in another order":            {with(limit(5, web), limit(5, account)), with(limit(5, account), limit(5, web)), Same},
		"split by client":                      {with(limit(5, nil)), with(limit(5, web), limit(5, match.Not{X: web})), Same},
		"some clients":                         {with(limit(5, nil)), with(limit(6, web), limit(5, nil)), Different},
	} {
		if r := Compare(c.a, c.b, Options{}); r.Verdict != c.want {
			t.Errorf("%s: %s: %+v", name, r.Verdict, r.Differences)
		}
	}
}

// Where the environment says that the input shows all workloads, only their policies
// are compared: what is left for others is left for nobody.
func TestCallersThatThereAreNoneOf(t *testing.T) {
	limit := func(n int, client match.Expr) *intent.Upstream {
		return &intent.Upstream{Host: cart, Scope: intent.Scope{Client: client}, Limits: &intent.Limits{MaxPending: &n}}
	}
	client := func(name string) match.Expr {
		return match.And{atom(match.ClientNamespace, match.Exact, "web"), atom(match.ClientAccount, match.Exact, name)}
	}
	peer := atom(match.ClientTrust, match.Exact, "elsewhere")
	for name, c := range map[string]struct {
		complete bool
		each     []*intent.Upstream
		want     Verdict
	}{
		"each of all":                {true, []*intent.Upstream{limit(5, client("a")), limit(5, client("default"))}, Same},
		"each of some":               {false, []*intent.Upstream{limit(5, client("a")), limit(5, client("default"))}, Different},
		"one is left out":            {true, []*intent.Upstream{limit(5, client("a"))}, Different},
		"one has another":            {true, []*intent.Upstream{limit(5, client("a")), limit(6, client("default"))}, Different},
		"clients of another cluster": {true, []*intent.Upstream{limit(5, client("a")), limit(5, client("default")), limit(6, peer)}, Different},
	} {
		with := func(us ...*intent.Upstream) *intent.Model {
			m := &intent.Model{Upstream: us}
			m.Env.Complete.Workloads = c.complete
			m.Inventory.Workloads = []*intent.Workload{{Name: intent.Name{Namespace: "web", Name: "a"}, Account: "a"}, {Name: intent.Name{Namespace: "web", Name: "b"}}}
			return m
		}
		if r := Compare(with(limit(5, nil)), with(c.each...), Options{}); r.Verdict != c.want {
			t.Errorf("%s: %s: %+v", name, r.Verdict, r.Differences)
		}
	}
}
