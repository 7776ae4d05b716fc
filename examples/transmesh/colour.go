package main

import (
	"io"
	"os"

	"github.com/fatih/color"
	"github.com/transmesh/transmesh/pkg/diag"
)

// style colours findings on a terminal; NO_COLOR and other writers get none.
func style(w io.Writer) diag.Style {
	if f, ok := w.(*os.File); !ok || f != os.Stderr || color.NoColor || !terminal(f) {
		return diag.Style{}
	}
	paint := func(attributes ...color.Attribute) func(string) string {
		c := color.New(attributes...)
		return func(s string) string { return c.Sprint(s) }
	}
	return diag.Style{Error: paint(color.FgRed, color.Bold), Warning: paint(color.FgYellow), Info: paint(color.FgCyan), Faint: paint(color.Faint)}
}

func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
