package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/parallel"
)

// checkSteps returns the finding of each change that is told, and of each that, compared
// alone, does not do just what it declares. What was compared is let go at once, but for what is still asked
// for: the changes that widen, and what stays in force.
func (j *job) checkSteps(tells func(*legal.Change) bool) diag.List {
	changes := j.result.Changes
	told, more := make(diag.List, len(changes)), make([][]decide.Difference, len(changes))
	parallel.Each((len(changes)+changesAtOnce-1)/changesAtOnce, func(i int) {
		var r decide.Comparer
		var h legal.Hasher
		for at := i * changesAtOnce; at < min((i+1)*changesAtOnce, len(changes)); at++ {
			c := &changes[at]
			if tells(c) {
				told[at] = legal.Diagnose(*c, j.target)
				told[at].Hash = h.Hash(c)
			}
			more[at] = undeclared(&r, *c)
			if c.Drift != intent.Wider && c.Fate != legal.FateKept {
				c.Before, c.After = nil, nil
			}
		}
	})
	told = slices.DeleteFunc(told, func(d diag.Diagnostic) bool { return d.Summary == "" })
	for i := range changes {
		for _, d := range more[i] {
			told = append(told, checkFailed("the step "+changes[i].Pass+" does more than it says: "+changes[i].Summary, d)...)
		}
	}
	return told
}

// changesAtOnce are compared one after the other, in the same memory.
const changesAtOnce = 32

// drifts that a verdict may stand for.
var drifts = map[decide.Verdict]intent.Drift{
	decide.Same: intent.Same, decide.Narrower: intent.Narrower, decide.Wider: intent.Wider, decide.Different: intent.Other,
}

// undeclared compares the facts of one change before and after it: nothing but
// the declared drift in the declared aspect may show.
func undeclared(r *decide.Comparer, c legal.Change) []decide.Difference {
	if c.Before == nil || c.After == nil {
		return nil
	}
	said := func(d decide.Difference) bool { return declared(c, d) }
	brief := r.Compare(c.Before, c.After, decide.Options{Defaults: true, Brief: true, Aspects: doubtful(c), Wider: c.Drift == intent.Narrower && c.Aspect == intent.Admission}).Differences
	if len(slices.DeleteFunc(brief, said)) == 0 {
		return nil
	}
	return slices.DeleteFunc(r.Compare(c.Before, c.After, decide.Options{Defaults: true}).Differences, said)
}

// doubtful are the aspects in which a difference would say something of a change;
// nil is all. In an aspect that only knows the same and the different, nothing is
// to be seen of a change that calls itself different there.
func doubtful(c legal.Change) []intent.Aspect {
	if c.Drift != intent.Other || !slices.Contains(ofRules[1:], c.Aspect) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(intent.Aspects), func(a intent.Aspect) bool { return a == c.Aspect })
}

// declared reports whether a change says of itself what a comparison shows. A
// table that is refused takes with it all that its rules say.
func declared(c legal.Change, d decide.Difference) bool {
	gone := c.Aspect == intent.Routed && c.Fate == legal.FateDropped && slices.Contains(ofRules, d.Aspect)
	return (d.Aspect == c.Aspect || gone) && drifts[d.Verdict] == c.Drift
}

// ofRules are the aspects that a rule settles.
var ofRules = []intent.Aspect{
	intent.Routed, intent.Rewritten, intent.Mirrored, intent.Faulted, intent.Crossing, intent.Timing, intent.Retrying,
}
