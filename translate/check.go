package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/parallel"
)

// write prints the legal model and compares twice: the output with what was to be written,
// which must be the same; and the output with the input, which is the verdict. The
// changes that led to the legal model are checked beside that.
func (j *job) write() {
	var c comparison
	steps := j.steps()
	parallel.All(
		steps.check, // first where there is one processor, since it lets go of what it compared
		func() {
			j.verify()
			j.print() // when most is held: it is accounted for thereafter
			parallel.All(j.close, func() { c = j.compare() })
			steps.check()
		},
	)
	j.add(steps.findings())
	j.conclude(c)
}

// comparison is what the output, read back, comes to.
type comparison struct {
	kept   *intent.Model // the output with what stays in force beside it
	output []decide.Difference
	judgement
}

func (j *job) compare() comparison {
	c := comparison{kept: j.withKept(j.again)}
	parallel.All(
		func() { c.judgement = j.judge(c.kept) },
		func() { c.output = j.misprinted() },
	)
	return c
}

// conclude draws the verdict.
func (j *job) conclude(c comparison) {
	j.checkOutput(c.output)
	j.result.again = c.kept
	j.result.Differences, j.withDefaults = c.plain.Differences, c.with.Differences
	j.rerouted()
	j.sum()
	j.widened(c.plain)
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
// input, or has a denial in its place.
func (j *job) atBest(v decide.Verdict) decide.Verdict {
	orderUnknown := func(d diag.Diagnostic) bool { return d.Code == diag.OrderUnknown }
	withheld := func(d *intent.Default) bool { return d.Withheld }
	lacks := j.result.Unreadable || len(j.unread) > 0 || len(j.rejected) > 0 ||
		slices.ContainsFunc(j.result.Findings, orderUnknown) || slices.ContainsFunc(j.model.Default, withheld)
	if lacks && v != decide.Wider {
		return decide.Unsure
	}
	return v
}
