package match

import (
	"regexp"
	"strings"
)

// Holds reports whether the atom is true of a value that is there; of an
// attribute that has Many values, of one of them. An atom whose pattern does not
// compile holds of nothing. It compiles patterns anew each time: Space.Holds
// remembers them.
func (a Atom) Holds(v string) bool {
	t := test{Atom: a}
	if a.Op.pattern() {
		t.re = compile(a)
	}
	return t.holds(v)
}

// test is an atom made ready for many values.
type test struct {
	Atom
	// ofAuthority says that an atom on Host is asked of an Authority.
	ofAuthority bool
	// re is of Template, Regex and Search; nil where it does not compile.
	re *regexp.Regexp
	// in are the addresses of an Exact, CIDR or within; nil of others, and where that is
	// not worked out.
	in ranges
}

// within is the operator of tests for ranges, which no atom has.
const within = Op(200)

// pattern reports whether the operator's value is a pattern.
func (o Op) pattern() bool { return o == Template || o == Regex || o == Search }

func (t *test) holds(v string) bool {
	switch {
	case t.ofAuthority:
		return t.one(hostOf(v))
	case t.Op == Sole:
		return t.one(v)
	case t.Field.Many(t.Key):
		for {
			x, rest, more := strings.Cut(v, Separator)
			if t.one(x) || !more {
				return t.one(x)
			}
			v = rest
		}
	}
	return t.one(v)
}

// one decides about a single value.
func (t *test) one(v string) bool {
	if t.in != nil {
		a, ok := parseAddress(v)
		return ok && t.in.has(a)
	}
	want := t.Value
	switch t.Op {
	case Exact, Sole:
		return v == want || t.Fold && equalFold(v, want) || t.Field.address() && sameAddress(v, want)
	case Prefix:
		return hasPrefix(v, want, t.Fold)
	case Suffix:
		return len(v) >= len(want) && hasPrefix(v[len(v)-len(want):], want, t.Fold)
	case Segments:
		want = strings.TrimRight(want, "/")
		return hasPrefix(v, want, t.Fold) && (len(v) == len(want) && v != "" || len(v) > len(want) && v[len(want)] == '/')
	case Present:
		return true
	case CIDR:
		return inBlock(v, want)
	case Template, Regex, Search:
		return t.re != nil && t.re.MatchString(v)
	}
	panic("match: unknown operator")
}

// known reports whether the atom has a meaning: its pattern compiles, its block
// is one, its operator suits the field.
func (t *test) known() bool {
	switch {
	case t.Op == CIDR:
		_, ok := block(t.Value)
		return ok && t.Field.address()
	case t.Field.address():
		return t.Op == Present || t.Op == within || t.Op == Exact && address(t.Value)
	}
	return !t.Op.pattern() || t.re != nil
}

// plain reports whether the atom is decided by comparing strings.
func (t *test) plain() bool {
	return (t.Op <= Suffix || t.Op == Present || t.Op == Sole) && !t.ofAuthority
}

// compile returns nil where the atom's pattern does not compile, or is too large.
func compile(a Atom) *regexp.Regexp {
	p := `\A(?:` + pattern(a) + `)\z`
	if tooLarge(p) {
		return nil
	}
	re, err := regexp.Compile(p)
	if err != nil {
		return nil
	}
	return re
}

func hasPrefix(v, prefix string, fold bool) bool {
	return len(v) >= len(prefix) && (v[:len(prefix)] == prefix || fold && equalFold(v[:len(prefix)], prefix))
}

// equalFold compares ignoring ASCII letter case.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && lowerByte(a[i]) != lowerByte(b[i]) {
			return false
		}
	}
	return true
}

// lower lowers ASCII letters.
func lower(s string) string {
	for i := range len(s) {
		if s[i] != lowerByte(s[i]) {
			b := []byte(s)
			for j := range b {
				b[j] = lowerByte(b[j])
			}
			return string(b)
		}
	}
	return s
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
