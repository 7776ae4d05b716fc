package decide

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// What is said of all of a Service holds for its subsets, and for Services that stand for
// them only where it is about requests to the one that was addressed.
func TestPoliciesForSubsets(t *testing.T) {
	shop := func(name string) intent.Host {
		return intent.Host{Service: intent.Name{Namespace: "shop", Name: name}}
	}
	limit := func(n int, h intent.Host, at intent.UpstreamAt) *intent.Upstream {
		return &intent.Upstream{Host: h, At: at, Limits: &intent.Limits{MaxPending: &n}}
	}
	v1 := match.Atom{Field: match.Label, Key: "version", Value: "v1"}
	with := func(to intent.Backend, us ...*intent.Upstream) *intent.Model {
		m := &intent.Model{Upstream: us}
		app := []intent.Pair{{Key: "app", Value: "cart"}}
		m.Inventory.Services = []*intent.Service{
			{Name: shop("cart").Service, Selector: app, Ports: []intent.ServicePort{{Port: 80}}},
			{Name: shop("cart-v1").Service, Selector: append(app, intent.Pair{Key: "version", Value: "v1"}), Ports: []intent.ServicePort{{Port: 80}}},
		}
		to.Weight = 1
		m.Routing = []*intent.Routing{{Host: shop("cart"), Rules: []intent.Rule{{When: match.True, Then: intent.Forward{To: []intent.Backend{to}}}}, Else: intent.Passthrough{}}}
		return m
	}
	subset, leaf := intent.Backend{Host: shop("cart"), Subset: v1, SubsetName: "v1"}, intent.Backend{Host: shop("cart-v1")}
	all := with(subset, limit(5, shop("cart"), intent.AtBackend))
	for name, c := range map[string]struct {
		b    *intent.Model
		want Verdict
	}{
		"a Service of its own without":            {with(leaf, limit(5, shop("cart"), intent.AtBackend)), Different},
		"a Service of its own, as addressed":      {with(leaf, limit(5, shop("cart"), intent.AtParent)), Same},
		"a Service of its own with the same":      {with(leaf, limit(5, shop("cart"), intent.AtBackend), limit(5, shop("cart-v1"), intent.AtBackend)), Same},
		"a Service of its own with another":       {with(leaf, limit(5, shop("cart"), intent.AtBackend), limit(6, shop("cart-v1"), intent.AtBackend)), Different},
		"the subset said to be as all of it":      {with(subset, &intent.Upstream{Host: shop("cart"), Subset: v1, SubsetName: "v1", Limits: all.Upstream[0].Limits}, all.Upstream[0]), Same},
		"the subset alone":                        {with(subset, &intent.Upstream{Host: shop("cart"), Subset: v1, SubsetName: "v1", Limits: all.Upstream[0].Limits}), Different},
		"a fact for the subset that says nothing": {with(subset, &intent.Upstream{Host: shop("cart"), Subset: v1, SubsetName: "v1"}, all.Upstream[0]), Different},
	} {
		for _, r := range []Result{Compare(all, c.b, Options{}), Compare(c.b, all, Options{})} {
			if r.Verdict != c.want {
				t.Errorf("%s: %s: %+v", name, r.Verdict, r.Differences)
			}
		}
	}
}
