package match

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// letters gives one character for each class of characters that no machine
// tells from each other, readable ones first.
func letters(machines []*machine) []rune {
	cuts := []rune{0, '0', '9' + 1, 'A', 'Z' + 1, '_', '_' + 1, 'a', 'z' + 1, utf8.MaxRune + 1}
	var reading []*syntax.Inst
	for _, m := range machines {
		for i := range m.prog.Inst {
			if in := &m.prog.Inst[i]; reads(in) {
				reading = append(reading, in)
				cuts = appendCuts(cuts, in, m.ofAuthority)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var out []rune
	for i, lo := range cuts[:len(cuts)-1] {
		if r := readable(lo, cuts[i+1]-1); utf8.ValidRune(r) {
			out = append(out, r)
		}
	}
	if len(out) > manyLetters {
		out = distinguished(out, reading)
	}
	slices.SortStableFunc(out, func(a, b rune) int { return rank(a) - rank(b) })
	return out
}

// manyLetters is where it pays to join classes that are not neighbours, as of
// the ranges of a script.
const manyLetters = 96

// appendCuts adds the characters at which an instruction begins to behave
// differently, in upper case too where that is read as lower case.
func appendCuts(cuts []rune, in *syntax.Inst, folded bool) []rune {
	from := len(cuts)
	switch {
	case readsAny(in):
		return cuts
	case len(in.Rune) == 1:
		r := in.Rune[0]
		cuts = append(cuts, r, r+1)
		if syntax.Flags(in.Arg)&syntax.FoldCase != 0 {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				cuts = append(cuts, f, f+1)
			}
		}
	default:
		for i := 0; i+1 < len(in.Rune); i += 2 {
			cuts = append(cuts, in.Rune[i], in.Rune[i+1]+1)
		}
	}
	if folded {
		for _, r := range cuts[from:] {
			if 'a' <= r && r <= 'z'+1 {
				cuts = append(cuts, r-'a'+'A')
			}
		}
	}
	return cuts
}

// distinguished keeps one of all characters that every instruction treats
// alike; word characters are apart from others.
func distinguished(rs []rune, reading []*syntax.Inst) []rune {
	reading = distinct(reading)
	seen := map[string]bool{}
	signature := make([]byte, len(reading)+1)
	var out []rune
	slices.SortStableFunc(rs, func(a, b rune) int { return rank(a) - rank(b) })
	for _, r := range rs {
		for i, in := range reading {
			signature[i] = bit(in.MatchRune(r))
		}
		signature[len(reading)] = bit(syntax.IsWordChar(r))
		if r < utf8.RuneSelf || !seen[string(signature)] {
			seen[string(signature)] = true
			out = append(out, r)
		}
	}
	return out
}

// distinct leaves out instructions that read the same characters.
func distinct(ins []*syntax.Inst) []*syntax.Inst {
	seen := map[string]bool{}
	var out []*syntax.Inst
	for _, in := range ins {
		key := string(in.Rune) + string([]byte{byte(in.Op), byte(in.Arg)})
		if !seen[key] {
			seen[key] = true
			out = append(out, in)
		}
	}
	return out
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// readable chooses a character between two.
func readable(lo, hi rune) rune {
	for _, r := range "xa0A/-._~1" {
		if lo <= r && r <= hi {
			return r
		}
	}
	if lo >= 0xd800 && lo <= 0xdfff {
		return min(hi, 0xe000)
	}
	return lo
}

// rank orders characters by how well they read.
func rank(r rune) int {
	switch {
	case r >= 'a' && r <= 'z':
		return 0
	case r == '/', '0' <= r && r <= '9':
		return 1
	case 'A' <= r && r <= 'Z', strings.ContainsRune("-._~", r):
		return 2
	case r > ' ' && r < 0x7f:
		return 3
	}
	return 4
}
