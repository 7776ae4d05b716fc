package translate

import (
	"slices"
	"sync/atomic"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
)

// steps are the changes on their way to be checked, and what was found.
type steps struct {
	changes []legal.Change
	target  legal.Target
	tells   func(*legal.Change) bool
	next    atomic.Int64       // of the changes that nobody has taken yet
	told    []*diag.Diagnostic // nil is of a change that is not told
	more    [][]decide.Difference
}

func (j *job) steps() *steps {
	n := len(j.result.Changes)
	return &steps{changes: j.result.Changes, target: j.target, tells: j.tellsOf(), told: make([]*diag.Diagnostic, n), more: make([][]decide.Difference, n)}
}

// check takes changes that nobody has taken, until none is left: it turns each into a
// finding, if it is told, and compares it alone with what it declares. What was compared
// is let go at once, but for what is still asked for: the changes that widen, and what
// stays in force. Several may check at a time.
func (s *steps) check() {
	var r decide.Comparer
	var h legal.Hasher
	for {
		at := int(s.next.Add(1)) - 1
		if at >= len(s.changes) {
			return
		}
		c := &s.changes[at]
		if s.tells(c) {
			d := legal.Diagnose(*c, s.target)
			d.Hash = h.Hash(c)
			s.told[at] = &d
		}
		s.more[at] = undeclared(&r, *c)
		if c.Drift != intent.Wider && c.Fate != legal.FateKept {
			c.Before, c.After = nil, nil
		}
	}
}

// findings are those of the changes that are told, and of those that do not do just what
// they declare.
func (s *steps) findings() diag.List {
	var out diag.List
	for _, d := range s.told {
		if d != nil && d.Summary != "" {
			out = append(out, *d)
		}
	}
	for i := range s.changes {
		for _, d := range s.more[i] {
			out = append(out, checkFailed("the step "+s.changes[i].Pass+" does more than it says: "+s.changes[i].Summary, d)...)
		}
	}
	return out
}

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
// table that is refused, or said of fewer ports, takes with it all that its rules say.
func declared(c legal.Change, d decide.Difference) bool {
	taken := c.Fate == legal.FateDropped || len(c.Before.Routing) > 0 && len(c.After.Routing) == 0
	gone := c.Aspect == intent.Routed && taken && slices.Contains(ofRules, d.Aspect)
	return (d.Aspect == c.Aspect || gone) && drifts[d.Verdict] == c.Drift
}

// ofRules are the aspects that a rule settles.
var ofRules = []intent.Aspect{
	intent.Routed, intent.Rewritten, intent.Mirrored, intent.Faulted, intent.Crossing, intent.Timing, intent.Retrying,
}
