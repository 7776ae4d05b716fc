package cilium

import (
	"regexp/syntax"
	"slices"
	"strings"
)

// onQuery writes a regular expression for paths as one for paths with their
// query, which is what Cilium compares: no part of it may take in the "?". ok is
// false for those that say where a text ends within.
func onQuery(path string) (text string, ok bool) {
	re, err := syntax.Parse(path, syntax.Perl)
	if err != nil {
		return "", false
	}
	re, ok = withoutMark(unanchored(re))
	if !ok {
		return "", false
	}
	return "(?:" + re.String() + `)(\?.*)?`, true
}

// unanchored drops anchors at both ends, which a match of the whole has anyway.
func unanchored(re *syntax.Regexp) *syntax.Regexp {
	if re.Op != syntax.OpConcat {
		return re
	}
	subs := re.Sub
	for len(subs) > 0 && (subs[0].Op == syntax.OpBeginText || subs[0].Op == syntax.OpBeginLine) {
		subs = subs[1:]
	}
	for len(subs) > 0 && (subs[len(subs)-1].Op == syntax.OpEndText || subs[len(subs)-1].Op == syntax.OpEndLine) {
		subs = subs[:len(subs)-1]
	}
	return &syntax.Regexp{Op: syntax.OpConcat, Flags: re.Flags, Sub: subs}
}

// withoutMark takes the question mark out of what a pattern matches.
func withoutMark(re *syntax.Regexp) (*syntax.Regexp, bool) {
	out := *re
	switch re.Op {
	case syntax.OpLiteral:
		return re, !slices.Contains(re.Rune, '?')
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return &syntax.Regexp{Op: syntax.OpCharClass, Rune: []rune{0, '?' - 1, '?' + 1, 0x10ffff}}, true
	case syntax.OpCharClass:
		out.Rune = nil
		for i := 0; i < len(re.Rune); i += 2 {
			lo, hi := re.Rune[i], re.Rune[i+1]
			if lo > '?' || hi < '?' {
				out.Rune = append(out.Rune, lo, hi)
				continue
			}
			if lo < '?' {
				out.Rune = append(out.Rune, lo, '?'-1)
			}
			if hi > '?' {
				out.Rune = append(out.Rune, '?'+1, hi)
			}
		}
		return &out, len(out.Rune) > 0
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary, syntax.OpNoMatch:
		return re, false
	}
	out.Sub = slices.Clone(re.Sub)
	for i, s := range re.Sub {
		sub, ok := withoutMark(s)
		if !ok {
			return re, false
		}
		out.Sub[i] = sub
	}
	return &out, true
}

// unquestioned reports whether a text may be a part of a path: those have no
// query.
func unquestioned(s string) bool { return !strings.Contains(s, "?") }
