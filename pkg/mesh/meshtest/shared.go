// Package meshtest is what the tests of all meshes have in common.
package meshtest

import (
	"os"
	"path/filepath"
	"testing"
)

// required is the variable of the environment that makes it a failure where shared
// data is absent.
const required = "TRANSMESH_REQUIRE_SHARED"

// Shared is a folder, or a file, of the data that stands beside the repository. Without
// it the test is skipped, or fails where TRANSMESH_REQUIRE_SHARED is 1.
func Shared(t testing.TB, path ...string) string {
	t.Helper()
	at := filepath.Join(append([]string{Root(t), "..", "shared"}, path...)...)
	if _, err := os.Stat(at); err != nil {
		if os.Getenv(required) == "1" {
			t.Fatalf("no shared data at %s", at)
		}
		t.Skipf("no shared data at %s", at)
	}
	return at
}

// Root is the folder of the module whose test runs.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	t.Fatal("the test does not run within a module")
	return ""
}
