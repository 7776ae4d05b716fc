// Package sarif prints reports as SARIF. It is apart from package diag so that
// only those who want the form pay for its library.
package sarif

import (
	"io"
	"net/url"

	"github.com/owenrumney/go-sarif/v3/pkg/report"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/transmesh/transmesh/pkg/diag"
)

var levels = map[string]string{"error": "error", "warning": "warning", "info": "note"}

// Write prints the findings as SARIF 2.1.0, for code scanning.
func Write(w io.Writer, r *diag.Report) error {
	run := sarif.NewRunWithInformationURI("transmesh", "https://github.com/transmesh/transmesh")
	seen, from := map[string]bool{}, firstFile(r.Findings)
	for _, f := range r.Findings {
		if !seen[f.Code] {
			seen[f.Code] = true
			info, _ := diag.Code(f.Code).Info()
			run.AddRule(f.Code).WithDescription(info.Meaning).WithHelp(sarif.NewMultiformatMessageString().WithText(info.Fix))
		}
		res := result(f)
		if len(res.Locations) == 0 && from != "" {
			res.AddLocation(location(diag.Location{File: from, Line: 1, Column: 1}))
		}
		run.AddResult(res)
	}
	out := report.NewV210Report()
	out.AddRun(run)
	return out.PrettyWrite(w)
}

// firstFile stands for the input where a finding stems from a default and has no place
// in it: code scanning refuses results without one.
func firstFile(findings []diag.Finding) string {
	for _, f := range findings {
		for _, at := range f.At {
			if at.Line > 0 {
				return at.File
			}
		}
	}
	return ""
}

func result(f diag.Finding) *sarif.Result {
	text := f.Summary
	if f.Detail != "" {
		text += ": " + f.Detail
	}
	if f.Witness != "" {
		text += ". Witness: " + f.Witness
	}
	if f.Fix != "" && f.Fix != "nothing" {
		text += ". What to do: " + f.Fix
	}
	res := sarif.NewRuleResult(f.Code).WithLevel(levels[f.Severity]).WithMessage(sarif.NewTextMessage(text))
	if f.Hash != "" {
		res.WithPartialFingerprints(map[string]string{"transmesh/v1": f.Hash})
	}
	if f.Accepted != "" {
		res.AddSuppression(sarif.NewSuppression().WithKind("external").WithStatus("accepted").WithJustification(f.Accepted))
	}
	for _, at := range f.At {
		if at.Line > 0 {
			res.AddLocation(location(at))
		}
	}
	return res
}

func location(at diag.Location) *sarif.Location {
	file := url.URL{Path: at.File}
	return sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().
		WithArtifactLocation(sarif.NewSimpleArtifactLocation(file.String())).
		WithRegion(sarif.NewRegion().WithStartLine(at.Line).WithStartColumn(at.Column)))
}
