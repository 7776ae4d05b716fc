package match

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// Every combination that a word shows is a cell, and every cell's sample shows
// it.
func TestCellsAreCompleteAndSound(t *testing.T) {
	all := append(words("/", "ab/", 4), "/A", "/Ab", "/aB", "/AB", "/c", "/cc")
	var s Space
	for seed := range uint64(600) {
		r := seeded(seed, 1)
		draw := pathAtom
		if seed%2 == 0 {
			draw = plainAtom
		}
		atoms := make([]Atom, 1+r.IntN(4))
		for i := range atoms {
			atoms[i] = draw(r)
		}
		cells, ok := s.Cells(atoms)
		if !ok {
			t.Fatalf("seed %d: out of budget for %v", seed, atoms)
		}
		seen := map[string]string{}
		for _, c := range cells[:len(cells)-1] {
			key := combination(&s, atoms, c.Value)
			for i, a := range atoms {
				if s.Holds(a, c.Value) != c.Holds[i] {
					t.Fatalf("seed %d: sample %q of %v", seed, c.Value, a)
				}
			}
			if v, dup := seen[key]; dup || !path(c.Value) {
				t.Fatalf("seed %d: sample %q after %q of %v", seed, c.Value, v, atoms)
			}
			seen[key] = c.Value
		}
		for _, w := range all {
			if _, ok := seen[combination(&s, atoms, w)]; !ok {
				t.Fatalf("seed %d: no cell for %q of %v", seed, w, atoms)
			}
		}
		if last := cells[len(cells)-1]; !last.Absent {
			t.Fatalf("seed %d: last is %v", seed, last)
		}
	}
}

func combination(s *Space, atoms []Atom, v string) string {
	var b strings.Builder
	for _, a := range atoms {
		b.WriteByte('0' + bit(s.Holds(a, v)))
	}
	return b.String()
}

func constraints(s *Space, r *rand.Rand, draw func(*rand.Rand) Atom) []constraint {
	cs := make([]constraint, 1+r.IntN(4))
	for i := range cs {
		made := s.test(draw(r))
		cs[i] = constraint{&made, r.IntN(2) == 0}
	}
	return cs
}

// Comparing strings and asking automata give one answer.
func TestPlainAgreesWithAutomata(t *testing.T) {
	s := Space{fuel: 1 << 40}
	decided := 0
	for seed := range uint64(4000) {
		r := seeded(seed, 7)
		fold := r.IntN(3) == 0
		cs := constraints(&s, r, func(r *rand.Rand) Atom {
			a := plainAtom(r)
			a.Fold = fold
			return a
		})
		v, plain := samplePlain(Path, cs)
		w, product := s.sampleProduct(Path, cs)
		switch {
		case plain == Unsure:
			continue
		case plain != product, plain == Yes && !(path(v) && holdAll(cs, v)), product == Yes && !(path(w) && holdAll(cs, w)):
			t.Fatalf("seed %d: %v: plain %v %q, automata %v %q", seed, cs, plain, v, product, w)
		}
		decided++
	}
	if decided < 3000 {
		t.Errorf("strings decide only %d", decided)
	}
}

// Where a word meets constraints, a sample does.
func TestSamplesAreFound(t *testing.T) {
	s := Space{fuel: 1 << 40}
	all := append(words("/", "ab/", 4), "/A", "/Ab", "/aB", "/AB", "/c")
	for seed := range uint64(2000) {
		cs := constraints(&s, seeded(seed, 8), pathAtom)
		v, answer := s.sample(attribute{Field: Path}, cs)
		if answer == Unsure || answer == Yes && !(path(v) && holdAll(cs, v)) {
			t.Fatalf("seed %d: %v %q of %v", seed, answer, v, cs)
		}
		for _, w := range all {
			if answer == No && holdAll(cs, w) {
				t.Fatalf("seed %d: nothing found for %v, but %q is", seed, cs, w)
			}
		}
	}
}

// Automata accept what the regexp package matches.
func TestMachinesAgreeWithRegexp(t *testing.T) {
	all := words("", "abA_-é", 4)
	fuel := 1 << 40
	for seed := range uint64(400) {
		p := randomPattern(seeded(seed, 9), 4)
		re, err := regexp.Compile(`\A(?:` + p + `)\z`)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		m := newMachine(p)
		for _, w := range all {
			at := m.first
			for _, r := range w {
				at = m.next(at, r, &fuel)
			}
			if got := m.states[at].accept; got != re.MatchString(w) {
				t.Fatalf("seed %d: %q on %q: %v", seed, p, w, got)
			}
		}
	}
}

func randomPattern(r *rand.Rand, depth int) string {
	if depth == 0 {
		return pick(r, []string{"a", "b", "A", "é", ".", "[ab]", "[^a]", `\w`, `\W`, "^", "$", `\b`, `\B`, "", "(?i:a)", `\pL`})
	}
	x, y := randomPattern(r, depth-1), randomPattern(r, depth-1-r.IntN(depth))
	return pick(r, []string{"(?:" + x + "|" + y + ")", x + y, "(?:" + x + ")*", "(" + x + ")?", "(?:" + x + "){1,2}", "(?:" + x + ")+?", y + x})
}

// The universe's pattern and predicate are the same set.
func TestUniversesAgree(t *testing.T) {
	all := words("", "aZ0/?-:. \x01é", 4)
	for f, u := range universes {
		for _, v := range u.familiar {
			if !u.has(v) {
				t.Errorf("%s: %q is familiar but not in the universe", Field(f), v)
			}
		}
		for i := range len(u.fresh) {
			if v := universes[f].familiar[0] + u.fresh[i:i+1]; !u.has(v) {
				t.Errorf("%s: %q is fresh but %q is not in the universe", Field(f), u.fresh[i:i+1], v)
			}
		}
		if u.pattern == "" {
			continue
		}
		re := regexp.MustCompile(`\A(?:` + u.pattern + `)\z`)
		for _, v := range all {
			if re.MatchString(v) != u.has(v) {
				t.Fatalf("%s: %q: %v", Field(f), v, u.has(v))
			}
		}
	}
}
