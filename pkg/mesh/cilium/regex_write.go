package cilium

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
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
	case syntax.OpAnyChar:
		return &syntax.Regexp{Op: syntax.OpCharClass, Rune: []rune{0, '?' - 1, '?' + 1, unicode.MaxRune}}, true
	case syntax.OpAnyCharNotNL:
		return &syntax.Regexp{Op: syntax.OpCharClass, Rune: []rune{0, '\n' - 1, '\n' + 1, '?' - 1, '?' + 1, unicode.MaxRune}}, true
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

// offQuery is the inverse of onQuery, without what stands for the query: classes
// that leave the question mark out as one of few take it in again, which no path
// has.
func offQuery(path string) string {
	re, err := syntax.Parse(path, syntax.Perl)
	if err != nil {
		return path
	}
	return withMark(re).String()
}

func withMark(re *syntax.Regexp) *syntax.Regexp {
	out := *re
	if n := len(re.Rune); re.Op == syntax.OpCharClass && n > 0 && re.Rune[n-1] == unicode.MaxRune {
		out.Rune = nil
		for i := 0; i < n; i += 2 {
			if last := len(out.Rune) - 1; last > 0 && out.Rune[last] == '?'-1 && re.Rune[i] == '?'+1 {
				out.Rune[last] = re.Rune[i+1]
				continue
			}
			out.Rune = append(out.Rune, re.Rune[i], re.Rune[i+1])
			if lo := re.Rune[i]; lo == '?'+1 && len(out.Rune) == 2 {
				out.Rune[0] = '?'
			}
		}
		switch {
		case len(out.Rune) == 2 && out.Rune[0] == 0:
			return &syntax.Regexp{Op: syntax.OpAnyChar}
		case len(out.Rune) == 4 && out.Rune[0] == 0 && out.Rune[1] == '\n'-1 && out.Rune[2] == '\n'+1:
			return &syntax.Regexp{Op: syntax.OpAnyCharNotNL}
		}
	}
	out.Sub = slices.Clone(re.Sub)
	for i, s := range re.Sub {
		out.Sub[i] = withMark(s)
	}
	return &out
}
