package match

import (
	"encoding/binary"
	"math"
	"regexp/syntax"
	"slices"
)

// machine runs an expression over whole values as an automaton whose states are
// made when they are reached: a state is a set of the program's instructions.
// Line ends are text like any other, since no value has them.
type machine struct {
	prog *syntax.Prog
	// far is, of an instruction, the least number of characters to a match.
	far []int32
	// total holds instructions after which any text matches.
	total []bool
	// ofAuthority ends the value read at a colon and reads lower case.
	ofAuthority bool

	first  int32
	states []state
	index  map[string]int32
	moves  map[move]int32
	mark   []int // of an instruction, the round that last added it
	round  int
}

// state is a set of instructions before the next character; assertions wait in
// it for what that is.
type state struct {
	set    []uint32
	before context
	accept bool
	far    int32 // the least number of characters to a match; never if there is none
}

type move struct {
	from int32
	read rune
}

// context is what stands before a position, where an assertion waits for it.
type context uint8

const (
	inText context = iota
	inWord
	atStart
)

// never is the distance to a match that cannot be.
const never = math.MaxInt32

// States of every machine.
const (
	dead int32 = iota // nothing matches any more
	full              // everything matches from now on
)

// newMachine compiles a pattern that is known to compile.
func newMachine(pattern string) *machine {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		panic("match: " + err.Error())
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		panic("match: " + err.Error())
	}
	m := &machine{prog: prog, mark: make([]int, len(prog.Inst)), index: map[string]int32{}, moves: map[move]int32{}}
	m.far = distances(prog)
	m.findTotal()
	m.states = []state{{far: never}, {accept: true}}
	m.round++
	m.first = m.add(m.follow(nil, uint32(prog.Start), waiting), atStart)
	return m
}

// waiting keeps assertions in the set.
const waiting syntax.EmptyOp = 1 << 7

// follow adds what is reached from pc without reading, where the assertions in
// holds hold; those that do not are dropped, or kept if they are waiting.
func (m *machine) follow(set []uint32, pc uint32, holds syntax.EmptyOp) []uint32 {
	if m.mark[pc] == m.round {
		return set
	}
	m.mark[pc] = m.round
	switch in := &m.prog.Inst[pc]; in.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		return m.follow(m.follow(set, in.Out, holds), in.Arg, holds)
	case syntax.InstCapture, syntax.InstNop:
		return m.follow(set, in.Out, holds)
	case syntax.InstEmptyWidth:
		switch op := syntax.EmptyOp(in.Arg); {
		case holds == waiting:
			return append(set, pc)
		case op&^holds == 0:
			return m.follow(set, in.Out, holds)
		}
		return set
	case syntax.InstFail:
		return set
	}
	return append(set, pc)
}

// resolve is the set after the assertions in it were judged.
func (m *machine) resolve(set []uint32, holds syntax.EmptyOp) []uint32 {
	m.round++
	var out []uint32
	for _, pc := range set {
		out = m.follow(out, pc, holds)
	}
	return out
}

// next is the state after reading a character; it pays for the work with fuel.
func (m *machine) next(from int32, r rune, fuel *int) int32 {
	*fuel--
	if from == dead || from == full {
		return from
	}
	if m.ofAuthority {
		if r == ':' {
			return m.end(from)
		}
		r = rune(lowerByte(byte(r))) // the universe of Authority is ASCII
	}
	to, ok := m.moves[move{from, r}]
	if !ok {
		*fuel -= len(m.states[from].set)
		to = m.read(from, r)
		m.moves[move{from, r}] = to
	}
	return to
}

// end is the state where no more is read.
func (m *machine) end(at int32) int32 {
	if m.states[at].accept {
		return full
	}
	return dead
}

func (m *machine) read(from int32, r rune) int32 {
	st := m.states[from]
	set := m.resolve(st.set, between(st.before, r))
	m.round++
	var out []uint32
	for _, pc := range set {
		if in := &m.prog.Inst[pc]; in.Op != syntax.InstMatch && in.MatchRune(r) {
			out = m.follow(out, in.Out, waiting)
		}
	}
	if syntax.IsWordChar(r) {
		return m.add(out, inWord)
	}
	return m.add(out, inText)
}

// between is what assertions hold before a character.
func between(before context, r rune) syntax.EmptyOp {
	op := syntax.EmptyNoWordBoundary
	if (before == inWord) != syntax.IsWordChar(r) {
		op = syntax.EmptyWordBoundary
	}
	if before == atStart {
		op |= syntax.EmptyBeginText | syntax.EmptyBeginLine
	}
	return op
}

// add makes the state of a set, or finds it.
func (m *machine) add(set []uint32, before context) int32 {
	slices.Sort(set)
	if !slices.ContainsFunc(set, func(pc uint32) bool { return m.prog.Inst[pc].Op == syntax.InstEmptyWidth }) {
		before = inText
	}
	st := state{set, before, m.accepts(set, before), never}
	total := false
	for _, pc := range set {
		st.far = min(st.far, m.far[pc])
		total = total || m.total[pc]
	}
	switch {
	case st.far == never:
		return dead
	case total && st.accept:
		return full
	}
	key := []byte{byte(before)}
	for _, pc := range set {
		key = binary.AppendUvarint(key, uint64(pc))
	}
	id, ok := m.index[string(key)]
	if !ok {
		id = int32(len(m.states))
		m.states = append(m.states, st)
		m.index[string(key)] = id
	}
	return id
}

// accepts reports whether the value may end here.
func (m *machine) accepts(set []uint32, before context) bool {
	holds := between(before, ' ') | syntax.EmptyEndText | syntax.EmptyEndLine
	return slices.ContainsFunc(m.resolve(set, holds), func(pc uint32) bool { return m.prog.Inst[pc].Op == syntax.InstMatch })
}
