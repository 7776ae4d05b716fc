package match

// Table is a first-match list: the answer of the first line that holds.
type Table struct {
	Lines []Line
	Else  int // the answer where no line holds
}

// Line is one line of a Table. Answers are numbers that the caller gives a
// meaning, equal where it does not matter which line holds.
type Line struct {
	When   Expr
	Answer int
}

// Outcome is one way in which tables answer together.
type Outcome struct {
	Answers []int // of the tables; valid during the visit
	// Doubt says that the outcome hangs on an atom whose pattern does not
	// compile, or on a question about patterns that was too hard: there may be no
	// such request, and Request is nil.
	Doubt bool
	walk  *walk
}

// Request makes a request with that outcome. It holds the attributes that were
// asked about on the way to the answers, and a few that complete it for readers:
// answers do not depend on the others.
func (o Outcome) Request() *Request {
	if o.Doubt {
		return nil
	}
	return o.walk.request()
}

// Outcomes visits the ways in which the tables answer together, each that some
// request shows at least once: without doubt if there is a request for it
// without doubt. visit returns false to stop.
//
// Requests obey what joins attributes: HTTP attributes are absent where Protocol
// is tcp; path, method, scheme, host and authority are all there where it is
// http, and Host goes with Authority; the parts of an identity are absent or
// there together; a token has a principal, an issuer and a subject.
//
// budget bounds the steps, of about a microsecond each. Outcomes answers Yes
// when all was visited, No when visit stopped it, Unsure past the budget.
func (s *Space) Outcomes(tables []Table, budget int, visit func(Outcome) bool) Answer {
	return s.walk(tables, budget, false, visit)
}

// Differ visits outcomes in which not all tables answer alike; otherwise it is
// Outcomes, and faster where tables say the same in the same words.
func (s *Space) Differ(tables []Table, budget int, visit func(Outcome) bool) Answer {
	return s.walk(tables, budget, true, visit)
}

// Split visits the ways in which expressions hold together, as Outcomes does; it
// is also Unsure where one of them is in doubt, which it does not visit.
func (s *Space) Split(exprs []Expr, budget int, visit func(r *Request, holds []bool) bool) Answer {
	return s.Ways(exprs, budget, func(w Way) bool {
		holds := make([]bool, len(exprs))
		for i := range holds {
			holds[i] = w.Holds(i)
		}
		return visit(w.Request(), holds)
	})
}

// Split is Space.Split in a Space of its own.
func Split(exprs []Expr, budget int, visit func(r *Request, holds []bool) bool) Answer {
	return new(Space).Split(exprs, budget, visit)
}

// Way is one way in which expressions hold together; valid during the visit.
type Way struct{ outcome Outcome }

// Holds reports whether the expression of a number does.
func (w Way) Holds(i int) bool { return w.outcome.Answers[i] == 1 }

// Request makes a request that shows it.
func (w Way) Request() *Request { return w.outcome.Request() }

// Ways is Split for those who need few of the requests.
func (s *Space) Ways(exprs []Expr, budget int, visit func(Way) bool) Answer {
	tables := make([]Table, len(exprs))
	lines := make([]Line, len(exprs))
	for i, e := range exprs {
		lines[i] = Line{e, 1}
		tables[i].Lines = lines[i : i+1]
	}
	doubt := false
	answer := s.Outcomes(tables, budget, func(o Outcome) bool {
		if o.Doubt {
			doubt = true
			return true
		}
		return visit(Way{o})
	})
	if answer == Yes && doubt {
		return Unsure
	}
	return answer
}
