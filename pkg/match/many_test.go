package match

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// manyAtom is on one of two attributes that can have several values.
func manyAtom(r *rand.Rand) Atom {
	a := Atom{Field: Token, Key: pick(r, []string{"claim:x", "audience"}), Op: pick(r, []Op{Exact, Prefix, Suffix, Present, Sole, Sole}), Value: pick(r, []string{"a", "b", "ab", "ba"})}
	if a.Op == Present {
		a.Value = ""
	}
	return a
}

// Of attributes with several values, decisions agree with trying all of one to
// three values of a few, and their witnesses show what they say.
func TestManyValuesAgreeWithBruteForce(t *testing.T) {
	few := []string{"a", "b", "ab", "ba", "c"}
	values := []string{"-"}
	for _, x := range few {
		values = append(values, x)
		for _, y := range few {
			values = append(values, x+Separator+y)
			for _, z := range few {
				values = append(values, strings.Join([]string{x, y, z}, Separator))
			}
		}
	}
	var all []*Request
	for _, x := range values {
		for _, y := range values {
			q := new(Request).Set(Protocol, "", "http")
			for key, v := range map[string]string{"claim:x": x, "audience": y} {
				if v != "-" {
					q.Set(Token, key, v)
				}
			}
			all = append(all, q)
		}
	}
	var s Space
	for seed := range uint64(200) {
		r := seeded(seed, 9)
		a, b := randomExpr(r, 2, manyAtom), randomExpr(r, 2, manyAtom)
		overlap, implies := false, true
		for _, q := range all {
			x, y := s.Eval(a, q), s.Eval(b, q)
			overlap, implies = overlap || x && y, implies && (!x || y)
		}
		if w, got := s.Overlap(a, b); got == Unsure || overlap && got != Yes || got == Yes && !(s.Eval(a, w) && s.Eval(b, w)) {
			t.Fatalf("seed %d: %s overlaps %s: %v at %v", seed, String(a), String(b), got, w)
		}
		if w, got := s.Implies(a, b); got == Unsure || !implies && got != No || got == No && (!s.Eval(a, w) || s.Eval(b, w)) {
			t.Fatalf("seed %d: %s implies %s: %v at %v", seed, String(a), String(b), got, w)
		}
	}
}
