package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// manyDifferences bounds the differences that are told of the workloads of one namespace.
const manyDifferences = 256

// teller bounds what is told of many kinds of workloads, from a number of differences on.
// The verdict is that of all: past the bound others are told only where they are graver
// than those before.
type teller struct {
	*comparison
	from, untold int
	stopped      bool
}

// kind compares one more kind; false is that no further one can change the verdict.
func (t *teller) kind(compare func()) bool {
	if len(t.found)-t.from < manyDifferences {
		compare()
		return true
	}
	if Sum(t.found[t.from:]) == Wider {
		t.stopped = true
		return false
	}
	at, o := len(t.found), t.o
	t.o.Brief, t.o.Clients, t.o.Reasons = true, false, 0
	compare()
	t.o = o
	kept := t.found[:at]
	for _, d := range t.found[at:] {
		if graver(d, kept[t.from:]) {
			kept = append(kept, d)
		} else {
			t.untold++
		}
	}
	t.found = kept
	return true
}

// graver reports whether a difference is worse than all others of its aspect.
func graver(d Difference, than []Difference) bool {
	return !slices.ContainsFunc(than, func(x Difference) bool { return x.Aspect == d.Aspect && weight(x.Verdict) >= weight(d.Verdict) })
}

// rest tells that not all is told.
func (t *teller) rest(scope string) {
	why := ""
	switch {
	case t.stopped:
		why = "other kinds of workloads are not compared, since so many differ"
	case t.untold > 0:
		why = "differs at " + itoa(t.untold) + " other kinds of workloads, which are not told, since so many are"
	default:
		return
	}
	t.add(Difference{Aspect: intent.Admission, Verdict: Sum(t.found[t.from:]), Scope: scope, A: why, B: why})
}
