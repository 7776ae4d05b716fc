package decide

import (
	"math/rand/v2"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// A predicate said of what is sent holds where it holds of what arrives.
func TestThroughAgreesWithArriving(t *testing.T) {
	all := requests()
	said := 0
	for seed := range uint64(600) {
		c := chance{rand.New(rand.NewPCG(seed, 3))}
		var steps []intent.Step
		for range 1 + c.IntN(3) {
			if c.IntN(2) == 0 {
				steps = append(steps, intent.Headers{Op: pick(c, intent.SetHeader, intent.AddHeader, intent.RemoveHeader), Name: "x", Value: pick(c, "1", "2")})
				continue
			}
			from := pick(c, "/", "/a", "/a/", "/b")
			steps = append(steps, intent.Rewrite{Path: &intent.PathRewrite{Kind: pick(c, intent.FullPath, intent.PrefixPath), Match: from, Replace: pick(c, "/", "/a", "/ab/", "/b")}})
		}
		e := c.expr(2, func() match.Atom {
			if c.IntN(3) == 0 {
				return match.Atom{Field: match.Header, Key: "x", Op: pick(c, match.Exact, match.Present), Value: pick(c, "1", "2,1", "1,2")}
			}
			return path(pick(c, match.Exact, match.Prefix, match.Segments, match.Suffix), pick(c, "/", "/a", "/a/", "/ab", "b", "/b/a"))
		})
		before, ok := through(steps, match.Simplify(e))
		if !ok {
			continue
		}
		said++
		for i := int(seed % 11); i < len(all); i += 11 {
			if want, got := match.Eval(e, arrived(all[i], steps)), match.Eval(before, all[i]); want != got {
				t.Fatalf("seed %d: %s after %v is %s, which is %v at %s", seed, match.String(e), steps, match.String(before), got, all[i])
			}
		}
	}
	if said < 500 {
		t.Errorf("only %d can be said", said)
	}
	for path, want := range map[string]bool{"/a": true, "/a/x": true, "/a/y": false, "/b": false} {
		steps := []intent.Step{intent.Rewrite{Path: &intent.PathRewrite{Kind: intent.SegmentPrefix, Match: "/a", Replace: "/b"}}}
		e, _ := through(steps, match.Or{match.Atom{Field: match.Path, Value: "/b"}, match.Atom{Field: match.Path, Value: "/b/x"}})
		q := new(match.Request).Set(match.Path, "", path)
		if got := match.Eval(e, q); got != want && path != "/b" {
			t.Errorf("%s: %v by %s", path, got, match.String(e))
		}
	}
}
