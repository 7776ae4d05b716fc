package main

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/translate"
)

// thresholds tell which findings fail a conversion. Each includes those before
// it.
var thresholds = map[string]func(diag.Finding) bool{
	"never": func(diag.Finding) bool { return false },
	"wider": func(f diag.Finding) bool { return f.Drift == "wider" || f.Code == string(diag.CheckFailed) },
	"error": func(f diag.Finding) bool { return f.Severity == "error" },
	"loss": func(f diag.Finding) bool {
		return f.Severity == "error" || f.Drift != "" && f.Drift != "same" && f.Severity != "info"
	},
	"warning": func(f diag.Finding) bool { return f.Severity != "info" },
}

// exit settles the status of a conversion.
func (v *convert) exit(r *translate.Result, report *diag.Report, same bool, a accepted) error {
	if r.Unreadable {
		return status(exitTrouble)
	}
	if !same || v.failOn != "never" && slices.ContainsFunc(r.Differences, opens) && !a.any(report, "wider") {
		return status(exitFindings)
	}
	for _, f := range report.Findings {
		if thresholds[v.failOn](f) && !a.covers(f) {
			return status(exitFindings)
		}
	}
	return nil
}

// opens reports whether a difference lets in what was kept out, or may do so.
func opens(d decide.Difference) bool {
	switch d.Aspect {
	case intent.Admission, intent.Tokening, intent.Securing:
		return d.Verdict == decide.Wider || d.Verdict == decide.Unsure
	}
	return d.Verdict == decide.Wider
}

// any reports whether some finding of a drift is accepted.
func (a accepted) any(report *diag.Report, drift string) bool {
	for _, f := range report.Findings {
		if f.Drift == drift && a.covers(f) {
			return true
		}
	}
	return false
}
