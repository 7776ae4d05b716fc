// Package sarif prints reports as SARIF. It is apart from package diag so that
// only those who want the form pay for its library.
package sarif

import (
	"io"

	"github.com/owenrumney/go-sarif/v3/pkg/report"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/transmesh/transmesh/pkg/diag"
)

var levels = map[string]string{"error": "error", "warning": "warning", "info": "note"}

// Write prints the findings as SARIF 2.1.0, for code scanning.
func Write(w io.Writer, r *diag.Report) error {
	run := sarif.NewRunWithInformationURI("transmesh", "https://github.com/transmesh/transmesh")
	seen := map[string]bool{}
	for _, f := range r.Findings {
		if !seen[f.Code] {
			seen[f.Code] = true
			info, _ := diag.Code(f.Code).Info()
			run.AddRule(f.Code).WithDescription(info.Meaning).WithHelp(sarif.NewMultiformatMessageString().WithText(info.Fix))
		}
		run.AddResult(result(f))
	}
	out := report.NewV210Report()
	out.AddRun(run)
	return out.PrettyWrite(w)
}

func result(f diag.Finding) *sarif.Result {
	text := f.Summary
	for _, more := range []string{f.Detail, f.Fix} {
		if more != "" && more != "nothing" {
			text += ". " + more
		}
	}
	res := sarif.NewRuleResult(f.Code).WithLevel(levels[f.Severity]).WithMessage(sarif.NewTextMessage(text))
	if f.Hash != "" {
		res.WithPartialFingerprints(map[string]string{"transmesh/v1": f.Hash})
	}
	if f.Accepted != "" {
		res.AddSuppression(sarif.NewSuppression().WithKind("external").WithStatus("accepted").WithJustification(f.Accepted))
	}
	for _, at := range f.At {
		if at.Line == 0 {
			continue
		}
		res.AddLocation(sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().
			WithArtifactLocation(sarif.NewSimpleArtifactLocation(at.File)).
			WithRegion(sarif.NewRegion().WithStartLine(at.Line).WithStartColumn(at.Column))))
	}
	return res
}
