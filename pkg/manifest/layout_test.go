package manifest

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// hard are strings that YAML has its own mind about, beside plain ones.
var hard = []string{
	"a", "cart", "/api/items/*", "x.y/z-1", "*", "", "yes", "NO", "null", "~", "10", "1e3", "0x1f", "1:20", "2001-01-01", ".5", "-", "--", "---",
	"- a", "a: b", "a:b", "a #b", "#a", "a b", " a", "a ", "'", "\"", "a\"b", "a'b", "\\", "[a]", "{a}", "a,b", "&a", "!a", "%a", "@a", "`a", "<<", "=",
	"?", "? a", ":", ":a", "a:", "|", ">", "é", "日本", "\x00", "\u0085", "a\tb", "\t", "a\nb", "a\n", "\n", "+1", "-x", "_", "_1", "/", "1.2.3.4/8", "5s", "5xx", "1.2.3", "1a:b", "12-34", "1_0", "0o7", "0.", "1.", "9", "7/8", "5e", "1e5s", "0xg", "on", "y",
	"Off", "true", "TRUE", "nan", ".nan", "inf", "\ufeff", "a\rb", "0123", "0b1", "1_000", "^/a/[0-9]+$", "spiffe://a/ns/b/sa/c",
}

var comments = []string{"", "", "", "", "why", "first\nsecond", "# hashed", "a\n\nb"}

// random makes a value of at most a depth.
func random(r *rand.Rand, depth int) *Node {
	n := Str(hard[r.IntN(len(hard))])
	switch k := r.IntN(8); {
	case k == 0:
		n = Int(r.IntN(100) - 50)
	case k == 1:
		n = Bool(true)
	case k == 2:
		n = &Node{Kind: NullKind}
	case k < 6 && depth > 0:
		n = Map()
		for range r.IntN(4) {
			n.Set(hard[r.IntN(1+r.IntN(len(hard)))], random(r, depth-1))
		}
	case depth > 0:
		n = List()
		for range r.IntN(4) {
			n.Append(random(r, depth-1))
		}
	}
	if c := comments[r.IntN(len(comments))]; c != "" {
		n.Above(c)
	}
	return n
}

// Layout prints what the library prints, to the byte. Fails with: plain allowing
// a colon at the end, or indent+2 for lists in maps.
func TestLayoutIsTheLibrarys(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	laid := 0
	for range 30000 {
		n := random(r, 4)
		if !simple(n) {
			continue
		}
		laid++
		var l layout
		var want bytes.Buffer
		if err := l.document(n); err != nil {
			t.Fatal(err)
		}
		if err := encode(&want, n.YAML()); err != nil {
			t.Fatal(err)
		}
		if l.String() != want.String() {
			t.Fatalf("laid out\n%s\nthe library\n%s", l.String(), want.String())
		}
	}
	if laid < 3000 {
		t.Errorf("only %d values were laid out", laid)
	}
}
