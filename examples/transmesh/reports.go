package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/diag/sarif"
)

// forms of reports by the ending of their file.
var forms = map[string]func(io.Writer, *diag.Report) error{
	".json": diag.WriteJSON, ".sarif": sarif.Write, ".md": diag.WriteMarkdown, ".html": diag.WriteHTML,
}

// formOf is the form of a report; nil where its ending means none.
func formOf(name string) func(io.Writer, *diag.Report) error {
	return forms[strings.ToLower(filepath.Ext(name))]
}

// formsOf refuses names of reports whose ending means no form.
func formsOf(names []string) error {
	for _, name := range names {
		if formOf(name) == nil {
			return fmt.Errorf("--report %s: the ending is not .json, .sarif, .md or .html", name)
		}
	}
	return nil
}

func writeReports(files []string, r *diag.Report) error {
	for _, name := range files {
		if err := writeReport(name, formOf(name), r); err != nil {
			return err
		}
	}
	return nil
}

func writeReport(name string, form func(io.Writer, *diag.Report) error, r *diag.Report) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := form(f, r); err != nil {
		f.Close()
		return fmt.Errorf("write %s: %w", name, err)
	}
	return f.Close()
}
