package cilium

import (
	"math/rand/v2"
	"regexp"
	"strconv"
	"testing"

	"github.com/transmesh/transmesh/pkg/match"
)

// The expression of a range matches its numbers and no others, and is known
// again.
func TestRangePattern(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		first := 1 + r.IntN(lastPort)
		last := first + r.IntN(lastPort-first+1)
		pattern := rangePattern(first, last)
		re := regexp.MustCompile("^(?:" + pattern + ")$")
		for _, n := range []int{1, first - 1, first, first + 1, (first + last) / 2, last - 1, last, last + 1, lastPort, r.IntN(lastPort), first * 10, last / 10} {
			if got := re.MatchString(strconv.Itoa(n)); got != (first <= n && n <= last) {
				t.Fatalf("%d-%d as %s matches %d: %t", first, last, pattern, n, got)
			}
		}
		if f, l, ok := rangeOf(match.Atom{Field: match.Port, Op: match.Regex, Value: pattern}); !ok || f != first || l != last {
			t.Fatalf("%d-%d as %s is taken for %d-%d, %t", first, last, pattern, f, l, ok)
		}
	}
	if _, _, ok := rangeOf(match.Atom{Field: match.Port, Op: match.Regex, Value: "80|443"}); ok {
		t.Error("80|443 is taken for a range")
	}
}
