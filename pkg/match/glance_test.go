package match

import (
	"math/rand/v2"
	"testing"
)

// What is seen at a glance is what automata say.
func TestGlancesAreRight(t *testing.T) {
	var s Space
	said, excluded := 0, 0
	for seed := range uint64(4000) {
		r := seeded(seed, 11)
		a, b := Simplify(randomExpr(r, 2, anyAtom)), Simplify(randomExpr(r, 2, anyAtom))
		if seed%3 == 0 {
			a = Conj(a, b)
		}
		if says(a, b) {
			said++
			if q, found := s.find(And{a, Not{b}}); found == Yes {
				t.Fatalf("seed %d: %s does not say %s: %s", seed, String(a), String(b), q)
			}
		}
		if Apart(a, b) {
			excluded++
			if q, found := s.find(And{a, b}); found == Yes {
				t.Fatalf("seed %d: %s and %s meet: %s", seed, String(a), String(b), q)
			}
		}
	}
	if said < 500 || excluded < 100 {
		t.Errorf("only %d said and %d excluded", said, excluded)
	}
}

func TestDemanded(t *testing.T) {
	shop := Atom{Field: Namespace, Value: "shop"}
	for _, c := range []struct {
		e    Expr
		want string
	}{
		{shop, "shop"},
		{And{Atom{Field: Label, Key: "app", Value: "a"}, shop}, "shop"},
		{Or{shop, Atom{Field: Namespace, Value: "b"}}, ""},
		{Not{shop}, ""},
		{Atom{Field: Namespace, Op: Prefix, Value: "sh"}, ""},
		{Atom{Field: Namespace, Value: "shop", Fold: true}, ""},
		{True, ""},
	} {
		if got := Demanded(c.e, Namespace); got != c.want {
			t.Errorf("%s demands %q", String(c.e), got)
		}
	}
}

// Where workloads are seen to be meant together, there is one.
func TestMeet(t *testing.T) {
	var s Space
	seen, apart := 0, 0
	for seed := range uint64(4000) {
		r := seeded(seed, 12)
		workload := func(r *rand.Rand) Atom {
			return Atom{Field: []Field{Namespace, Label, Account, Label}[r.IntN(4)], Key: "", Value: []string{"a", "b", "c c", "\n"}[r.IntN(4)]}
		}
		conjunction := func() Expr {
			var and And
			for range r.IntN(4) {
				a := workload(r)
				if a.Field == Label {
					a.Key = []string{"app", "version"}[r.IntN(2)]
				}
				if r.IntN(3) == 0 {
					and = append(and, Not{a})
				} else {
					and = append(and, a)
				}
			}
			return and
		}
		a, b := conjunction(), conjunction()
		q, found := s.find(And{a, b})
		if agree(a, b) {
			seen++
			if found != Yes {
				t.Fatalf("seed %d: nothing is %s and %s", seed, String(a), String(b))
			}
		} else if found == No {
			apart++
		}
		if Meet(a, b) != (found != No) {
			t.Fatalf("seed %d: %s and %s: %v", seed, String(a), String(b), q)
		}
	}
	if seen < 500 || apart < 500 {
		t.Errorf("only %d seen to meet and %d apart", seen, apart)
	}
}
