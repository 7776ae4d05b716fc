package cilium

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// fewPorts are listed one by one.
const fewPorts = 64

// portRange is a range of ports: listed, or as what it leaves out, or as numbers
// by their digits.
func portRange(first, last int, n *source.Node) match.Expr {
	is := func(port int) match.Atom {
		return match.Atom{Field: match.Port, Value: strconv.Itoa(port), Ref: new(n.Ref())}
	}
	switch {
	case first == 1 && last == lastPort:
		return match.True
	case last-first < fewPorts:
		var or match.Or
		for port := first; port <= last; port++ {
			or = append(or, is(port))
		}
		return match.Simplify(or)
	case first-1+lastPort-last <= fewPorts:
		var and match.And
		for port := 1; port <= lastPort; port++ {
			if port < first || port > last {
				and = append(and, match.Not{X: is(port)})
			}
		}
		return match.Simplify(and)
	}
	return match.Atom{Field: match.Port, Op: match.Regex, Value: rangePattern(first, last), Ref: new(n.Ref())}
}

// rangePattern is a regular expression for the numbers of a range, in decimal.
func rangePattern(first, last int) string {
	var parts []string
	for lo := first; lo <= last; {
		// The longest run from lo on in which the last digits run free.
		size := 1
		for lo%(size*10) == 0 && lo+size*10-1 <= last {
			size *= 10
		}
		digits := min(9-lo/size%10, (last-lo+1)/size-1)
		prefix := ""
		if head := lo / (size * 10); head > 0 {
			prefix = strconv.Itoa(head)
		}
		from := lo / size % 10
		parts = append(parts, prefix+"["+strconv.Itoa(from)+"-"+strconv.Itoa(from+digits)+"]"+strings.Repeat("[0-9]", len(strconv.Itoa(size))-1))
		lo += (digits + 1) * size
	}
	return strings.Join(parts, "|")
}

// rangeOf is the range that an expression of rangePattern stands for.
func rangeOf(a match.Atom) (first, last int, ok bool) {
	if a.Op != match.Regex || a.Fold {
		return 0, 0, false
	}
	parts := strings.Split(a.Value, "|")
	first, errFirst := strconv.Atoi(classEnds.ReplaceAllString(parts[0], "$1"))
	last, errLast := strconv.Atoi(classEnds.ReplaceAllString(parts[len(parts)-1], "$2"))
	if errFirst != nil || errLast != nil || first < 1 || last > lastPort {
		return 0, 0, false
	}
	return first, last, rangePattern(first, last) == a.Value
}

// classEnds are the ends of a class of digits.
var classEnds = regexp.MustCompile(`\[([0-9])-([0-9])\]`)
