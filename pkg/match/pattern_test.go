package match

import (
	"regexp/syntax"
	"testing"
)

// What is taken for an ordinary pattern is one.
func TestOrdinaryPatternsCompile(t *testing.T) {
	const letters = "a/.*-"
	seen := 0
	var try func(re string)
	try = func(re string) {
		if ordinary(re) {
			seen++
			if _, err := syntax.Parse(re, syntax.Perl); err != nil {
				t.Errorf("%q: %v", re, err)
			}
		}
		if len(re) < 5 {
			for _, c := range letters {
				try(re + string(c))
			}
		}
	}
	try("")
	if seen < 1000 {
		t.Errorf("only %d are ordinary", seen)
	}
}
