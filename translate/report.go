package translate

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/place"
)

// Report prepares the account of a translation for rendering, with the fate of
// every value if withLedger is set. Without a mesh to translate to, the report is
// about the source alone and has no target.
func (r *Result) Report(o Options, withLedger bool) *diag.Report {
	var t legal.Target
	if o.To.Target != nil {
		t, _ = o.To.Target(o.ToVersion)
	}
	out := &diag.Report{
		Schema:        diag.Schema,
		Source:        diag.Dialect{Mesh: o.From.Name, Version: orFirst(o.FromVersion, o.From.Versions)},
		Target:        diag.Dialect{Mesh: t.Mesh, Version: t.Version, Edition: t.Edition},
		Assumptions:   []diag.Assumed{},
		Prerequisites: []diag.Required{},
		Findings:      r.Findings.Findings(),
		Summary: diag.Summary{
			Documents: r.Documents, Leaves: r.Ledger.Len(), Fates: map[string]int{}, Findings: r.Findings.Count(),
			Verdict: string(r.Verdict), VerdictWithDefaults: string(r.VerdictWithDefaults),
		},
	}
	for _, a := range r.Assumptions {
		out.Assumptions = append(out.Assumptions, diag.Assumed(a))
	}
	for _, f := range r.Findings {
		if f.Code == diag.Prerequisite && f.Fix != nothingToDo {
			out.Prerequisites = append(out.Prerequisites, diag.Required{What: f.Summary, Why: joined(f.Detail, f.Fix)})
		}
	}
	for fate, n := range r.Ledger.Count() {
		out.Summary.Fates[string(fate)] = n
	}
	if withLedger {
		out.Ledger = LedgerLines(r.Ledger)
	}
	return out
}

// nothingToDo is the fix of findings that only tell.
const nothingToDo = "nothing"

// joined is what happens and what to do about it, either of which may be "".
func joined(detail, fix string) string {
	if detail == "" || fix == "" {
		return detail + fix
	}
	return detail + "; " + fix
}

func orFirst(version string, versions []string) string {
	if version == "" {
		return first(versions)
	}
	return version
}

// LedgerLines are the entries of a ledger for rendering.
func LedgerLines(of ledger.Ledger) []diag.LedgerLine {
	out := make([]diag.LedgerLine, 0, of.Len())
	for e := range of.All() {
		out = append(out, diag.LedgerLine{
			Location: diag.At(e.Ref), Value: e.Value, Fate: string(e.Fate), Finding: string(e.Finding), Why: e.Why, Output: shown(e.Output),
		})
	}
	return out
}

func shown(refs []place.Ref) []diag.Shown {
	var out []diag.Shown
	for _, r := range refs {
		out = append(out, diag.Shown(diag.At(r)))
	}
	return out
}
