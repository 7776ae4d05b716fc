package match

import "strings"

// ends are what values of a set of plain constraints have in common.
type ends struct {
	prefix, suffix string
	// whole values that tests which must hold name: segments without the slash.
	whole []string
	empty bool // the ends contradict each other
}

// samplePlain decides constraints by comparing strings; Unsure where that is
// not enough.
//
// A value that meets all tests which must hold either is one that a test names
// as a whole, or begins with the longest prefix and ends with the longest suffix
// asked for. Of the latter, prefix + c + suffix with a character c that no test
// mentions fails a test that must not hold only if all others fail it too: such
// a test's text cannot reach into c, so it is within the prefix or the suffix.
func samplePlain(f Field, cs []constraint) (string, Answer) {
	fold, ok := uniform(f, cs)
	if !ok {
		return "", Unsure
	}
	u := &universes[f]
	e := endsOf(f, cs, fold)
	for _, v := range e.whole {
		if u.has(v) && holdAll(cs, v) {
			return v, Yes
		}
	}
	if e.empty {
		return "", No
	}
	for _, v := range e.merged() {
		if u.has(v) && holdAll(cs, v) {
			return v, Yes
		}
	}
	c := fresh(u, cs)
	if c == "" {
		return "", Unsure
	}
	return exactly(u, cs, e.prefix+c+e.suffix)
}

// uniform reports whether strings decide: all tests are plain, and all or none
// ignore case.
func uniform(f Field, cs []constraint) (fold, ok bool) {
	exact := false
	for _, c := range cs {
		t := c.test
		switch {
		case !t.plain(), f == Authority && strings.Contains(t.Value, ":"):
			return false, false
		case t.Op == Present:
		case t.Fold:
			fold = true
		default:
			exact = true
		}
	}
	return fold, !fold || !exact
}

// endsOf collects what the tests that must hold ask for.
func endsOf(f Field, cs []constraint, fold bool) ends {
	var e ends
	if f == Path {
		e.prefix = "/"
	}
	for _, c := range cs {
		v := c.test.Value
		if f == Host && fold {
			v = lower(v)
		}
		switch {
		case c.test.Op == Present:
			e.empty = e.empty || !c.want
		case !c.want:
		case c.test.Op == Exact, c.test.Op == Sole:
			e.whole = append(e.whole, v)
			e.empty = true
		case c.test.Op == Prefix:
			e.begin(v, fold)
		case c.test.Op == Segments:
			v = strings.TrimRight(v, "/")
			e.whole = append(e.whole, v)
			e.begin(v+"/", fold)
		case c.test.Op == Suffix:
			e.end(v, fold)
		}
	}
	return e
}

func (e *ends) begin(v string, fold bool) {
	switch {
	case hasPrefix(v, e.prefix, fold):
		e.prefix = v
	case !hasPrefix(e.prefix, v, fold):
		e.empty = true
	}
}

func (e *ends) end(v string, fold bool) {
	switch {
	case hasSuffix(v, e.suffix, fold):
		e.suffix = v
	case !hasSuffix(e.suffix, v, fold):
		e.empty = true
	}
}

func hasSuffix(v, suffix string, fold bool) bool {
	return len(v) >= len(suffix) && hasPrefix(v[len(v)-len(suffix):], suffix, fold)
}

// merged are the values that are nothing but prefix and suffix, the shortest
// first; they may overlap.
func (e *ends) merged() []string {
	if e.suffix == "" {
		return []string{e.prefix}
	}
	out := make([]string, 0, 2)
	for n := min(len(e.prefix), len(e.suffix)); n >= 0; n-- {
		if hasSuffix(e.prefix, e.suffix[:n], false) {
			out = append(out, e.prefix+e.suffix[n:])
		}
	}
	return out
}

// fresh is a character that no test mentions, in either case; "" if none is
// left.
func fresh(u *universe, cs []constraint) string {
	var used [128]bool
	for _, c := range cs {
		for i := range len(c.test.Value) {
			if b := c.test.Value[i]; b < 128 {
				used[b], used[lowerByte(b)] = true, true
			}
		}
	}
	for i := range len(u.fresh) {
		if b := u.fresh[i]; !used[b] && !used[lowerByte(b)] {
			return u.fresh[i : i+1]
		}
	}
	return ""
}
