package match

import (
	"bytes"
	"slices"
	"strconv"
)

// Equal reports whether two expressions are written alike, apart from Refs, the
// order of And and Or members, and nesting.
func Equal(a, b Expr) bool {
	if shared(a, b) || same(a, b) {
		return true
	}
	a, b = Simplify(a), Simplify(b)
	return same(a, b) || mark(a) == mark(b) && equalKeys(a, b)
}

// shared reports whether two expressions are one list in memory, as those of facts that
// nothing has changed are, or one atom.
func shared(a, b Expr) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case And:
		b, ok := b.(And)
		return ok && sharedList(a, b)
	case Or:
		b, ok := b.(Or)
		return ok && sharedList(a, b)
	case Atom:
		b, ok := b.(Atom)
		return ok && a.alike(&b)
	}
	return false
}

func sharedList(a, b []Expr) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

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
		h = hashed(hashed(h, e.Key), e.Value)
		return (h ^ h>>32) * spread
	}
	return 1
}

const (
	prime = 0x100000001b3
	// spread makes the sums of like marks differ.
	spread = 0xff51afd7ed558ccd
)

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

// equalKeys compares the keys of simplified expressions.
func equalKeys(a, b Expr) bool {
	var x, y keyText
	x.expr(a)
	y.expr(b)
	return bytes.Equal(x.text(), y.text())
}

// Key is a canonical text of e for maps: equal for Equal expressions.
func Key(e Expr) string { return keyOf(Simplify(e)) }

// AppendKey appends the Key of e to a text.
func AppendKey(text []byte, e Expr) []byte {
	var k keyText
	k.expr(Simplify(e))
	return append(text, k.text()...)
}

// keyOf is the key of a simplified expression.
func keyOf(e Expr) string {
	var k keyText
	k.expr(e)
	return string(k.text())
}

// keyText is a key in the making, which takes no memory but its own while it is
// short.
type keyText struct {
	short [480]byte
	n     int
	long  []byte // all of it, once it is longer
}

func (k *keyText) text() []byte {
	if k.long != nil {
		return k.long
	}
	return k.short[:k.n]
}

func (k *keyText) len() int { return len(k.text()) }

func (k *keyText) byte(c byte) {
	if k.long == nil && k.n < len(k.short) {
		k.short[k.n] = c
		k.n++
		return
	}
	k.lengthen(1)
	k.long = append(k.long, c)
}

func (k *keyText) string(s string) {
	if k.long == nil && k.n+len(s) <= len(k.short) {
		k.n += copy(k.short[k.n:], s)
		return
	}
	k.lengthen(len(s))
	k.long = append(k.long, s...)
}

// lengthen moves the text to where it can grow.
func (k *keyText) lengthen(by int) {
	if k.long == nil {
		k.long = append(make([]byte, 0, 4*len(k.short)+by), k.short[:k.n]...)
	}
}

// expr adds the key of a simplified expression.
func (k *keyText) expr(e Expr) {
	switch e := e.(type) {
	case And:
		k.string("&(")
		k.members(e)
	case Or:
		k.string("|(")
		k.members(e)
	case Not:
		k.byte('!')
		k.expr(e.X)
	case Atom:
		k.atom(&e)
	}
}

// members adds the keys of members, sorted.
func (k *keyText) members(es []Expr) {
	begin := k.len()
	var ends [16]int
	at := ends[:0]
	sorted := true
	for i, x := range es {
		from := k.len()
		k.expr(x)
		k.byte(',')
		at = append(at, k.len())
		before := begin
		if i > 1 {
			before = at[i-2]
		}
		text := k.text()
		sorted = sorted && (i == 0 || bytes.Compare(text[before:from], text[from:]) <= 0)
	}
	if !sorted {
		sortParts(k.text(), begin, at)
	}
	k.byte(')')
}

// sortParts sorts the parts of a text from begin on, which end at ends.
func sortParts(text []byte, begin int, ends []int) {
	var room [480]byte
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
	text = text[begin:begin]
	for _, i := range order {
		text = append(text, part(i)...)
	}
}

func (k *keyText) atom(a *Atom) {
	var room [8]byte
	k.string(string(strconv.AppendInt(room[:0], int64(a.Field), 10)))
	k.byte('.')
	k.string(string(strconv.AppendInt(room[:0], int64(a.Op), 10)))
	if a.Fold {
		k.byte('i')
	}
	k.quoted(a.Key)
	k.quoted(a.Value)
}

// quoted adds what strconv.Quote says, faster for texts without escapes.
func (k *keyText) quoted(s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			k.string(strconv.Quote(s))
			return
		}
	}
	k.byte('"')
	k.string(s)
	k.byte('"')
}
