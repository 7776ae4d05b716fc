package match

import "regexp/syntax"

// maxPattern bounds the size of patterns that are decided: characters and
// characters' ranges after counted repetitions are written out. Envoy refuses
// patterns of a hundredth of it by default. Larger ones are treated as those that
// do not compile, before memory is spent on them.
const maxPattern = 8192

// tooLarge reports whether a pattern that parses is larger than that.
func tooLarge(pattern string) bool {
	re, err := syntax.Parse(pattern, syntax.Perl)
	return err == nil && size(re) > maxPattern
}

// size is how large an expression gets; more than maxPattern is not told apart.
func size(re *syntax.Regexp) int {
	n := 1
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass:
		n += len(re.Rune)
	}
	for _, sub := range re.Sub {
		if n += size(sub); n > maxPattern {
			return maxPattern + 1
		}
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return min(n, maxPattern+1)
}
