package main

import (
	"io"
	"os"

	"github.com/fatih/color"
	"github.com/transmesh/transmesh/pkg/diag"
)

// style colours findings on a terminal; NO_COLOR and other writers get none.
// Standard output does not matter: it may well go to a file.
func style(w io.Writer) diag.Style {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" || !terminal(f) {
		return diag.Style{}
	}
	paint := func(attributes ...color.Attribute) func(string) string {
		c := color.New(attributes...)
		c.EnableColor()
		return func(s string) string { return c.Sprint(s) }
	}
	return diag.Style{Error: paint(color.FgRed, color.Bold), Warning: paint(color.FgYellow), Info: paint(color.FgCyan), Faint: paint(color.Faint)}
}

func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
