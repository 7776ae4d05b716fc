package match

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// words are all strings over a small alphabet up to a length, with a "/" in
// front.
func words(alphabet string, length int) []string {
	out := []string{"/"}
	for from := 0; length > 0; length-- {
		to := len(out)
		for _, w := range out[from:to] {
			for _, r := range alphabet {
				out = append(out, w+string(r))
			}
		}
		from = to
	}
	return out
}

var values = []string{"/", "/a", "/a/", "/ab", "/a/b", "/b", "/ab/a"}
var patterns = []string{"/a.*", "/(a|b)+", ".*b", "/[^/]*", "/a?b?", "/.*/a"}

func randomAtom(r *rand.Rand) Atom {
	a := Atom{Field: Path, Op: []Op{Exact, Prefix, Segments, Suffix, Regex}[r.IntN(5)], Value: values[r.IntN(len(values))]}
	switch a.Op {
	case Regex:
		a.Value = patterns[r.IntN(len(patterns))]
	case Suffix:
		a.Value = a.Value[r.IntN(len(a.Value)):]
	}
	return a
}

func randomExpr(r *rand.Rand, depth int, atom func(*rand.Rand) Atom) Expr {
	if depth == 0 || r.IntN(4) == 0 {
		return atom(r)
	}
	switch r.IntN(3) {
	case 0:
		return Not{randomExpr(r, depth-1, atom)}
	case 1:
		return And{randomExpr(r, depth-1, atom), randomExpr(r, depth-1, atom)}
	}
	return Or{randomExpr(r, depth-1, atom), randomExpr(r, depth-1, atom)}
}

// Every combination that a word shows is a cell, and every cell's sample shows
// it.
func TestCellsAreCompleteAndSound(t *testing.T) {
	all := words("ab/", 5)
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		atoms := make([]Atom, 1+r.IntN(4))
		for i := range atoms {
			atoms[i] = randomAtom(r)
		}
		cells, ok := Cells(atoms)
		if !ok {
			t.Fatalf("seed %d: out of budget for %v", seed, atoms)
		}
		has := func(holds []bool) bool {
			return slices.ContainsFunc(cells, func(c Cell) bool { return !c.Absent && slices.Equal(c.Holds, holds) })
		}
		for _, w := range all {
			holds := make([]bool, len(atoms))
			for i, a := range atoms {
				holds[i] = a.Holds(w)
			}
			if !has(holds) {
				t.Fatalf("seed %d: no cell for %q of %v: %v", seed, w, atoms, holds)
			}
		}
		for _, c := range cells {
			for i, a := range atoms {
				if !c.Absent && a.Holds(c.Value) != c.Holds[i] {
					t.Fatalf("seed %d: sample %q of %v", seed, c.Value, a)
				}
			}
		}
	}
}

func randomAny(r *rand.Rand) Atom {
	switch r.IntN(5) {
	case 0:
		return Atom{Field: Method, Value: []string{"GET", "POST"}[r.IntN(2)]}
	case 1:
		return Atom{Field: ClientNamespace, Value: []string{"web", "ops"}[r.IntN(2)]}
	case 2:
		return Atom{Field: Header, Key: "x", Op: []Op{Exact, Present}[r.IntN(2)], Value: "1"}
	case 3:
		return Atom{Field: Protocol, Value: []string{"http", "tcp"}[r.IntN(2)]}
	}
	return randomAtom(r)
}

// requests is a small universe with the coupling of attributes.
func requests() []*Request {
	var out []*Request
	add := func(build func(*Request)) {
		for _, ns := range []string{"", "web", "ops"} {
			r := &Request{}
			build(r)
			if ns != "" {
				r.Set(ClientNamespace, "", ns)
			}
			out = append(out, r)
		}
	}
	add(func(r *Request) { r.Set(Protocol, "", "tcp") })
	for _, w := range words("ab/", 3) {
		for _, m := range []string{"GET", "POST"} {
			for _, h := range []string{"-", "1", "2"} {
				add(func(r *Request) {
					r.Set(Protocol, "", "http").Set(Path, "", w).Set(Method, "", m)
					if h != "-" {
						r.Set(Header, "x", h)
					}
				})
			}
		}
	}
	return out
}

// The transformations keep meaning, and the decisions agree with trying all
// requests of a small universe.
func TestAlgebraAgreesWithBruteForce(t *testing.T) {
	all := requests()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 2))
		a, b := randomExpr(r, 3, randomAny), randomExpr(r, 3, randomAny)
		can := func(l Literal) bool { return l.Atom.Field != Method && !(l.Not && l.Atom.Field == Path) }
		lo, hi, simple := Strengthen(a, can), Weaken(a, can), Simplify(a)
		dnf, ok := DNF(a, 1000)
		if !ok {
			t.Fatalf("seed %d: no DNF", seed)
		}
		overlap, implies := false, true
		for _, q := range all {
			x, y := Eval(a, q), Eval(b, q)
			overlap, implies = overlap || x && y, implies && (!x || y)
			if Eval(simple, q) != x || evalDNF(dnf, q) != x {
				t.Fatalf("seed %d: %s means something else at %s", seed, String(a), q)
			}
			if Eval(lo, q) && !x || x && !Eval(hi, q) {
				t.Fatalf("seed %d: polarity of %s at %s: %s .. %s", seed, String(a), q, String(lo), String(hi))
			}
			if p, _ := q.Lookup(Protocol, ""); Eval(Restrict(a, Protocol, "", p, true), q) != x {
				t.Fatalf("seed %d: restricting %s", seed, String(a))
			}
		}
		if w, got := Overlap(a, b); overlap && got != Yes || got == Yes && !(Eval(a, w) && Eval(b, w)) {
			t.Fatalf("seed %d: %s overlaps %s: %v at %v", seed, String(a), String(b), got, w)
		}
		if w, got := Implies(a, b); !implies && got != No || got == No && (!Eval(a, w) || Eval(b, w)) {
			t.Fatalf("seed %d: %s implies %s: %v at %v", seed, String(a), String(b), got, w)
		}
	}
}

func evalDNF(alternatives [][]Literal, q *Request) bool {
	return slices.ContainsFunc(alternatives, func(ls []Literal) bool {
		return !slices.ContainsFunc(ls, func(l Literal) bool { return Eval(l.Atom, q) == l.Not })
	})
}

// No capability is asked for what it accepts, and what remains is acceptable.
func TestApproximationsAreLegal(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 3))
		a := randomExpr(r, 4, randomAny)
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

// Hostile expressions end, with an answer or without.
func TestHostileExpressionsEnd(t *testing.T) {
	var wide And
	for i := range 24 {
		wide = append(wide, Or{Atom{Field: Header, Key: string(rune('a' + i)), Value: "1"}, Atom{Field: Query, Key: string(rune('a' + i)), Value: "1"}})
	}
	for name, e := range map[string]Expr{
		"exponential automaton": And{Atom{Field: Path, Op: Regex, Value: "(a|b|/)*a(a|b|/){30}"}, Not{Atom{Field: Path, Op: Regex, Value: "(a|b|/)*b(a|b|/){30}"}}},
		"bad pattern":           Atom{Field: Path, Op: Regex, Value: "a{1000}{1000}"},
		"many attributes":       And{wide, Not{wide}},
	} {
		if _, answer := Overlap(e, True); answer == Yes && name != "exponential automaton" {
			t.Errorf("%s: %v", name, answer)
		}
	}
}

func TestTexts(t *testing.T) {
	e := And{Atom{Field: Path, Op: Prefix, Value: "/a"}, Or{Atom{Field: Method, Value: "GET"}, Not{Atom{Field: ClientNamespace, Value: "web"}}}}
	if got := String(e); got != "path /a* and (method GET or not client namespace web)" {
		t.Error(got)
	}
	q := (&Request{}).Set(Method, "", "POST").Set(Host, "", "cart.shop").Set(Path, "", "/a").Set(Header, "x-a", "1").Set(ClientNamespace, "", "shop").Set(ClientAccount, "", "web")
	if got := q.String(); got != "curl -X POST 'http://cart.shop/a' -H 'x-a: 1' as shop/web" {
		t.Error(got)
	}
}

func BenchmarkHundredRulesEightFields(b *testing.B) {
	var rules []Expr
	for i := range 100 {
		rules = append(rules, And{
			Atom{Field: Path, Op: Prefix, Value: "/s" + string(rune('a'+i%26)) + "/"}, Atom{Field: Method, Value: []string{"GET", "POST", "PUT"}[i%3]},
			Atom{Field: Header, Key: "v", Value: string(rune('0' + i%7))}, Atom{Field: Query, Key: "q", Value: string(rune('0' + i%5))},
			Atom{Field: ClientNamespace, Value: "n" + string(rune('0'+i%10))}, Atom{Field: ClientAccount, Value: "a" + string(rune('0'+i%4))},
			Not{Atom{Field: Host, Op: Suffix, Value: ".d" + string(rune('0'+i%5))}}, Atom{Field: Port, Value: "8080"},
		})
	}
	for b.Loop() {
		for i := range rules[:20] {
			Overlap(rules[i], Or(rules[i+1:]))
		}
	}
}
