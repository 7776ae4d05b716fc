package legal

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/match"
)

// What is decided by comparing strings is what the exact decision says.
func TestEntailed(t *testing.T) {
	var all []match.Literal
	for _, op := range []match.Op{match.Exact, match.Prefix, match.Present, match.Suffix, match.Regex} {
		for _, v := range []string{"/", "/a", "/a/", "/ab", "/b"} {
			for _, not := range []bool{false, true} {
				all = append(all, match.Literal{Atom: match.Atom{Field: match.Header, Key: "x", Op: op, Value: v}, Not: not})
			}
		}
	}
	decided := 0
	for _, k := range all {
		for _, l := range all {
			yes, known := entailed(&k, &l)
			if !known {
				continue
			}
			decided++
			if _, answer := match.Implies(literal(k), literal(l)); (answer == match.Yes) != yes {
				t.Errorf("%v entails %v: %v, exactly %v", literal(k), literal(l), yes, answer)
			}
		}
	}
	if decided < len(all)*len(all)/4 {
		t.Errorf("only %d of %d are decided", decided, len(all)*len(all))
	}
}

// What pairs of literals entail together by comparing strings is what the exact
// decision says.
func TestEntailedJointly(t *testing.T) {
	var all conjunct
	for _, op := range []match.Op{match.Exact, match.Prefix, match.Present, match.Segments, match.Regex} {
		for _, v := range []string{"/", "/a", "/a/", "/ab.*"} {
			for _, not := range []bool{false, true} {
				all = append(all, match.Literal{Atom: match.Atom{Field: match.Path, Op: op, Value: v}, Not: not})
			}
		}
	}
	decided := 0
	for _, j := range all {
		for _, k := range all {
			for _, l := range all {
				c := conjunct{{Atom: match.Atom{Field: match.Path, Op: match.Present}}, j, k}
				yes, known := c.jointly(&l)
				if !known {
					continue
				}
				decided++
				_, answer := match.Implies(c.expr(), literal(l))
				if (answer == match.Yes) != yes {
					t.Fatalf("%v entails %v: %v, exactly %v", c.expr(), literal(l), yes, answer)
				}
			}
		}
	}
	if total := len(all) * len(all) * len(all); decided < total/4 {
		t.Errorf("only %d of %d are decided", decided, total)
	}
}
