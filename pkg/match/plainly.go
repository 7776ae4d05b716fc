package match

import "strings"

// Plainly is an atom that holds of the same values as a and is decided by
// comparing strings, where a's pattern is as easy as that; otherwise it is a.
// Values have no control characters, so that "." stands for every one, and paths
// begin with a slash.
func Plainly(a Atom) Atom {
	switch a.Op {
	case Prefix, Segments, Template, Regex:
		return plainly(a)
	}
	return a
}

func plainly(a Atom) Atom {
	a = a.unfolded()
	if slash := a.Field == Path && a.Value == "/"; a.Op == Prefix && (slash || a.Value == "") || a.Op == Segments && slash {
		return a.as(Present, "")
	}
	return a
}

func (a Atom) unfolded() Atom {
	switch {
	case a.Fold || a.Field.address():
		return a
	case a.Op == Template:
		return a.unfold(a.Value, "{**}")
	case a.Op != Regex:
		return a
	}
	for _, end := range []string{"(/.*)?", "(?:/.*)?"} {
		if lit, ok := strings.CutSuffix(a.Value, end); ok {
			if lit, ok = literal(lit); ok && lit != "" && !strings.HasSuffix(lit, "/") {
				return a.as(Segments, lit)
			}
		}
	}
	return a.unanchored()
}

// unanchored is an atom of a pattern that may have "^" at its beginning and "$"
// at its end, which say nothing of a whole value.
func (a Atom) unanchored() Atom {
	plain := a.unfold(a.Value, ".*")
	bare := strings.TrimSuffix(strings.TrimPrefix(a.Value, "^"), "$")
	if plain.Op != Regex || bare == a.Value {
		return plain
	}
	if plain = a.as(Regex, bare).unfolded(); plain.Op != Regex {
		return plain
	}
	return a
}

// unfold reads a pattern that is a text, with "anything" before or behind it or
// not at all.
func (a Atom) unfold(pattern, anything string) Atom {
	if pattern == anything {
		return a.as(Present, "")
	}
	read := literal
	if a.Op == Template {
		read = noPlaceholder
	}
	if rest, ok := strings.CutSuffix(pattern, anything); ok {
		if lit, ok := read(rest); ok {
			return a.as(Prefix, lit)
		}
	} else if rest, ok := strings.CutPrefix(pattern, anything); ok {
		if lit, ok := read(rest); ok {
			return a.as(Suffix, lit)
		}
	} else if lit, ok := read(pattern); ok {
		return a.as(Exact, lit)
	}
	return a
}

func (a Atom) as(op Op, value string) Atom {
	a.Op, a.Value = op, value
	return a
}

// noPlaceholder is a template's own text, if it holds no placeholder.
func noPlaceholder(t string) (string, bool) { return t, !strings.Contains(t, "{*") }

// special are the characters that mean something in RE2.
const special = `\.+*?()|[]{}^$`

// literal is the text that a pattern of RE2 stands for, if it is one text.
func literal(pattern string) (string, bool) {
	if !strings.ContainsAny(pattern, special) {
		return pattern, true
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c != '\\':
			if strings.IndexByte(special, c) >= 0 {
				return "", false
			}
		case i+1 < len(pattern) && punctuation(pattern[i+1]):
			i++
			c = pattern[i]
		default:
			return "", false
		}
		b.WriteByte(c)
	}
	return b.String(), true
}

// punctuation that a backslash takes for itself.
func punctuation(c byte) bool {
	return c < 0x80 && c > ' ' && !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') && c != 0x7f
}
