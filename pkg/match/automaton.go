package match

import (
	"regexp/syntax"
	"slices"
)

// automaton runs a compiled expression on sets of instructions.
type automaton struct {
	prog *syntax.Prog
	mark []int // of an instruction, the step that last added it
	step int
}

// compile makes the automaton of a pattern; ok is false where the pattern is
// none, or tests word boundaries, which depend on more than the state.
func compile(pattern string) (*automaton, bool) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, false
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return nil, false
	}
	for _, in := range prog.Inst {
		if in.Op == syntax.InstEmptyWidth && syntax.EmptyOp(in.Arg)&(syntax.EmptyWordBoundary|syntax.EmptyNoWordBoundary) != 0 {
			return nil, false
		}
	}
	return &automaton{prog: prog, mark: make([]int, len(prog.Inst))}, true
}

// start is the set of instructions before the first character.
func (m *automaton) start() []uint32 {
	m.step++
	return m.close(nil, uint32(m.prog.Start), true, false)
}

// close adds what can be reached from pc without reading. Assertions of the
// text's beginning and end hold at begin and at end; those that wait for the end
// stay in the set.
func (m *automaton) close(set []uint32, pc uint32, begin, end bool) []uint32 {
	if m.mark[pc] == m.step {
		return set
	}
	m.mark[pc] = m.step
	in := &m.prog.Inst[pc]
	switch in.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		return m.close(m.close(set, in.Out, begin, end), in.Arg, begin, end)
	case syntax.InstCapture, syntax.InstNop:
		return m.close(set, in.Out, begin, end)
	case syntax.InstEmptyWidth:
		op := syntax.EmptyOp(in.Arg)
		needsBegin := op&(syntax.EmptyBeginText|syntax.EmptyBeginLine) != 0
		needsEnd := op&(syntax.EmptyEndText|syntax.EmptyEndLine) != 0
		switch {
		case needsBegin && !begin:
			return set
		case needsEnd && !end:
			return append(set, pc)
		}
		return m.close(set, in.Out, begin, end)
	case syntax.InstFail:
		return set
	}
	return append(set, pc)
}

// next is the set after reading a character.
func (m *automaton) next(set []uint32, r rune) []uint32 {
	m.step++
	var out []uint32
	for _, pc := range set {
		switch in := &m.prog.Inst[pc]; in.Op {
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			if in.MatchRune(r) {
				out = m.close(out, in.Out, false, false)
			}
		}
	}
	slices.Sort(out)
	return out
}

// accepts reports whether the text may end here.
func (m *automaton) accepts(set []uint32, begin bool) bool {
	m.step++
	var out []uint32
	for _, pc := range set {
		if m.prog.Inst[pc].Op == syntax.InstEmptyWidth {
			out = m.close(out, pc, begin, true)
			continue
		}
		out = append(out, pc)
	}
	return slices.ContainsFunc(out, func(pc uint32) bool { return m.prog.Inst[pc].Op == syntax.InstMatch })
}

// bounds adds the characters at which the automaton may begin to behave
// differently.
func (m *automaton) bounds(set map[rune]bool) {
	for i := range m.prog.Inst {
		in := &m.prog.Inst[i]
		switch in.Op {
		case syntax.InstRuneAnyNotNL:
			set['\n'], set['\n'+1] = true, true
		case syntax.InstRune, syntax.InstRune1:
			if len(in.Rune) == 1 {
				foldBounds(set, in.Rune[0], syntax.Flags(in.Arg)&syntax.FoldCase != 0)
				continue
			}
			for j := 0; j+1 < len(in.Rune); j += 2 {
				set[in.Rune[j]], set[in.Rune[j+1]+1] = true, true
			}
		}
	}
}
