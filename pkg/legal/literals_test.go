package legal

import (
	"fmt"
	"testing"

	"github.com/transmesh/transmesh/pkg/match"
)

// A conjunction of many literals on one attribute takes no more than comparing them by two,
// and what one of them shows is seen.
func TestManyLiterals(t *testing.T) {
	var c conjunct
	for i := range 3000 {
		c = append(c, match.Literal{Atom: match.Atom{Field: match.Path, Op: match.Prefix, Value: fmt.Sprintf("/p%04d", i)}, Not: true})
	}
	longer := match.Literal{Atom: match.Atom{Field: match.Path, Op: match.Prefix, Value: "/p0007/x"}, Not: true}
	if !c.entails(&longer) {
		t.Error("does not see what one literal shows")
	}
	other := match.Literal{Atom: match.Atom{Field: match.Path, Op: match.Prefix, Value: "/q"}, Not: true}
	if c.entails(&other) {
		t.Error("sees what does not follow")
	}
	if out, possible := append(c[:200:200], longer).tidy(); !possible || len(out) != 200 {
		t.Errorf("%d literals are left", len(out))
	}
}
