package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// severities by the drift of a change and the aspect that it concerns: the one
// place where they are decided. An aspect that is not listed takes the code's
// own.
var severities = map[intent.Drift]map[intent.Aspect]diag.Severity{
	intent.Wider: {
		intent.Admission: diag.Error, intent.Tokening: diag.Error, intent.Securing: diag.Error, intent.Entering: diag.Error,
	},
	intent.Narrower: {
		intent.Admission: diag.Warning, intent.Tokening: diag.Warning, intent.Securing: diag.Warning, intent.Entering: diag.Warning,
	},
	intent.Other: {
		intent.Routed: diag.Error, intent.Rewritten: diag.Error, intent.Entering: diag.Error,
		intent.Mirrored: diag.Warning, intent.Faulted: diag.Warning, intent.Crossing: diag.Warning, intent.Timing: diag.Warning,
		intent.Retrying: diag.Warning, intent.Balancing: diag.Warning, intent.Limiting: diag.Warning, intent.Ejecting: diag.Warning,
		intent.Rating: diag.Warning,
	},
}

// Severity follows from what a change does to which aspect. Losing what only a
// default asked for is a note; codes that are errors or notes by nature stay
// what they are.
func (c Change) Severity() diag.Severity {
	own := c.Code.Severity()
	switch c.Code {
	case diag.DefaultDiffers, diag.Kept, diag.Prerequisite, diag.Withheld, diag.AllowLost, diag.NotTranslated, diag.Assumption:
		return own
	}
	if c.Drift == intent.Same {
		return diag.Info
	}
	if s, ok := severities[c.Drift][c.Aspect]; ok {
		return max(s, own)
	}
	return own
}

// Diagnose turns a change into a finding for a target.
func Diagnose(c Change, t Target) diag.Diagnostic {
	drift := string(c.Drift)
	if c.Drift == intent.Same {
		drift = ""
	}
	return diag.Diagnostic{
		Severity: c.Severity(), Code: c.Code, Drift: drift, Aspect: string(c.Aspect), Feature: string(c.Feature),
		Summary: t.Mesh + ": " + c.Summary, Detail: c.Detail, Fix: c.Fix, At: c.From,
	}
}
