package consul

import (
	"fmt"
	"strconv"
	"strings"
)

// A filter expression is one of the language of go-bexpr, which Consul's servers read where an
// entry is written: what they do not understand they refuse. The fields that it names they do
// not look at.
// github.com/hashicorp/go-bexpr v0.1.2 grammar.peg

// filterExpr is a filter as understood: what joins its parts, or a test.
type filterExpr struct {
	join  string // and, or, not, or "" for a test
	parts []filterExpr
	// selector is the field that a test asks, op what it asks, without the word not, which
	// negated stands for, and value what with.
	selector []string
	op       string
	negated  bool
	value    string
}

// parseFilter reads a filter.
func parseFilter(text string) (filterExpr, error) {
	p := &filterParser{text: text}
	p.space()
	e, ok := p.or()
	if p.space(); ok && p.at == len(text) && p.err == nil {
		return e, nil
	}
	if p.err == nil {
		p.fail(max(p.at, p.furthest), "is not understood")
	}
	return filterExpr{}, p.err
}

// filterParser goes through a text. What fails leaves it where it was.
type filterParser struct {
	text         string
	at, furthest int
	err          error // of a literal, whatever else may be read there
}

func (p *filterParser) fail(at int, why string) {
	if p.err == nil {
		p.err = fmt.Errorf("what follows %q %s", p.text[:at], why)
	}
}

// one takes what a rule reads, or nothing.
func one[T any](p *filterParser, read func() (T, bool)) (out T, ok bool) {
	start := p.at
	if out, ok = read(); !ok {
		p.furthest, p.at = max(p.furthest, p.at), start
	}
	return out, ok
}

func (p *filterParser) space() bool {
	rest := strings.TrimLeft(p.text[p.at:], " \t\r\n")
	found := len(rest) < len(p.text)-p.at
	p.at = len(p.text) - len(rest)
	return found
}

func (p *filterParser) token(s string) bool {
	if !strings.HasPrefix(p.text[p.at:], s) {
		return false
	}
	p.at += len(s)
	return true
}

// words takes words with space before, between and behind them.
func (p *filterParser) words(words ...string) bool {
	_, ok := one(p, func() (struct{}, bool) {
		for _, w := range words {
			if !p.space() || !p.token(w) {
				return struct{}{}, false
			}
		}
		return struct{}{}, true
	})
	return ok
}

func (p *filterParser) or() (filterExpr, bool)  { return p.joined("or", p.and) }
func (p *filterParser) and() (filterExpr, bool) { return p.joined("and", p.not) }

// joined takes one part or more with a word between them.
func (p *filterParser) joined(word string, part func() (filterExpr, bool)) (filterExpr, bool) {
	first, ok := part()
	out := filterExpr{join: word, parts: []filterExpr{first}}
	for ok {
		next, more := one(p, func() (filterExpr, bool) {
			if !p.words(word) || !p.space() {
				return filterExpr{}, false
			}
			return part()
		})
		if !more {
			break
		}
		out.parts = append(out.parts, next)
	}
	if len(out.parts) == 1 {
		return first, ok
	}
	return out, ok
}

func (p *filterParser) not() (filterExpr, bool) {
	e, ok := one(p, func() (filterExpr, bool) {
		if !p.token("not") || !p.space() {
			return filterExpr{}, false
		}
		e, ok := p.not()
		return filterExpr{join: "not", parts: []filterExpr{e}}, ok
	})
	if ok {
		return e, true
	}
	return p.group()
}

func (p *filterParser) group() (filterExpr, bool) {
	e, ok := one(p, func() (filterExpr, bool) {
		if !p.token("(") {
			return filterExpr{}, false
		}
		p.space()
		e, ok := p.or()
		p.space()
		return e, ok && p.token(")")
	})
	if ok {
		return e, true
	}
	if e, ok = one(p, p.test); !ok {
		e, ok = one(p, p.within)
	}
	return e, ok
}

// filterTests are the words of tests of a field, and what they are negated.
var filterTests = []struct {
	op      string
	words   []string
	negated bool
}{
	{"contains", []string{"contains"}, false}, {"contains", []string{"not", "contains"}, true},
	{"matches", []string{"matches"}, false}, {"matches", []string{"not", "matches"}, true},
}

// test takes a field and what is asked of it.
func (p *filterParser) test() (filterExpr, bool) {
	field, ok := p.selector()
	e := filterExpr{selector: field}
	if !ok {
		return e, false
	}
	for _, op := range []string{"==", "!="} {
		v, found := one(p, func() (string, bool) {
			if p.space(); !p.token(op) {
				return "", false
			}
			p.space()
			return p.value()
		})
		if found {
			e.op, e.negated, e.value = "==", op == "!=", v
			return e, true
		}
	}
	for _, t := range filterTests {
		v, found := one(p, func() (string, bool) {
			if !p.words(t.words...) || !p.space() {
				return "", false
			}
			return p.value()
		})
		if found {
			e.op, e.negated, e.value = t.op, t.negated, v
			return e, true
		}
	}
	e.op = "empty"
	e.negated = !p.words("is", "empty")
	return e, !e.negated || p.words("is", "not", "empty")
}

// within takes a value and a field that is asked for it.
func (p *filterParser) within() (filterExpr, bool) {
	v, ok := p.value()
	e := filterExpr{op: "contains", value: v}
	if !ok {
		return e, false
	}
	if e.negated = !p.words("in"); e.negated && !p.words("not", "in") || !p.space() {
		return e, false
	}
	if e.selector, ok = p.selector(); !ok {
		p.fail(p.at, "is no field")
	}
	return e, ok
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }

// while takes the characters for which a condition holds.
func (p *filterParser) while(is func(byte) bool) string {
	start := p.at
	for p.at < len(p.text) && is(p.text[p.at]) {
		p.at++
	}
	return p.text[start:p.at]
}

func (p *filterParser) name() (string, bool) {
	if p.at == len(p.text) || !letter(p.text[p.at]) {
		return "", false
	}
	return p.while(func(c byte) bool { return letter(c) || digit(c) || c == '_' }), true
}

// selector takes names that points join, and quoted ones in brackets.
func (p *filterParser) selector() ([]string, bool) {
	first, ok := p.name()
	out := []string{first}
	for ok {
		next, more := one(p, func() (string, bool) {
			if p.token(".") {
				return p.name()
			}
			return p.index()
		})
		if !more {
			break
		}
		out = append(out, next)
	}
	return out, ok
}

func (p *filterParser) index() (string, bool) {
	if !p.token("[") {
		return "", false
	}
	p.space()
	s, ok := p.literal()
	p.space()
	if !ok || !p.token("]") {
		p.fail(p.at, "is no quoted name in brackets")
		return "", false
	}
	return s, true
}

// value takes names that points join, a number, or a quoted text.
func (p *filterParser) value() (string, bool) {
	if s, ok := one(p, p.selector); ok {
		return strings.Join(s, "."), true
	}
	if s, ok := one(p, p.number); ok {
		return s, true
	}
	return one(p, p.literal)
}

func (p *filterParser) number() (string, bool) {
	start := p.at
	p.token("-")
	if !p.token("0") && p.while(digit) == "" {
		return "", false
	}
	one(p, func() (string, bool) {
		if !p.token(".") {
			return "", false
		}
		s := p.while(digit)
		return s, s != ""
	})
	if p.at < len(p.text) && !strings.ContainsRune(" \t\r\n)", rune(p.text[p.at])) {
		p.fail(start, "is no number")
	}
	return p.text[start:p.at], true
}

func (p *filterParser) literal() (string, bool) {
	if p.at == len(p.text) || p.text[p.at] != '"' && p.text[p.at] != '`' {
		return "", false
	}
	quote, start := p.text[p.at], p.at
	p.at++
	p.while(func(c byte) bool { return c != quote })
	if p.at == len(p.text) {
		p.fail(start, "is a text without an end")
		return "", false
	}
	p.at++
	s, err := strconv.Unquote(p.text[start:p.at])
	if err != nil {
		p.fail(start, "is quoted with what stands for no character")
	}
	return s, true
}
