package decide

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Conditions that people read alike may be different. Fails with: alikeFacts that looks at
// what is printed alone.
func TestAlikeFacts(t *testing.T) {
	letsIn := func(a match.Atom) *intent.Model {
		return &intent.Model{Access: []*intent.Access{{Effect: intent.Allow, When: a}}}
	}
	exact, prefix := letsIn(match.Atom{Field: match.Path, Value: "/a*"}), letsIn(match.Atom{Field: match.Path, Op: match.Prefix, Value: "/a"})
	if intent.Print(exact) != intent.Print(prefix) {
		t.Fatal("they are printed apart: take others")
	}
	if alikeFacts(exact, prefix) || !alikeFacts(exact, exact) {
		t.Error("a path with a star is taken for a prefix, or not for itself")
	}
}
