package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/parallel"
)

// check compares twice: the output with what was to be written, which must be the
// same; and the output with the input, which is the verdict. The changes were
// compared before: see checkSteps.
func (j *job) check() {
	kept := j.withKept(j.again)
	var output []decide.Difference
	var v judgement
	parallel.All(
		func() { v = j.judge(kept) },
		func() { output = j.misprinted() },
	)
	j.checkOutput(output)
	j.result.again = kept
	j.result.Differences, j.withDefaults = v.plain.Differences, v.with.Differences
	j.rerouted()
	j.sum()
	j.widened(v.plain)
}

// misprinted is where the output, read back, does not mean what was to be
// written: it holds the writer and the reader of the target to each other.
func (j *job) misprinted() []decide.Difference {
	if j.unsaid || decide.Compare(j.fit, j.again, decide.Options{Defaults: true, Brief: true}).Verdict == decide.Same {
		return nil
	}
	return decide.Compare(j.fit, j.again, decide.Options{Defaults: true}).Differences
}

// checkOutput reports what is misprinted. Where it is about who is let in,
// nothing is delivered.
func (j *job) checkOutput(misprinted []decide.Difference) {
	for _, d := range misprinted {
		j.add(checkFailed("the output does not mean what was to be written: "+d.Scope, d))
		if (d.Aspect == intent.Admission || d.Aspect == intent.Tokening) && d.Verdict != decide.Narrower {
			j.result.Manifests, j.result.Patches = nil, nil
		}
	}
}

// checkFailed is the finding of a difference that transmesh itself made.
func checkFailed(summary string, d decide.Difference) diag.List {
	return diag.List{{
		Severity: diag.CheckFailed.Severity(), Code: diag.CheckFailed, Aspect: string(d.Aspect),
		Summary: summary, Detail: "before: " + d.A + "; after: " + d.B, Witness: d.Witness,
		Fix: "this is a fault of transmesh: please report it with the input", At: d.FromA,
	}}
}

// judgement is what the output comes to beside the input: all in all, and apart
// from defaults that no manifest states.
type judgement struct{ with, plain decide.Result }

// judge compares the output, with what stays in force beside it, with the input.
func (j *job) judge(kept *intent.Model) judgement {
	with := decide.Compare(j.model, kept, decide.Options{Defaults: true, BriefDefaults: j.o.Part == nil, Causes: j.o.Part != nil})
	stated := slices.DeleteFunc(slices.Clone(with.Differences), func(d decide.Difference) bool { return d.Defaulted })
	return judgement{with, decide.Result{Differences: slices.Clip(stated), Verdict: decide.Sum(stated)}}
}

// sum draws the verdicts from the differences.
func (j *job) sum() {
	r := j.result
	r.Verdict, r.VerdictWithDefaults = j.atBest(decide.Sum(r.Differences)), j.atBest(decide.Sum(j.withDefaults))
}

// atBest is a verdict, or unsure where it rests on a model that lacks part of the
// input.
func (j *job) atBest(v decide.Verdict) decide.Verdict {
	orderUnknown := func(d diag.Diagnostic) bool { return d.Code == diag.OrderUnknown }
	lacks := j.result.Unreadable || len(j.unread) > 0 || len(j.rejected) > 0 || slices.ContainsFunc(j.result.Findings, orderUnknown)
	if lacks && v != decide.Wider {
		return decide.Unsure
	}
	return v
}
