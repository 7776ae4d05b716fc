package diag

import (
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown prints the report for a pull request: the summary, a table of
// findings, what is assumed and needed, and the ledger where the report has one.
func WriteMarkdown(w io.Writer, r *Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s%s\n\n", r.about(), r.verdict(": "))
	n := r.Summary.Findings
	fmt.Fprintf(&b, "%s, %s: %s.\n", count(r.Summary.Documents, "document"), count(r.Summary.Leaves, "value"), fateText(r.Summary.Fates))
	fmt.Fprintf(&b, "%s, %s, %s.\n", count(n.Error, "error"), count(n.Warning, "warning"), count(n.Info, "note"))
	if len(r.Findings) > 0 {
		b.WriteString("\n| severity | code | where | finding | what to do |\n|---|---|---|---|---|\n")
		for _, f := range bySeverity(r.Findings) {
			where := ""
			if len(f.At) > 0 {
				where = "`" + f.At[0].String() + "`"
			}
			fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s |\n", f.Severity, f.Code, where, cell(f.Summary, f.Detail, f.Witness), cell(f.remedy(), labelled("accepted: ", f.Accepted), labelled("hash ", f.acceptable())))
		}
	}
	markdownList(&b, "Prerequisites", len(r.Prerequisites), func(i int) string {
		return r.Prerequisites[i].What + ": " + r.Prerequisites[i].Why
	})
	markdownList(&b, "Assumptions", len(r.Assumptions), func(i int) string {
		a := r.Assumptions[i]
		if a.Value == "" {
			return "`" + a.Key + "` is not set: " + a.Why
		}
		return "`" + a.Key + "` is `" + a.Value + "`: " + a.Why
	})
	if len(r.Ledger) > 0 {
		b.WriteString("\n## Ledger\n\n| where | path | value | fate | finding | output |\n|---|---|---|---|---|---|\n")
	}
	for _, l := range r.Ledger {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", l.Location, cell(strings.TrimSpace(l.Object+" "+l.Path)), cell(l.Value), l.Fate, l.Finding, cell(l.shown()))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// labelled puts a label in front of a text; "" stays so.
func labelled(label, text string) string {
	if text == "" {
		return ""
	}
	return label + text
}

func markdownList(b *strings.Builder, title string, n int, item func(int) string) {
	if n == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n", title)
	for i := range n {
		fmt.Fprintf(b, "- %s\n", item(i))
	}
}

// asText keeps a text from being read as markup, and in one line.
var asText = strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "*", `\*`, "_", `\_`, "`", "\\`")

// cell joins texts in one table cell.
func cell(texts ...string) string {
	var parts []string
	for _, t := range texts {
		if t != "" {
			parts = append(parts, asText.Replace(t))
		}
	}
	return strings.Join(parts, "<br>")
}
