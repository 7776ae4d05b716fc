package decide

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// A comparison that looks only for what is let in besides passes over what is let in
// no more, and still sees what is. Fails with: within(&pa, &pb) in subject.
func TestWiderAlone(t *testing.T) {
	few, many := allowing(path(match.Exact, "/a/b")), allowing(path(match.Prefix, "/a/"))
	aside := allowing(path(match.Exact, "/c"))
	for name, c := range map[string]struct {
		a, b *intent.Model
		want Verdict
	}{
		"less":           {many, few, Same},
		"the same":       {few, few, Same},
		"more":           {few, many, Wider},
		"less and other": {many, aside, Wider},
	} {
		t.Run(name, func(t *testing.T) {
			if r := Compare(c.a, c.b, Options{Defaults: true, Wider: true}); r.Verdict != c.want {
				t.Errorf("%s: %+v", r.Verdict, r.Differences)
			}
		})
	}
}
