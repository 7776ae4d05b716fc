package match

// Answer is a decision with a third value for what cannot be told.
type Answer uint8

const (
	No Answer = iota
	Yes
	Unsure // past the budget, or because of a pattern that does not compile
)

// String names the answer in lower case.
func (a Answer) String() string { return [...]string{"no", "yes", "unsure"}[a] }

// DefaultBudget bounds the steps of a question that nobody bounds otherwise.
const DefaultBudget = 200_000

// Overlap looks for a request for which a and b both hold.
func (s *Space) Overlap(a, b Expr) (*Request, Answer) {
	if Apart(a, b) {
		return nil, No
	}
	return s.find(And{a, b})
}

// Implies reports whether b holds wherever a does; a counterexample otherwise.
func (s *Space) Implies(a, b Expr) (*Request, Answer) {
	if says(a, b) {
		return nil, Yes
	}
	r, found := s.find(And{a, Not{b}})
	switch found {
	case Yes:
		return r, No
	case No:
		return nil, Yes
	}
	return nil, Unsure
}

// Overlap is Space.Overlap in a Space of its own.
func Overlap(a, b Expr) (*Request, Answer) { return new(Space).Overlap(a, b) }

// Implies is Space.Implies in a Space of its own.
func Implies(a, b Expr) (*Request, Answer) { return new(Space).Implies(a, b) }

// find looks for a request for which e holds.
func (s *Space) find(e Expr) (*Request, Answer) {
	var found *Request
	doubt := false
	answer := s.Outcomes([]Table{{Lines: []Line{{e, 1}}}}, DefaultBudget, func(o Outcome) bool {
		switch {
		case o.Answers[0] == 0:
		case o.Doubt:
			doubt = true
		default:
			found = o.Request()
		}
		return found == nil
	})
	switch {
	case found != nil:
		return found, Yes
	case answer == Unsure || doubt:
		return nil, Unsure
	}
	return nil, No
}
