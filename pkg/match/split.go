package match

import "strings"

// Answer is a decision with a third value for an exhausted budget.
type Answer uint8

const (
	No Answer = iota
	Yes
	Unsure
)

// String names the answer in lower case.
func (a Answer) String() string { return [...]string{"no", "yes", "unsure"}[a] }

// Overlap looks for a request for which a and b both hold.
func Overlap(a, b Expr) (*Request, Answer) { return find(Conj(Simplify(a), Simplify(b))) }

// Implies reports whether b holds wherever a does; a counterexample otherwise.
func Implies(a, b Expr) (*Request, Answer) {
	r, found := find(Conj(Simplify(a), Negate(Simplify(b))))
	switch found {
	case Yes:
		return r, No
	case No:
		return nil, Yes
	}
	return nil, Unsure
}

// find looks for a request for which e holds.
func find(e Expr) (*Request, Answer) {
	var found *Request
	answer := Split([]Expr{e}, DefaultBudget, func(r *Request, holds []bool) bool {
		if holds[0] {
			found = r.Clone()
		}
		return found == nil
	})
	switch {
	case found != nil:
		return found, Yes
	case answer == Unsure:
		return nil, Unsure
	}
	return nil, No
}

// DefaultBudget bounds the steps of a Split that nobody bounds otherwise.
const DefaultBudget = 200_000

// Split visits requests until every way in which the expressions can hold
// together was visited at least once: for each, visit gets a sample request and
// what holds. Requests obey the coupling of attributes: HTTP attributes are
// absent where Protocol is tcp, identity attributes are all absent or all there,
// token attributes likewise. Attributes that decide nothing are not set; samples
// hold those that were asked for. The request is reused between visits.
//
// visit returns false to stop. Split answers Yes when all was visited, No when
// visit stopped it, Unsure when the budget of steps or of automaton states was
// exhausted.
func Split(exprs []Expr, budget int, visit func(r *Request, holds []bool) bool) Answer {
	s := splitter{budget: budget, visit: visit, seen: map[string]bool{}, r: &Request{}}
	es := make([]Expr, len(exprs))
	for i, e := range exprs {
		es[i] = Simplify(e)
	}
	s.walk(es, state{})
	switch {
	case s.stopped:
		return No
	case s.unsure:
		return Unsure
	}
	return Yes
}

type splitter struct {
	budget          int
	visit           func(*Request, []bool) bool
	seen            map[string]bool
	r               *Request
	stopped, unsure bool
}

// state is what is settled of coupled attributes.
type state struct {
	protocol        bool // settled, by a cell or by choice
	identity, token choice
}

type choice uint8

const (
	open choice = iota
	absent
	there
)

func (s *splitter) walk(es []Expr, st state) {
	if s.stopped || s.unsure {
		return
	}
	if s.budget--; s.budget < 0 {
		s.unsure = true
		return
	}
	a, ok := firstAtom(es)
	if !ok {
		holds := make([]bool, len(es))
		for i, e := range es {
			holds[i] = IsTrue(e)
		}
		s.stopped = !s.visit(s.r, holds)
		return
	}
	if key := stateKey(es, st); s.seen[key] {
		return
	} else {
		s.seen[key] = true
	}
	switch {
	case (a.Field.HTTP() || a.Field == Protocol) && !st.protocol:
		s.protocol(es, st)
	case a.Field.Identity() && st.identity == open:
		s.couple(es, st, Field.Identity, func(st *state, c choice) { st.identity = c })
	case a.Field == Token && st.token == open:
		s.couple(es, st, func(f Field) bool { return f == Token }, func(st *state, c choice) { st.token = c })
	default:
		s.cells(es, st, a)
	}
}

// protocol settles how the connection is treated before anything of HTTP is
// asked for.
func (s *splitter) protocol(es []Expr, st state) {
	st.protocol = true
	for _, p := range []string{"http", "tcp"} {
		s.r.Set(Protocol, "", p)
		s.walk(substitute(es, func(a Atom) Expr {
			switch {
			case a.Field == Protocol:
				return constant(a.Holds(p))
			case a.Field.HTTP() && p == "tcp":
				return False
			}
			return a
		}), st)
	}
	s.r.Unset(Protocol, "")
}

// couple settles whether a group of attributes is there at all.
func (s *splitter) couple(es []Expr, st state, in func(Field) bool, set func(*state, choice)) {
	set(&st, there)
	s.walk(es, st)
	set(&st, absent)
	s.walk(substitute(es, func(a Atom) Expr {
		if in(a.Field) {
			return False
		}
		return a
	}), st)
}

// cells settles one attribute.
func (s *splitter) cells(es []Expr, st state, of Atom) {
	asked := atomsOn(es, of)
	cells, ok := Cells(asked)
	if !ok {
		s.unsure = true
		return
	}
	for _, c := range cells {
		if c.Absent && mustBeThere(of.Field) {
			continue
		}
		if !c.Absent {
			s.r.Set(of.Field, of.Key, c.Value)
		}
		s.walk(substitute(es, func(a Atom) Expr {
			if a.Field != of.Field || a.Key != of.Key {
				return a
			}
			for i := range asked {
				if same(asked[i], a) {
					return constant(c.Holds[i])
				}
			}
			panic("match: an atom was not asked for")
		}), st)
		s.r.Unset(of.Field, of.Key)
	}
}

// mustBeThere reports whether an attribute is always there once its group is.
func mustBeThere(f Field) bool {
	switch f {
	case Header, Query, Token, SNI, RemoteIP, ClientLabel, ClientIdentity, Label, Service:
		return false
	}
	return true
}

func constant(b bool) Expr {
	if b {
		return True
	}
	return False
}

func substitute(es []Expr, f func(Atom) Expr) []Expr {
	out := make([]Expr, len(es))
	for i, e := range es {
		out[i] = Map(e, f)
	}
	return out
}

func firstAtom(es []Expr) (first Atom, ok bool) {
	for _, e := range es {
		Atoms(e, func(a Atom, _ bool) {
			if !ok || a.Field == Protocol && first.Field != Protocol {
				first, ok = a, true
			}
		})
		if ok {
			return first, true
		}
	}
	return first, ok
}

// atomsOn lists the different atoms on the attribute of one.
func atomsOn(es []Expr, of Atom) []Atom {
	var out []Atom
	for _, e := range es {
		Atoms(e, func(a Atom, _ bool) {
			if a.Field != of.Field || a.Key != of.Key {
				return
			}
			for _, b := range out {
				if same(a, b) {
					return
				}
			}
			out = append(out, a)
		})
	}
	return out
}

func stateKey(es []Expr, st state) string {
	var b strings.Builder
	b.WriteByte(byte('0' + st.identity))
	b.WriteByte(byte('0' + st.token))
	if st.protocol {
		b.WriteByte('p')
	}
	for _, e := range es {
		writeKey(&b, e)
		b.WriteByte(';')
	}
	return b.String()
}
