package match

import (
	"bytes"
	"slices"
	"strconv"
)

// Equal reports whether two expressions are written alike, apart from Refs, the
// order of And and Or members, and nesting.
func Equal(a, b Expr) bool {
	a, b = Simplify(a), Simplify(b)
	return same(a, b) || mark(a) == mark(b) && bytes.Equal(appendKey(nil, a), appendKey(nil, b))
}

// mark is equal for expressions of one key, and mostly different for others.
func mark(e Expr) uint64 {
	switch e := e.(type) {
	case And:
		return 3 + marks(e)
	case Or:
		return 5 ^ marks(e)
	case Not:
		return ^mark(e.X) * prime
	case Atom:
		h := (uint64(e.Field)<<8|uint64(e.Op))*prime + 7
		return hashed(hashed(h, e.Key), e.Value)
	}
	return 1
}

const prime = 0x100000001b3

func marks(es []Expr) (sum uint64) {
	for _, x := range es {
		sum += mark(x)
	}
	return sum * prime
}

func hashed(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * prime
	}
	return h ^ h>>29
}

// Key is a canonical text of e for maps: equal for Equal expressions.
func Key(e Expr) string {
	var room [512]byte
	return string(appendKey(room[:0], Simplify(e)))
}

// appendKey appends the key of a simplified expression.
func appendKey(to []byte, e Expr) []byte {
	switch e := e.(type) {
	case And:
		return appendMembers(append(to, '&', '('), e)
	case Or:
		return appendMembers(append(to, '|', '('), e)
	case Not:
		return appendKey(append(to, '!'), e.X)
	case Atom:
		return appendAtom(to, e)
	}
	return to
}

// appendMembers appends the keys of members, sorted.
func appendMembers(to []byte, es []Expr) []byte {
	begin := len(to)
	var ends [16]int
	at := ends[:0]
	sorted := true
	for i, x := range es {
		from := len(to)
		to = append(appendKey(to, x), ',')
		at = append(at, len(to))
		before := begin
		if i > 1 {
			before = at[i-2]
		}
		sorted = sorted && (i == 0 || bytes.Compare(to[before:from], to[from:]) <= 0)
	}
	if !sorted {
		to = sortParts(to, begin, at)
	}
	return append(to, ')')
}

// sortParts sorts the parts of a text from begin on, which end at ends.
func sortParts(text []byte, begin int, ends []int) []byte {
	var room [512]byte
	var few [16]int
	whole, order := append(room[:0], text[begin:]...), few[:0]
	for i := range ends {
		order = append(order, i)
	}
	part := func(i int) []byte {
		from := begin
		if i > 0 {
			from = ends[i-1]
		}
		return whole[from-begin : ends[i]-begin]
	}
	slices.SortFunc(order, func(i, j int) int { return bytes.Compare(part(i), part(j)) })
	text = text[:begin]
	for _, i := range order {
		text = append(text, part(i)...)
	}
	return text
}

func appendAtom(to []byte, a Atom) []byte {
	to = append(strconv.AppendInt(to, int64(a.Field), 10), '.')
	to = strconv.AppendInt(to, int64(a.Op), 10)
	if a.Fold {
		to = append(to, 'i')
	}
	return appendQuoted(appendQuoted(to, a.Key), a.Value)
}

// appendQuoted is strconv.AppendQuote, faster for texts without escapes.
func appendQuoted(to []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return strconv.AppendQuote(to, s)
		}
	}
	return append(append(append(to, '"'), s...), '"')
}
