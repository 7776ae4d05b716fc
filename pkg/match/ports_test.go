package match

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"testing"
)

// TestPortPattern holds the pattern of ports to the function.
func TestPortPattern(t *testing.T) {
	re := regexp.MustCompile(`\A(?:` + anyPort + `)\z`)
	for n := range 70_000 {
		for _, v := range []string{strconv.Itoa(n), "0" + strconv.Itoa(n)} {
			if re.MatchString(v) != port(v) {
				t.Fatalf("%q: %v, want %v", v, re.MatchString(v), port(v))
			}
		}
	}
}

// TestPortsSampled asks for ports that patterns leave, few or none among all: what is
// found is one, and none is found only where there is none.
func TestPortsSampled(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	var s Space
	for range 60 {
		var e And
		for range 1 + rng.IntN(4) {
			a := Expr(Atom{Field: Port, Op: Regex, Value: somePorts(rng)})
			if rng.IntN(2) == 0 {
				a = Not{a}
			}
			e = append(e, a)
		}
		r, answer := s.find(e)
		var want Answer
		for n := 1; n <= 65535 && want == No; n++ {
			if s.Eval(e, new(Request).Set(Port, "", strconv.Itoa(n))) {
				want = Yes
			}
		}
		if answer != want || answer == Yes && !s.Eval(e, r) {
			t.Fatalf("%s: %v %v, want %v", String(e), answer, r, want)
		}
	}
}

// somePorts is a pattern of ports, of few or of most.
func somePorts(rng *rand.Rand) string {
	d := func() int { return rng.IntN(10) }
	switch rng.IntN(4) {
	case 0:
		return fmt.Sprintf("[1-9][0-9]{0,3}|[1-%d][0-9]{4}", 1+rng.IntN(6))
	case 1:
		return fmt.Sprintf("[%d-9][0-9]*", 1+rng.IntN(9))
	case 2:
		return fmt.Sprintf("[0-9]*[%d-9]", d())
	}
	return fmt.Sprintf("6[0-9]{3}%d|%d", d(), 1+rng.IntN(65535))
}

// BenchmarkPortsNone asks for a port that ranges leave no room for.
func BenchmarkPortsNone(b *testing.B) {
	e := And{
		Atom{Field: Port, Op: Regex, Value: "[1-9][0-9]{0,3}|[1-5][0-9]{4}"},
		Not{Atom{Field: Port, Op: Regex, Value: "[1-9][0-9]{0,3}|[1-4][0-9]{4}"}},
		Not{Atom{Field: Port, Op: Regex, Value: "5[0-9]{4}"}},
	}
	var s Space
	for b.Loop() {
		if _, answer := s.find(e); answer != No {
			b.Fatal(answer)
		}
	}
}
