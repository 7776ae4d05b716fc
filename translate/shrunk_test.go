package translate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestShrunken translates inputs that once broke a law, in all directions. Each
// says what it shows, and under which change of the code it fails. Their names
// begin with their mesh.
func TestShrunken(t *testing.T) {
	files, err := filepath.Glob("../testdata/shrunk/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no inputs", err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".yaml")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			mesh, _, _ := strings.Cut(name, "-")
			from, _ := findMesh(t, mesh)
			for _, to := range targets {
				checkLaws(t, to, runRandom(t, from, to, data))
			}
		})
	}
}
