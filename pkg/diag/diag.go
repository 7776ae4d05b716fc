// Package diag holds what the translator has to say to its user: diagnostics
// with a stable code, a position and a fix.
//
// An error value is for what stops us; a Diagnostic is for what the user should
// know.
package diag

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/place"
)

// Severity orders diagnostics by how much they matter.
type Severity uint8

const (
	Info Severity = iota
	Warning
	Error
)

// String names the severity in lower case.
func (s Severity) String() string { return [...]string{"info", "warning", "error"}[s] }

// Code is the stable name of one kind of finding; codes.go lists them all.
type Code string

// Diagnostic is one finding.
type Diagnostic struct {
	Severity Severity
	Code     Code
	// Drift and Aspect say how the translation differs from its source and in
	// what (intent.Drift, intent.Aspect); empty for findings in the source.
	Drift, Aspect string
	// Feature is the capability that decided (legal.Feature), or "".
	Feature string
	// Summary is a clause without a period that names the thing and the target.
	Summary string
	// Detail says what happens now; Fix what to do.
	Detail, Fix string
	// At lists the input values concerned, the most telling first.
	At []place.Ref
	// Hash names the region concerned, for acceptance; "" for findings in the
	// source.
	Hash string
	// Witness is a request that shows the difference, or "".
	Witness string
}

// List is a set of diagnostics.
type List []Diagnostic

// Add appends a finding whose severity is that of its code; see Codes.
func (l *List) Add(c Code, summary, fix string, at ...place.Ref) {
	*l = append(*l, Diagnostic{Severity: c.Severity(), Code: c, Summary: summary, Fix: fix, At: at})
}

// Tell is Add with what happens now.
func (l *List) Tell(c Code, summary, detail, fix string, at ...place.Ref) {
	l.Add(c, summary, fix, at...)
	(*l)[len(*l)-1].Detail = detail
}

// Max is the highest severity, and whether there is any finding.
func (l List) Max() (Severity, bool) {
	worst := Info
	for _, d := range l {
		worst = max(worst, d.Severity)
	}
	return worst, len(l) > 0
}

// Sort orders by position, code and summary, and drops repetitions, so that
// reports are deterministic.
func (l List) Sort() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		pa, pb := a.pos(), b.pos()
		switch {
		case pa.Before(pb):
			return -1
		case pb.Before(pa):
			return 1
		}
		if c := strings.Compare(string(a.Code), string(b.Code)); c != 0 {
			return c
		}
		return strings.Compare(a.Summary, b.Summary)
	})
	return slices.CompactFunc(out, func(a, b Diagnostic) bool {
		return a.Code == b.Code && a.Summary == b.Summary && a.Detail == b.Detail && slices.Equal(a.At, b.At)
	})
}

func (d Diagnostic) pos() place.Pos {
	if len(d.At) == 0 {
		return place.Pos{}
	}
	return d.At[0].Pos
}
