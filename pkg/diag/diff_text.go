package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostDifferences are shown as text; JSON has all.
const mostDifferences = 50

// WriteDiff prints a comparison for a terminal and for a comment of a review: a
// table of scopes, each difference with its witness and the lines of both sides,
// and the verdict.
func WriteDiff(w io.Writer, r *DiffReport, style DiffStyle) error {
	var b strings.Builder
	r.table(&b, style)
	for i, d := range r.Differences {
		if i == mostDifferences {
			fmt.Fprintf(&b, "and %s, which the JSON form shows\n\n", count(len(r.Differences)-i, "more difference"))
			break
		}
		d.text(&b, r, style)
	}
	fmt.Fprintf(&b, "verdict: %s\n", style.verdict(r.Verdict))
	_, err := io.WriteString(w, b.String())
	return err
}

// DiffStyle is how a comparison is printed.
type DiffStyle struct {
	Style
	// All lists scopes that are the same too.
	All bool
}

// verdict colours a word.
func (s DiffStyle) verdict(v string) string { return s.of(v)(v) }

func (s DiffStyle) of(v string) func(string) string {
	f := s.Warning
	switch v {
	case "wider", "unsure":
		f = s.Error
	case "same":
		f = s.Info
	}
	return func(text string) string { return paint(f, text) }
}

// table writes a line for each scope, those of one verdict together.
func (r *DiffReport) table(b *strings.Builder, style DiffStyle) {
	rows := []DiffScope{}
	same := 0
	for _, v := range []string{"wider", "unsure", "different", "narrower", "same"} {
		for _, s := range r.Scopes {
			switch {
			case s.Verdict != v:
			case v == "same" && !style.All:
				same++
			default:
				rows = append(rows, s)
			}
		}
	}
	width := [2]int{}
	for _, s := range rows {
		width[0], width[1] = max(width[0], len(s.Verdict)), max(width[1], len(s.Aspect))
	}
	for _, s := range rows {
		fmt.Fprintf(b, "%s  %-*s  %s\n", style.of(s.Verdict)(fmt.Sprintf("%-*s", width[0], s.Verdict)), width[1], s.Aspect, s.Scope)
	}
	if same > 0 {
		fmt.Fprintf(b, "%s\n", paint(style.Faint, "same in "+count(same, "other scope")))
	}
	if len(rows)+same > 0 {
		b.WriteByte('\n')
	}
}

func (d *DiffEntry) text(b *strings.Builder, r *DiffReport, style DiffStyle) {
	fmt.Fprintf(b, "%s: %s.\n", style.verdict(d.Verdict), capital(d.Summary))
	if d.Witness != nil {
		fmt.Fprintf(b, "  witness: %s\n", d.Witness.Command)
		if n := len(d.Witness.Clients); n > 1 {
			fmt.Fprintf(b, "  also as: %s\n", few(d.Witness.Clients[1:]))
		}
	}
	width := max(utf8.RuneCountInString(r.First.Name), utf8.RuneCountInString(r.Second.Name)) + 1
	for _, side := range []struct {
		name string
		DiffAnswer
	}{{r.First.Name, d.First}, {r.Second.Name, d.Second}} {
		fmt.Fprintf(b, "  %-*s %s\n", width, side.name+":", side.Does)
		for i, at := range side.At {
			if i == mostLines {
				fmt.Fprintf(b, "  %-*s   %s\n", width, "", paint(style.Faint, "and "+count(len(side.At)-i, "more line")))
				break
			}
			fmt.Fprintf(b, "  %-*s   %s\n", width, "", paint(style.Faint, at.long()))
		}
	}
	b.WriteByte('\n')
}

// mostLines of one side are shown as text.
const mostLines = 4

// long is a place with the object and what of it.
func (l Location) long() string {
	if strings.HasPrefix(l.File, "defaults:") {
		return "default of " + l.Object + ": " + l.Path
	}
	return strings.TrimSpace(l.String() + " " + strings.TrimSpace(l.Object+" "+l.Path))
}

// few lists some names.
func few(names []string) string {
	if len(names) > 4 {
		return strings.Join(names[:4], ", ") + " and " + count(len(names)-4, "more client")
	}
	return strings.Join(names, ", ")
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
