package match

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// anything is any text.
const anything = `(?s:.*)`

// broken is a pattern that does not compile.
const broken = `(`

// pattern is the atom as RE2 for the whole value; broken where the atom's own
// pattern is.
func pattern(a Atom) string {
	switch a.Op {
	case Exact, Sole:
		return quote(a.Value, a.Fold)
	case Prefix:
		return quote(a.Value, a.Fold) + anything
	case Suffix:
		return anything + quote(a.Value, a.Fold)
	case Segments:
		want := strings.TrimRight(a.Value, "/")
		if want == "" {
			return `/` + anything
		}
		return quote(want, a.Fold) + `(?:/` + anything + `)?`
	case Present:
		return anything
	case Template:
		return template(a.Value, a.Fold)
	case Regex:
		return given(a)
	case Search:
		if p := given(a); p != broken {
			return anything + p + anything
		}
		return broken
	}
	panic("match: no pattern for the operator")
}

// given is the atom's own pattern as a group. It must compile by itself: "a)(b"
// may not become an expression by being put into one.
func given(a Atom) string {
	if _, err := syntax.Parse(a.Value, syntax.Perl); err != nil {
		return broken
	}
	if a.Fold {
		return `(?i:` + a.Value + `)`
	}
	return `(?:` + a.Value + `)`
}

// quote is a pattern for the text itself. RE2's own case folding knows more
// letters than those of ASCII.
func quote(s string, fold bool) string {
	if !fold {
		return regexp.QuoteMeta(s)
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			b.WriteByte('[')
			b.WriteRune(r)
			b.WriteRune(r ^ ' ')
			b.WriteByte(']')
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return b.String()
}

// template writes a path template, as Envoy's uri_template matcher reads it:
// "{*}" is one segment that is not empty, "{**}" any number of characters
// (envoy/source/extensions/path/uri_template_lib).
func template(t string, fold bool) string {
	var b strings.Builder
	for t != "" {
		i := strings.Index(t, "{*")
		if i < 0 {
			b.WriteString(quote(t, fold))
			break
		}
		b.WriteString(quote(t[:i], fold))
		t = t[i:]
		if rest, ok := strings.CutPrefix(t, "{**}"); ok {
			b.WriteString(anything)
			t = rest
		} else if rest, ok := strings.CutPrefix(t, "{*}"); ok {
			b.WriteString(`[^/]+`)
			t = rest
		} else {
			b.WriteString(quote(t[:2], fold))
			t = t[2:]
		}
	}
	return b.String()
}

// BadPattern is why a regular expression is none of RE2, or nil. It is cheaper than
// compiling it.
func BadPattern(re string) error {
	if ordinary(re) {
		return nil
	}
	_, err := syntax.Parse(re, syntax.Perl)
	return err
}

// ordinary reports whether a regular expression is words and slashes with ".*" between
// them, as most are.
func ordinary(re string) bool {
	for i := 0; i < len(re); i++ {
		switch c := re[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '/', c == '-', c == '_', c == '.':
		case c == '*' && i > 0 && re[i-1] == '.':
		default:
			return false
		}
	}
	return true
}
