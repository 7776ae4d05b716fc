package match

// The signatures below are the package's contract; the algebra and automata
// behind them are being written.

// Literal is an atom or its negation.
type Literal struct {
	Atom Atom
	Not  bool
}

// Answer is a decision with a third value for an exhausted budget.
type Answer uint8

const (
	No Answer = iota
	Yes
	Unsure
)

// Eval reports whether e holds for r.
func Eval(e Expr, r *Request) bool { panic("stub") }

// Equal reports whether two expressions are written alike, apart from Refs, the
// order of And and Or members, and nesting.
func Equal(a, b Expr) bool { panic("stub") }

// Key is a canonical text of e for maps: equal for Equal expressions.
func Key(e Expr) string { panic("stub") }

// Simplify removes constants, repetitions, nesting and double negation, and
// keeps the order of members; it does not decide languages.
func Simplify(e Expr) Expr { panic("stub") }

// Conj, Disj and Negate build simplified expressions.
func Conj(es ...Expr) Expr { panic("stub") }
func Disj(es ...Expr) Expr { panic("stub") }
func Negate(e Expr) Expr   { panic("stub") }

// IsTrue and IsFalse report whether e is written as a constant after Simplify.
func IsTrue(e Expr) bool  { panic("stub") }
func IsFalse(e Expr) bool { panic("stub") }

// Atoms visits every atom of e, with whether it stands under an odd number of
// Nots.
func Atoms(e Expr, visit func(a Atom, negated bool)) { panic("stub") }

// Map replaces every atom and simplifies.
func Map(e Expr, f func(Atom) Expr) Expr { panic("stub") }

// Restrict assumes that an attribute has the value (or is absent) and
// simplifies: Restrict(e, Protocol, "", "tcp", true).
func Restrict(e Expr, f Field, key, value string, present bool) Expr { panic("stub") }

// DNF writes e as alternatives of conjunctions of literals, in order; ok is
// false where there would be more than limit. Contradictions are left out.
func DNF(e Expr, limit int) (alternatives [][]Literal, ok bool) { panic("stub") }

// Weaken returns an expression that e implies, without the literals that can
// refuses; Strengthen one that implies e. The polarity law: to drop what a
// target cannot say, strengthen allows and weaken denies.
func Weaken(e Expr, can func(Literal) bool) Expr     { panic("stub") }
func Strengthen(e Expr, can func(Literal) bool) Expr { panic("stub") }

// Overlap looks for a request for which a and b both hold.
func Overlap(a, b Expr) (*Request, Answer) { panic("stub") }

// Implies reports whether b holds wherever a does; a counterexample otherwise.
func Implies(a, b Expr) (*Request, Answer) { panic("stub") }

// Cell is one way in which the atoms on one attribute can turn out together,
// with a sample value; Absent is the attribute not being there.
type Cell struct {
	Value  string
	Absent bool
	Holds  []bool // one for each atom asked about
}

// Cells cuts the values of one attribute by atoms that all test it (one Field
// and Key): every combination that some value can have, each once, absent last.
// ok is false where the budget of automaton states was exhausted.
func Cells(atoms []Atom) (cells []Cell, ok bool) { panic("stub") }
