package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
)

// The ledger of a report tells at which line of which file a value shows, in every form
// of output: the line is there, and where it is the value's own it says the value.
func TestPlaced(t *testing.T) {
	for _, c := range []struct {
		name, output string
		flags        []string
		least        int // values that are found as they are
	}{
		{"a folder", "out", []string{"--to", "linkerd"}, 50},
		{"one file", "out.yaml", []string{"--to", "linkerd"}, 50},
		{"a List", "out.json", []string{"--to", "linkerd"}, 50},
		{"entries in a folder", "out", []string{"--to", "consul", "--consul-format", "hcl"}, 30},
		{"entries of an agent", "out.json", []string{"--to", "consul", "--consul-format", "json"}, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			report := filepath.Join(dir, "report.json")
			convertShop(t, append(c.flags, "-o", filepath.Join(dir, c.output), "--ledger", "--report", report)...)
			if n := found(t, readLedger(t, report)); n < c.least {
				t.Errorf("no more than %d values are found", n)
			}
		})
	}
}

// What goes to standard output is in no file: the ledger tells the manifest and the path.
func TestPlacedNowhere(t *testing.T) {
	report := filepath.Join(t.TempDir(), "report.json")
	convertShop(t, "--to", "linkerd", "--ledger", "--report", report)
	n := 0
	for _, l := range readLedger(t, report) {
		for _, at := range l.Output {
			if n++; at.File != "" || at.Line != 0 || at.Object == "" {
				t.Errorf("%s shows at %+v", l.Path, at)
			}
		}
	}
	if n < 50 {
		t.Errorf("no more than %d places", n)
	}
}

// convertShop converts the shop of Istio, whatever is found.
func convertShop(t *testing.T, flags ...string) {
	t.Helper()
	c := root()
	c.SetArgs(append([]string{"convert", "--from", "istio", "--fail-on", "never", "-R", "-f", "../shop/istio"}, flags...))
	c.SetOut(new(strings.Builder))
	c.SetErr(new(strings.Builder))
	if err := c.Execute(); err != nil {
		t.Fatal(err)
	}
}

func readLedger(t *testing.T, report string) []diag.LedgerLine {
	t.Helper()
	data, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var r diag.Report
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r.Ledger
}

// found counts the values that are at a place where they are said to be.
func found(t *testing.T, lines []diag.LedgerLine) int {
	t.Helper()
	n := 0
	for _, l := range lines {
		here := false
		for _, at := range l.Output {
			data, err := os.ReadFile(at.File)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.Split(string(data), "\n")
			if at.Line < 1 || at.Line > len(text) || at.Column < 1 || at.Column > len(text[at.Line-1])+1 {
				t.Errorf("%s shows at %+v, which is not in the file", l.Path, at)
				continue
			}
			here = here || l.Value != "" && strings.HasPrefix(strings.TrimLeft(text[at.Line-1][at.Column-1:], `"`), l.Value)
		}
		if here {
			n++
		}
	}
	return n
}
