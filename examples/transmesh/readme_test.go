package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/mesh/all"
)

var update = flag.Bool("update", false, "rewrite the generated part of the README")

const (
	featuresBegin = "<!-- features -->\n"
	featuresEnd   = "<!-- /features -->"
)

// The capability table of the README is what the meshes answer.
func TestReadme(t *testing.T) {
	file := filepath.Join("..", "..", "README.md")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	begin, end := strings.Index(text, featuresBegin), strings.Index(text, featuresEnd)
	if begin < 0 || end < begin {
		t.Fatalf("no place for the table in %s", file)
	}
	want := text[:begin+len(featuresBegin)] + markdownTable(featureTable()) + text[end:]
	switch {
	case want == text:
	case *update:
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the capability table of %s is not current: run with -update", file)
	}
}

func markdownTable(features []feature) string {
	var b strings.Builder
	names := meshNames(all.Meshes)
	fmt.Fprintf(&b, "| feature | %s |\n|---|%s\n", strings.Join(names, " | "), strings.Repeat("---|", len(names)))
	for _, f := range features {
		b.WriteString("| " + f.Title)
		for _, name := range names {
			b.WriteString(" | " + f.Support[name].Level)
		}
		b.WriteString(" |\n")
	}
	return b.String()
}
