package diag

import (
	"fmt"
	"io"
	"strings"
)

// Style colours parts of the text form; the zero Style colours nothing.
type Style struct {
	Error, Warning, Info, Faint func(string) string
}

func paint(f func(string) string, s string) string {
	if f == nil {
		return s
	}
	return f(s)
}

func (s Style) severity(name string) string {
	switch name {
	case "error":
		return paint(s.Error, name)
	case "warning":
		return paint(s.Warning, name)
	}
	return paint(s.Info, name)
}

// WriteText prints the findings for a terminal, one a paragraph, and a summary
// line.
func WriteText(w io.Writer, r *Report, style Style) error {
	var b strings.Builder
	for _, f := range r.Findings {
		writeFinding(&b, f, style)
	}
	n := r.Summary.Findings
	fmt.Fprintf(&b, "%s to %s: %d documents, %d values (%s); %d errors, %d warnings, %d notes; verdict %s\n",
		r.Source.name(), r.Target.name(), r.Summary.Documents, r.Summary.Leaves, fateText(r.Summary.Fates),
		n.Error, n.Warning, n.Info, r.Summary.Verdict)
	_, err := io.WriteString(w, b.String())
	return err
}

func writeFinding(b *strings.Builder, f Finding, style Style) {
	where := ""
	if len(f.At) > 0 {
		where = f.At[0].String() + ": "
	}
	fmt.Fprintf(b, "%s%s[%s]: %s\n", where, style.severity(f.Severity), f.Code, f.Summary)
	for _, line := range []struct{ label, text string }{{"", f.Detail}, {"witness: ", f.Witness}, {"fix: ", f.Fix}} {
		if line.text != "" {
			fmt.Fprintf(b, "    %s\n", paint(style.Faint, line.label+line.text))
		}
	}
}

// String prints file:line:column.
func (l Location) String() string {
	if l.Line == 0 {
		return l.File
	}
	return fmt.Sprintf("%s:%d:%d", l.File, l.Line, l.Column)
}

func (d Dialect) name() string {
	s := d.Mesh
	if d.Version != "" {
		s += "@" + d.Version
	}
	if d.Edition != "" {
		s += "-" + d.Edition
	}
	return s
}

// FateOrder is the order in which fates are printed.
var FateOrder = []string{"carried", "rewritten", "drifted", "dropped", "withheld", "kept", "inert", "ignored", "unknown"}

func fateText(fates map[string]int) string {
	var parts []string
	for _, f := range FateOrder {
		if fates[f] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", fates[f], f))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
