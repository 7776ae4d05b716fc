package translate

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// legalize fits the model to the target.
func (j *job) legalize() {
	model := j.model
	if j.o.From.Name != j.o.To.Name && j.o.To.Standing != nil {
		model, j.standing = j.o.To.Standing(model)
	}
	fit, changes := legal.Legalize(model, j.target, legal.Options{From: j.o.From.Name, Accept: j.o.Accept, Budget: j.o.Budget})
	j.fit, j.result.Legal, j.result.Changes = fit, fit, changes
	j.withheldOnce(changes)
	j.keptOnce(changes)
}

// verify holds the legal model to what the target can say. Where they contradict each
// other nothing is written.
func (j *job) verify() {
	if err := legal.Verify(j.fit, j.target); err != nil {
		j.withholdAll(err)
	}
}

// tellsOf is whether the finding of a change is told: not where the change concerns other
// namespaces alone than those that are converted.
func (j *job) tellsOf() func(*legal.Change) bool {
	if j.o.Part == nil {
		return func(*legal.Change) bool { return true }
	}
	p := j.part()
	return func(c *legal.Change) bool { return !p.elsewhere(*c) }
}

// withheldOnce leaves one finding for each cause of a denial: that of the change
// which makes it says what it touches.
func (j *job) withheldOnce(changes []legal.Change) {
	denials := slices.DeleteFunc(slices.Clone(changes), func(c legal.Change) bool { return c.Code != diag.Withheld })
	j.result.Findings = slices.DeleteFunc(j.result.Findings, func(d diag.Diagnostic) bool {
		return slices.ContainsFunc(denials, func(c legal.Change) bool {
			return len(d.At) > 0 && slices.Contains(c.From, d.At[0]) && (d.Code == diag.Withheld && withheldOf(d.Feature) == withheldOf(string(c.Feature)) || saysToo(c, d))
		})
	})
}

// withheldOf is what a feature is about of what is withheld: what clients send, or what of it
// leaves the cluster; "" is what is let in.
func withheldOf(feature string) legal.Feature {
	switch f := legal.Feature(feature); f {
	case legal.AccessDialled, legal.EgressDefault:
		return f
	}
	return ""
}

// keptOnce leaves the finding of the target for what only the source understands, which
// says what comes next there, and none for what the target takes as it is and the output
// holds.
func (j *job) keptOnce(changes []legal.Change) {
	told := map[place.Ref]bool{}
	for _, o := range j.fit.Opaque {
		told[o.At] = o.Whole != nil
	}
	for _, c := range changes {
		if c.Feature == legal.OpaqueConfig && slices.Contains([]diag.Code{diag.NotTranslated, diag.Withheld, diag.AllowLost}, c.Code) && len(c.From) > 0 {
			told[c.From[0]] = true
		}
	}
	if len(told) == 0 {
		return
	}
	j.result.Findings = slices.DeleteFunc(j.result.Findings, func(d diag.Diagnostic) bool {
		return d.Code == diag.NotTranslated && len(d.At) == 1 && told[d.At[0]]
	})
}

// saysToo reports whether a change gives the reason for which an object is invalid.
func saysToo(c legal.Change, d diag.Diagnostic) bool {
	_, why, ok := strings.Cut(d.Summary, ": ")
	return ok && d.Code == diag.InvalidObject && strings.Contains(c.Summary, why)
}

// withholdAll notes that what is to be written cannot be, which no pass saw:
// nothing is.
func (j *job) withholdAll(err error) {
	j.unsaid = true
	j.add(diag.List{{
		Severity: diag.CheckFailed.Severity(), Code: diag.CheckFailed,
		Summary: "nothing is written: what is left to be said cannot be said: " + strings.ReplaceAll(err.Error(), "\n", "; "),
		Fix:     "this is a fault of transmesh: please report it with the input",
	}})
	if j.why == nil {
		j.why = map[*source.Object]diag.Code{}
	}
	for _, o := range j.ours {
		j.why[o] = diag.CheckFailed
	}
	j.rejected = append(j.rejected, j.ours...)
	j.ours = nil
}

// finish lists assumptions and sorts the findings.
func (j *job) finish() {
	j.keepPart()
	j.assume(j.o.From.Environment)
	j.assume(j.o.To.Environment)
	j.warnOfAssumptions()
	j.injected()
	j.passedBy()
	j.ofSeveral()
	j.knownOtherwise()
	j.replaced()
	j.result.Findings = j.result.Findings.Sort()
}

// withKept adds to the output what stays in force beside it, before the output's
// own catch-all facts.
func (j *job) withKept(m *intent.Model) *intent.Model {
	for i := range j.result.Changes {
		c := &j.result.Changes[i] // of which others may be being checked
		if c.Fate != legal.FateKept || c.Before == nil {
			continue
		}
		m = m.Clone()
		m.Transport = slices.Concat(c.Before.Transport, m.Transport)
		m.Upstream, m.Intake = slices.Concat(c.Before.Upstream, m.Upstream), slices.Concat(c.Before.Intake, m.Intake)
		m.Default = slices.Concat(c.Before.Default, m.Default)
		m.Access, m.Tokens = slices.Concat(c.Before.Access, m.Access), slices.Concat(c.Before.Tokens, m.Tokens)
		m.Rates, m.Logs = slices.Concat(c.Before.Rates, m.Rates), slices.Concat(c.Before.Logs, m.Logs)
		m.External, m.Egress = slices.Concat(c.Before.External, m.External), slices.Concat(c.Before.Egress, m.Egress)
		m.Visible = slices.Concat(c.Before.Visible, m.Visible)
		m.Exports = slices.Concat(c.Before.Exports, m.Exports)
		m.Machines, m.Opaque = slices.Concat(c.Before.Machines, m.Machines), slices.Concat(c.Before.Opaque, m.Opaque)
	}
	return m
}
