package match

import "regexp"

// Space answers questions about expressions and remembers the patterns that it
// has compiled. The zero Space is ready. It is not for concurrent use. The
// functions of the same names use a Space of their own.
type Space struct {
	regexps  map[patternKey]*regexp.Regexp // nil where it does not compile
	machines map[patternKey]*machine
	fuel     int
	spent    int
	spares   []*walk // that are over, for their memory: one walk may go within another
}

// patternKey is what the language of an atom depends on.
type patternKey struct {
	op    Op
	fold  bool
	of    language
	value string
}

// language tells whose strings a machine reads.
type language uint8

const (
	ofAtom      language = iota // the attribute's own
	ofAuthority                 // an Authority's, for an atom on Host
	ofUniverse                  // a field's universe; the value is its pattern
)

// maxFuel bounds the work on automata of one question, in visited instructions:
// some ten milliseconds.
const maxFuel = 1_000_000

// fuelOfStep is how much work on automata takes as long as a step.
const fuelOfStep = 8

// Spent is how many steps all questions have taken so far.
func (s *Space) Spent() int { return s.spent }

// Holds is a.Holds(v) that compiles a pattern once.
func (s *Space) Holds(a Atom, v string) bool {
	t := s.test(a)
	return t.holds(v)
}

// Eval reports whether e holds for r.
func (s *Space) Eval(e Expr, r *Request) bool { return eval(e, r.Lookup, s.Holds) }

// test makes an atom ready.
func (s *Space) test(a Atom) test {
	a = Plainly(a)
	t := test{Atom: a}
	if !a.Op.pattern() {
		if a.Field.address() && t.known() {
			if p, ok := block(a.Value); ok {
				t.in = ranges{intervalOf(p)}
			}
		}
		return t
	}
	key := patternKey{a.Op, a.Fold, ofAtom, a.Value}
	re, ok := s.regexps[key]
	if !ok {
		if s.regexps == nil {
			s.regexps = map[patternKey]*regexp.Regexp{}
		}
		re = compile(a)
		s.regexps[key] = re
	}
	t.re = re
	return t
}

// machine is the automaton of a test that is known.
func (s *Space) machine(t *test) *machine {
	key := patternKey{t.Op, t.Fold, ofAtom, t.Value}
	if t.ofAuthority {
		key.of = ofAuthority
	}
	return s.compiled(key, func() string { return pattern(t.Atom) })
}

// universe is the automaton of a field's universe.
func (s *Space) universe(f Field) *machine {
	p := universes[f].pattern
	return s.compiled(patternKey{Regex, false, ofUniverse, p}, func() string { return p })
}

func (s *Space) compiled(key patternKey, pattern func() string) *machine {
	m, ok := s.machines[key]
	if !ok {
		if s.machines == nil {
			s.machines = map[patternKey]*machine{}
		}
		m = newMachine(pattern())
		m.ofAuthority = key.of == ofAuthority
		s.machines[key] = m
	}
	return m
}
