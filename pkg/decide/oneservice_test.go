package decide

import (
	"fmt"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// unseen is admission at n Services that the input does not show, of which the last
// lets in whom it names.
func unseen(n int, last string) *intent.Model {
	m := &intent.Model{Inventory: intent.Inventory{OneService: true}, Default: []*intent.Default{{Effect: intent.Deny}}}
	for i := range n {
		who := fmt.Sprint("caller-", i)
		if i == n-1 {
			who = last
		}
		m.Access = append(m.Access, &intent.Access{
			Scope:  intent.Scope{Subject: match.Atom{Field: match.Service, Value: fmt.Sprint("shop/s", i)}},
			Effect: intent.Allow,
			When:   match.Atom{Field: match.ClientAccount, Value: who},
		})
	}
	return m
}

// Where a workload is of one Service, as many Services as there are kinds are compared,
// and not all the sets of them. Fails with: the field oneService of scopes always false.
func TestOneService(t *testing.T) {
	const many = 300
	if got := Compare(unseen(many, "web"), unseen(many, "web"), Options{}); len(got.Differences) > 0 {
		t.Errorf("the same: %v", got.Differences)
	}
	got := Compare(unseen(many, "web"), unseen(many, "evil"), Options{})
	for _, d := range got.Differences {
		if d.Verdict == Unsure || d.Scope != fmt.Sprintf("admission at workloads of shop of Service shop/s%d", many-1) {
			t.Errorf("another: %s %s %s", d.Verdict, d.Scope, d.Witness)
		}
	}
	if len(got.Differences) == 0 {
		t.Error("no difference is seen")
	}
}

// What is said of pods that a Service of the input selects is not of those of another
// Service. Fails with: the call of notOfOthers left out.
func TestOneServiceOfLabels(t *testing.T) {
	model := func(denied bool) *intent.Model {
		m := unseen(1, "web")
		m.Inventory.Services = []*intent.Service{{Name: intent.Name{Namespace: "shop", Name: "api"}, Selector: []intent.Pair{{Key: "app", Value: "api"}}}}
		if denied {
			m.Access = append(m.Access, &intent.Access{
				Scope:  intent.Scope{Subject: match.Conj(match.Atom{Field: match.Namespace, Value: "shop"}, match.Atom{Field: match.Label, Key: "app", Value: "api"})},
				Effect: intent.Deny, When: match.True,
			})
		}
		return m
	}
	if got := Compare(model(true), model(false), Options{}); len(got.Differences) > 0 {
		t.Errorf("what is closed anyway is denied: %v", got.Differences)
	}
	shown := model(true)
	shown.Inventory.Services = nil
	if got := Compare(shown, model(false), Options{}); len(got.Differences) == 0 {
		t.Error("pods with the labels may be of the Service where no other one selects them, and no difference is seen")
	}
}

// Two Services that select the same pods by one label are of these pods both: what is said
// by the label is of either. Fails with: ofOwn that is always false.
func TestOneServiceOfSharedPods(t *testing.T) {
	name := func(s string) intent.Name { return intent.Name{Namespace: "shop", Name: s} }
	app, tier := intent.Pair{Key: "app", Value: "web"}, intent.Pair{Key: "tier", Value: "front"}
	for what, second := range map[string][]intent.Pair{"by the same label": {app}, "by another one": {tier}} {
		model := func(denied bool) *intent.Model {
			m := unseen(1, "web") // of Service shop/s0
			m.Inventory.Services = []*intent.Service{{Name: name("admin"), Selector: []intent.Pair{app}}, {Name: name("s0"), Selector: second}}
			m.Inventory.Workloads = []*intent.Workload{{Name: name("web"), Kind: "Deployment", Labels: []intent.Pair{app, tier}}}
			if denied {
				m.Access = append(m.Access, &intent.Access{
					Scope:  intent.Scope{Subject: match.Conj(match.Atom{Field: match.Namespace, Value: "shop"}, match.Atom{Field: match.Label, Key: "app", Value: "web"})},
					Effect: intent.Deny, When: match.True,
				})
			}
			return m
		}
		got := Compare(model(false), model(true), Options{})
		if len(got.Differences) == 0 || got.Verdict != Narrower {
			t.Errorf("%s: %s: the denial of pods of both is not seen: %v", what, got.Verdict, got.Differences)
		}
	}
}
