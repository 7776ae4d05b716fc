package translate

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// TestWidened lets two denials go, of which changes declare none, one or both: only
// what a change lets in by itself is excused, whatever else it declares.
func TestWidened(t *testing.T) {
	deny := func(path string) *intent.Access {
		return &intent.Access{Effect: intent.Deny, When: match.Atom{Field: match.Path, Value: path}}
	}
	ask := &intent.Access{Effect: intent.Ask, Provider: "guard", When: match.Atom{Field: match.Method, Value: "POST"}}
	model := func(facts ...*intent.Access) *intent.Model {
		return &intent.Model{Access: facts, Default: []*intent.Default{{Effect: intent.Allow}}}
	}
	drops := func(drift intent.Drift, facts ...*intent.Access) legal.Change {
		return legal.Change{Drift: drift, Aspect: intent.Admission, Before: model(facts...), After: model()}
	}
	a, b := deny("/a"), deny("/b")
	for name, test := range map[string]struct {
		in      []*intent.Access
		changes []legal.Change
		fails   bool
	}{
		"nothing declared":         {[]*intent.Access{a}, nil, true},
		"declared":                 {[]*intent.Access{a}, []legal.Change{drops(intent.Wider, a)}, false},
		"another declared":         {[]*intent.Access{a}, []legal.Change{drops(intent.Wider, b)}, true},
		"one of two declared":      {[]*intent.Access{a, b}, []legal.Change{drops(intent.Wider, b)}, true},
		"both declared":            {[]*intent.Access{a, b}, []legal.Change{drops(intent.Wider, a), drops(intent.Wider, b)}, false},
		"declared to be narrower":  {[]*intent.Access{a}, []legal.Change{drops(intent.Narrower, a)}, true},
		"declared without a model": {[]*intent.Access{a}, []legal.Change{{Drift: intent.Wider, Aspect: intent.Admission}}, true},
		"asked no more":            {[]*intent.Access{ask}, []legal.Change{drops(intent.Wider, ask)}, false},
		"asked no more, unsaid":    {[]*intent.Access{ask}, []legal.Change{drops(intent.Wider, a)}, true},
		"for another namespace": {[]*intent.Access{a}, []legal.Change{drops(intent.Wider, &intent.Access{
			Effect: intent.Deny, When: a.When, Scope: intent.Scope{Subject: match.Atom{Field: match.Namespace, Value: "shop"}},
		})}, true},
	} {
		t.Run(name, func(t *testing.T) {
			j := &job{model: model(test.in...), result: &Result{Manifests: []*manifest.Object{{}}, Changes: test.changes, again: model()}}
			j.widened(decide.Compare(j.model, j.result.again, decide.Options{}))
			failed := len(j.result.Findings) > 0 && j.result.Findings[0].Code == diag.CheckFailed
			if failed != test.fails || (j.result.Manifests == nil) != test.fails {
				t.Errorf("failed %t, delivered %t", failed, j.result.Manifests != nil)
			}
		})
	}
}

// TestLeftOver does not excuse what is unsure with the excuses only.
func TestLeftOver(t *testing.T) {
	of := func(scope string, v decide.Verdict) decide.Difference {
		return decide.Difference{Scope: scope, Verdict: v}
	}
	without := []decide.Difference{of("a", decide.Wider), of("b", decide.Wider), of("c", decide.Unsure), of("d", decide.Narrower)}
	with := []decide.Difference{of("a", decide.Unsure), of("c", decide.Unsure), of("d", decide.Narrower)}
	if left := leftOver(without, with); len(left) != 1 || left[0].Scope != "a" {
		t.Errorf("left are %+v", left)
	}
}
