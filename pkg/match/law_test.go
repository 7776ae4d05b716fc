package match

import (
	"slices"
	"testing"
)

// The transformations keep meaning, and approximations lie on their side.
func TestTransformationsKeepMeaning(t *testing.T) {
	all := someRequests()
	for seed := range uint64(150) {
		r := seeded(seed, 2)
		a := randomExpr(r, 4, anyAtom)
		can := func(l Literal) bool { return l.Atom.Field != Method && !(l.Not && l.Atom.Field == Path) }
		simple, lo, hi := Simplify(a), Strengthen(a, can), Weaken(a, can)
		dnf, ok := DNF(a, 1000)
		if !ok {
			t.Fatalf("seed %d: no DNF", seed)
		}
		var s Space
		for _, q := range all {
			x := s.Eval(a, q)
			p, _ := q.Lookup(Protocol, "")
			h, there := q.Lookup(Header, "x")
			switch {
			case s.Eval(simple, q) != x:
				t.Fatalf("seed %d: simplified %s is %s at %s", seed, String(a), String(simple), q)
			case evalDNF(&s, dnf, q) != x:
				t.Fatalf("seed %d: DNF of %s at %s", seed, String(a), q)
			case s.Eval(lo, q) && !x, x && !s.Eval(hi, q):
				t.Fatalf("seed %d: %s at %s: not between %s and %s", seed, String(a), q, String(lo), String(hi))
			case s.Eval(Restrict(a, Protocol, "", p, true), q) != x, s.Eval(Restrict(a, Header, "x", h, there), q) != x:
				t.Fatalf("seed %d: restricting %s at %s", seed, String(a), q)
			}
		}
	}
}

func evalDNF(s *Space, alternatives [][]Literal, q *Request) bool {
	return slices.ContainsFunc(alternatives, func(ls []Literal) bool {
		return !slices.ContainsFunc(ls, func(l Literal) bool { return s.Eval(l.Atom, q) == l.Not })
	})
}

// What is left after an approximation can be said.
func TestApproximationsAreSayable(t *testing.T) {
	for seed := range uint64(500) {
		a := randomExpr(seeded(seed, 3), 4, anyAtom)
		can := func(l Literal) bool { return l.Atom.Field != Method && !l.Not }
		for _, e := range []Expr{Strengthen(a, can), Weaken(a, can)} {
			Atoms(e, func(x Atom, negated bool) {
				if !can(Literal{x, negated}) {
					t.Fatalf("seed %d: %s left in %s", seed, x, String(e))
				}
			})
		}
	}
}

// Simplified expressions stay as they are, and equal ones have one key whatever
// the order and nesting of members.
func TestKeysIgnoreOrderAndNesting(t *testing.T) {
	for seed := range uint64(500) {
		r := seeded(seed, 4)
		a, b, c := randomExpr(r, 3, anyAtom), randomExpr(r, 3, anyAtom), randomExpr(r, 3, anyAtom)
		if !Equal(And{a, And{b, c}}, And{And{c, a}, True, b, nil}) || !Equal(Or{a, Or{b, c}}, Or{Or{c}, b, Or{a, False}}) {
			t.Fatalf("seed %d: %s, %s, %s", seed, String(a), String(b), String(c))
		}
		if s := Simplify(And{a, Or{b, Not{c}}}); Key(s) != Key(Simplify(s)) || String(s) != String(Simplify(s)) {
			t.Fatalf("seed %d: not simple: %s", seed, String(s))
		}
	}
}

// Overlap and Implies agree with trying all requests of a small universe, and
// their witnesses show what they say.
func TestDecisionsAgreeWithBruteForce(t *testing.T) {
	all := someRequests()
	var s Space
	for seed := range uint64(400) {
		r := seeded(seed, 5)
		a, b := randomExpr(r, 3, anyAtom), randomExpr(r, 3, anyAtom)
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

// Tables answer together in every way that a request of the small universe
// shows, and every outcome has a request that shows it.
func TestOutcomesAreCompleteAndSound(t *testing.T) {
	all := someRequests()
	var s Space
	for seed := range uint64(150) {
		r := seeded(seed, 6)
		tables := make([]Table, 1+r.IntN(3))
		for i := range tables {
			for range r.IntN(5) {
				tables[i].Lines = append(tables[i].Lines, Line{randomExpr(r, 2, anyAtom), r.IntN(3)})
			}
		}
		visited, differing := map[[3]int]bool{}, map[[3]int]bool{}
		collect := func(into map[[3]int]bool) func(Outcome) bool {
			return func(o Outcome) bool {
				q := o.Request()
				if got := answers(&s, tables, q); o.Doubt || got != [3]int(append(slices.Clone(o.Answers), 0, 0)[:3]) {
					t.Fatalf("seed %d: %v is %v at %s", seed, o.Answers, got, q)
				}
				into[answers(&s, tables, q)] = true
				return true
			}
		}
		if s.Outcomes(tables, DefaultBudget, collect(visited)) != Yes || s.Differ(tables, DefaultBudget, collect(differing)) != Yes {
			t.Fatalf("seed %d: out of budget", seed)
		}
		for _, q := range all {
			got := answers(&s, tables, q)
			same := !slices.ContainsFunc(got[:len(tables)], func(a int) bool { return a != got[0] })
			if !visited[got] || differing[got] == same {
				t.Fatalf("seed %d: %v at %s: visited %v, differing %v", seed, got, q, visited[got], differing[got])
			}
		}
	}
}

func answers(s *Space, tables []Table, q *Request) (out [3]int) {
	for i, t := range tables {
		out[i] = t.Else
		for _, l := range t.Lines {
			if s.Eval(l.When, q) {
				out[i] = l.Answer
				break
			}
		}
	}
	return out
}

// Split visits what holds together.
func TestSplitVisitsAllCombinations(t *testing.T) {
	es := []Expr{
		Atom{Field: Path, Op: Segments, Value: "/a"}, Atom{Field: Path, Op: Prefix, Value: "/a"},
		Atom{Field: ClientAccount, Op: Present}, Atom{Field: Protocol, Value: "tcp"},
	}
	seen := map[[4]bool]bool{}
	answer := Split(es, DefaultBudget, func(r *Request, holds []bool) bool {
		for i, e := range es {
			if Eval(e, r) != holds[i] {
				t.Errorf("%s: %v at %s", String(e), holds[i], r)
			}
		}
		seen[[4]bool(holds)] = true
		return true
	})
	if answer != Yes || len(seen) != 2*3+2 {
		t.Errorf("%v: %v", answer, seen)
	}
	if got := Split(es, DefaultBudget, func(*Request, []bool) bool { return false }); got != No {
		t.Errorf("stopped: %v", got)
	}
	if got := Split(es, 2, func(*Request, []bool) bool { return true }); got != Unsure {
		t.Errorf("past the budget: %v", got)
	}
}
