package rbac

import (
	"fmt"
	"regexp"
	"strings"

	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// Text decides by a string matcher. Regular expressions match the whole value;
// letter case is ignored in ASCII, and never by regular expressions.
// source/common/common/matchers.h StringMatcherImpl
func Text(m *matcher.StringMatcher, v string) bool {
	fold := func(s string) string {
		if m.GetIgnoreCase() {
			return lower(s)
		}
		return s
	}
	switch p := m.GetMatchPattern().(type) {
	case *matcher.StringMatcher_Exact:
		return fold(v) == fold(p.Exact)
	case *matcher.StringMatcher_Prefix:
		return strings.HasPrefix(fold(v), fold(p.Prefix))
	case *matcher.StringMatcher_Suffix:
		return strings.HasSuffix(fold(v), fold(p.Suffix))
	case *matcher.StringMatcher_Contains:
		return strings.Contains(fold(v), fold(p.Contains))
	case *matcher.StringMatcher_SafeRegex:
		return whole(p.SafeRegex.GetRegex(), v)
	}
	panic(fmt.Sprintf("rbac: unknown string matcher %T", m.GetMatchPattern()))
}

// whole reports whether a regular expression matches all of a value.
func whole(expr, v string) bool {
	re, err := regexp.Compile(`\A(?:` + expr + `)\z`)
	if err != nil {
		panic("rbac: Envoy rejects the regular expression " + expr)
	}
	return re.MatchString(v)
}

func lower(s string) string {
	return strings.Map(func(c rune) rune {
		if 'A' <= c && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return c
	}, s)
}
