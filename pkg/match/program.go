package match

import "regexp/syntax"

// What is worked out about a compiled program before it runs.

// distances gives, for each instruction, the least number of characters that
// are read from it to a match, taking assertions for true.
func distances(prog *syntax.Prog) []int32 {
	sources := make([][]uint32, len(prog.Inst))
	far := make([]int32, len(prog.Inst))
	var level []uint32
	for pc := range prog.Inst {
		far[pc] = never
		in := &prog.Inst[pc]
		switch in.Op {
		case syntax.InstMatch:
			far[pc] = 0
			level = append(level, uint32(pc))
		case syntax.InstFail:
		case syntax.InstAlt, syntax.InstAltMatch:
			sources[in.Out] = append(sources[in.Out], uint32(pc))
			sources[in.Arg] = append(sources[in.Arg], uint32(pc))
		default:
			sources[in.Out] = append(sources[in.Out], uint32(pc))
		}
	}
	for d := int32(0); len(level) > 0; d++ {
		var next []uint32
		for len(level) > 0 {
			pc := level[len(level)-1]
			level = level[:len(level)-1]
			for _, from := range sources[pc] {
				switch {
				case far[from] <= d:
				case reads(&prog.Inst[from]):
					if far[from] == never {
						far[from] = d + 1
						next = append(next, from)
					}
				default:
					far[from] = d
					level = append(level, from)
				}
			}
		}
		level = next
	}
	return far
}

// reads reports whether an instruction reads a character.
func reads(in *syntax.Inst) bool {
	switch in.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	return false
}

// readsAny reports whether an instruction reads every character of a value.
func readsAny(in *syntax.Inst) bool {
	return in.Op == syntax.InstRuneAny || in.Op == syntax.InstRuneAnyNotNL
}

// findTotal finds the loops ".*" before a match: the automaton need not go on
// once it is in one and accepts.
func (m *machine) findTotal() {
	m.total = make([]bool, len(m.prog.Inst))
	for pc := range m.prog.Inst {
		in := &m.prog.Inst[pc]
		if !readsAny(in) {
			continue
		}
		m.round++
		again, match := false, false
		for _, to := range m.follow(nil, in.Out, 0) {
			again = again || to == uint32(pc)
			match = match || m.prog.Inst[to].Op == syntax.InstMatch
		}
		m.total[pc] = again && match
	}
}
