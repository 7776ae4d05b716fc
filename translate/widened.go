package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/place"
)

// widened reports what the output admits beyond the input and no change that says
// so explains: it is never silent, and nothing is delivered.
func (j *job) widened(v decide.Result) {
	for _, d := range j.unexplained(v) {
		j.add(checkFailed("the output admits what the input keeps out: "+d.Scope, d))
		j.result.Manifests, j.result.Patches = nil, nil
	}
}

// unexplained are the differences that let in more, without the requests that the
// changes which say so let in, each by itself.
func (j *job) unexplained(v decide.Result) []decide.Difference {
	left := leftOver(v.Differences, v.Differences)
	changes := slices.DeleteFunc(slices.Clone(j.result.Changes), func(c legal.Change) bool { return c.Drift != intent.Wider })
	if len(left) == 0 || len(changes) == 0 {
		return left
	}
	left = leftOver(v.Differences, decide.Compare(j.model, j.result.again, decide.Options{
		Aspects: []intent.Aspect{intent.Admission, intent.Tokening}, Excused: stepsOf(changes),
	}).Differences)
	return slices.DeleteFunc(left, func(d decide.Difference) bool {
		return d.Request == nil && slices.ContainsFunc(changes, func(c legal.Change) bool { return about(c, d) })
	})
}

// leftOver are the differences of a comparison with excuses that let in more, or of
// which that cannot be told with the excuses, although it could without.
func leftOver(without, with []decide.Difference) []decide.Difference {
	unsure := map[string]bool{}
	for _, d := range without {
		unsure[d.Scope] = unsure[d.Scope] || d.Verdict == decide.Unsure
	}
	return slices.DeleteFunc(slices.Clone(with), func(d decide.Difference) bool {
		return d.Verdict != decide.Wider && (d.Verdict != decide.Unsure || unsure[d.Scope])
	})
}

func stepsOf(changes []legal.Change) []decide.Step {
	var out []decide.Step
	for _, c := range changes {
		if c.Before != nil && c.After != nil {
			out = append(out, decide.Step{Before: c.Before, After: c.After})
		}
	}
	return out
}

// about reports whether a change is about what a difference without a request
// stems from: tokens, configuration of one mesh only, and what the input holds for the
// target alone.
func about(c legal.Change, d decide.Difference) bool {
	from := d.FromA
	if len(from) == 0 {
		from = d.FromB
	}
	return slices.ContainsFunc(from, func(ref place.Ref) bool { return slices.Contains(c.From, ref) })
}
