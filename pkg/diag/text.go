package diag

import (
	"cmp"
	"fmt"
	"io"
	"slices"
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
	if err := WriteFindings(w, r.Findings, style); err != nil {
		return err
	}
	n := r.Summary.Findings
	_, err := fmt.Fprintf(w, "%s: %s, %s (%s); %s, %s, %s%s\n",
		r.about(), count(r.Summary.Documents, "document"), count(r.Summary.Leaves, "value"), fateText(r.Summary.Fates),
		count(n.Error, "error"), count(n.Warning, "warning"), count(n.Info, "note"), r.verdict("; verdict "))
	return err
}

// about names the meshes of the report.
func (r *Report) about() string {
	if r.Target.Mesh == "" {
		return r.Source.name()
	}
	return r.Source.name() + " to " + r.Target.name()
}

// verdict is the verdict behind a text; "" where there is none.
func (r *Report) verdict(behind string) string {
	if r.Summary.Verdict == "" {
		return ""
	}
	return behind + r.Summary.Verdict
}

// WriteFindings prints findings for a terminal, one a paragraph.
func WriteFindings(w io.Writer, findings []Finding, style Style) error {
	var b strings.Builder
	for _, f := range findings {
		writeFinding(&b, f, style)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func writeFinding(b *strings.Builder, f Finding, style Style) {
	where := ""
	if len(f.At) > 0 && f.At[0].String() != "" {
		where = f.At[0].String() + ": "
	}
	fmt.Fprintf(b, "%s%s[%s]: %s\n", where, style.severity(f.Severity), f.Code, f.Summary)
	for _, line := range []struct{ label, text string }{{"in ", f.in()}, {"", f.Detail}, {"see also: ", f.others()}, {"witness: ", f.Witness}, {"fix: ", f.remedy()}, {"accepted: ", f.Accepted}, {"hash: ", f.acceptable()}} {
		if line.text != "" {
			fmt.Fprintf(b, "    %s\n", paint(style.Faint, line.label+line.text))
		}
	}
}

// in names the object of a finding whose summary does not, and where in it that is.
func (f Finding) in() string {
	if len(f.At) == 0 || f.At[0].Line == 0 || f.At[0].Object == "" || strings.Contains(f.Summary, f.At[0].Object) {
		return ""
	}
	return strings.TrimSuffix(f.At[0].Object+", "+f.At[0].Path, ", ")
}

// remedy is the fix; "" for findings that only tell, or that somebody accepted.
func (f Finding) remedy() string {
	if f.Fix == "nothing" || f.Accepted != "" {
		return ""
	}
	return f.Fix
}

// acceptable is the hash by which somebody may accept just this finding; "" for
// findings that nobody needs to.
func (f Finding) acceptable() string {
	if f.Severity == Info.String() || f.Accepted != "" {
		return ""
	}
	return f.Hash
}

// bySeverity are findings with the errors first, and otherwise in their order.
func bySeverity(findings []Finding) []Finding {
	out := slices.Clone(findings)
	rank := []string{Error.String(), Warning.String(), Info.String()}
	slices.SortStableFunc(out, func(a, b Finding) int { return slices.Index(rank, a.Severity) - slices.Index(rank, b.Severity) })
	return out
}

// others are the further places of a finding about the source, where there are a
// few: the other of two objects, for example.
func (f Finding) others() string {
	if f.Aspect != "" || len(f.At) < 2 || len(f.At) > 4 {
		return ""
	}
	var parts []string
	for _, l := range f.At[1:] {
		parts = append(parts, l.String())
	}
	return strings.Join(parts, ", ")
}

// String prints file:line:column, or the object where no file says it.
func (l Location) String() string {
	if l.Line == 0 {
		return cmp.Or(l.File, l.Object)
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
