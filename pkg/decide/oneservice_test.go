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
