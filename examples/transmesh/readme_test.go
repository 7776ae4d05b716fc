package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/mesh/all"
)

var update = flag.Bool("update", false, "rewrite the generated part of the README")

// The capability table of the README is what the meshes answer.
func TestReadme(t *testing.T) { between(t, "features", markdownTable(featureTable())) }

// The comparison in the README is what the command prints.
func TestReadmeDiff(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	args := []string{"diff", "examples/review/before.yaml", "examples/review/after.yaml"}
	var out, errs bytes.Buffer
	c := root()
	c.SetArgs(args)
	c.SetOut(&out)
	c.SetErr(&errs)
	if err := c.Execute(); err != status(exitFindings) || errs.Len() > 0 {
		t.Fatalf("%v: %s", err, errs.String())
	}
	t.Chdir(filepath.Join("examples", "transmesh"))
	between(t, "diff", "```\n$ transmesh "+strings.Join(args, " ")+"\n"+out.String()+"```\n")
}

// between holds what stands between two comments of the README to what it is to be.
func between(t *testing.T, name, content string) {
	t.Helper()
	mark, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
	file := filepath.Join("..", "..", "README.md")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	from, to := strings.Index(text, mark), strings.Index(text, end)
	if from < 0 || to < from {
		t.Fatalf("no place for %s in %s", name, file)
	}
	want := text[:from+len(mark)] + content + text[to:]
	switch {
	case want == text:
	case *update:
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s of %s is not current: run with -update", name, file)
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
