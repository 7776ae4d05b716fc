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
