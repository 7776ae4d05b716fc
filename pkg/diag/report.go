package diag

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/place"
)

// Schema names the form of the JSON report.
const Schema = "transmesh/report/v1"

// Report is what a translation has to say for itself, ready to be rendered. Its
// JSON form is a contract: see Schema.
type Report struct {
	Schema string  `json:"schema"`
	Source Dialect `json:"source"`
	// Target is empty in a report about manifests of one mesh.
	Target        Dialect    `json:"target,omitzero"`
	Assumptions   []Assumed  `json:"assumptions"`
	Prerequisites []Required `json:"prerequisites"`
	Summary       Summary    `json:"summary"`
	Findings      []Finding  `json:"findings"`
	// Ledger is nil where it was not asked for.
	Ledger []LedgerLine `json:"ledger,omitempty"`
}

// Dialect is a mesh with its version.
type Dialect struct {
	Mesh    string `json:"mesh"`
	Version string `json:"version,omitempty"`
	Edition string `json:"edition,omitempty"`
}

// Assumed is a value that nothing says.
type Assumed struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Why   string `json:"why"`
}

// Required is what the target needs beside the output.
type Required struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// Summary counts.
type Summary struct {
	Documents int            `json:"documents"`
	Leaves    int            `json:"leaves"`
	Fates     map[string]int `json:"fates"`
	Findings  SeverityCount  `json:"findings"`
	// Verdict and VerdictWithDefaults are empty where nothing was translated.
	Verdict             string `json:"verdict,omitempty"`
	VerdictWithDefaults string `json:"verdictWithDefaults,omitempty"`
}

// SeverityCount counts findings.
type SeverityCount struct {
	Error   int `json:"error"`
	Warning int `json:"warning"`
	Info    int `json:"info"`
}

// Finding is a Diagnostic in the report.
type Finding struct {
	Code     string     `json:"code"`
	Severity string     `json:"severity"`
	Drift    string     `json:"drift,omitempty"`
	Aspect   string     `json:"aspect,omitempty"`
	Feature  string     `json:"feature,omitempty"`
	Summary  string     `json:"summary"`
	Detail   string     `json:"detail,omitempty"`
	Fix      string     `json:"fix,omitempty"`
	At       []Location `json:"at"`
	Witness  string     `json:"witness,omitempty"`
	// Hash names what an entry of the acceptance file is about.
	Hash string `json:"hash,omitempty"`
	// Accepted is why somebody decided to live with it; "" if nobody did.
	Accepted string `json:"accepted,omitempty"`
}

// Location is a place in the input or output.
type Location struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Object string `json:"object,omitempty"`
	Path   string `json:"path,omitempty"`
}

// LedgerLine is one input value with its fate.
type LedgerLine struct {
	Location
	Value   string `json:"value"`
	Fate    string `json:"fate"`
	Finding string `json:"finding,omitempty"`
	Why     string `json:"why,omitempty"`
	// Output is where the value shows in what was written, if somebody asked.
	Output []Shown `json:"output,omitempty"`
}

// Shown is a place in the output. File and position are empty where it is in no file.
type Shown struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Object string `json:"object,omitempty"`
	Path   string `json:"path,omitempty"`
}

// At turns a reference into a location.
func At(r place.Ref) Location {
	return Location{File: r.Pos.File, Line: r.Pos.Line, Column: r.Pos.Col, Object: r.Object, Path: r.Path}
}

// Findings turns diagnostics into findings of a report, in their order.
func (l List) Findings() []Finding {
	out := make([]Finding, len(l))
	for i, d := range l {
		f := Finding{
			Code: string(d.Code), Severity: d.Severity.String(), Drift: d.Drift, Aspect: d.Aspect, Feature: d.Feature,
			Summary: d.Summary, Detail: d.Detail, Fix: d.Fix, Witness: d.Witness, Hash: d.Hash, At: []Location{},
		}
		for _, r := range d.At {
			if at := At(r); !slices.Contains(f.At, at) {
				f.At = append(f.At, at)
			}
		}
		out[i] = f
	}
	return out
}

// shown is where a value shows in the output, in short; "" if nowhere, or if nobody
// asked.
func (l LedgerLine) shown() string {
	if len(l.Output) == 0 {
		return ""
	}
	at := l.Output[0]
	text := strings.TrimSpace(at.Object + " " + at.Path)
	if at.File != "" {
		text = Location(at).String() + " " + text
	}
	if more := len(l.Output) - 1; more > 0 {
		text += " and " + count(more, "other place")
	}
	return text
}

// Count counts diagnostics by severity.
func (l List) Count() SeverityCount {
	var n SeverityCount
	for _, d := range l {
		switch d.Severity {
		case Error:
			n.Error++
		case Warning:
			n.Warning++
		default:
			n.Info++
		}
	}
	return n
}
