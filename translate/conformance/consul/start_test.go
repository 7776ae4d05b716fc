package consul

import (
	"testing"

	"github.com/transmesh/transmesh/translate/conformance/consul/engine"
)

// policies are what becomes of requests of which no intention speaks.
var policies = []string{"allow", "deny"}

// start runs a server for each default policy until the test ends.
func start(t *testing.T) map[string]*engine.Agent {
	t.Helper()
	out := map[string]*engine.Agent{}
	for _, p := range policies {
		out[p] = engine.Start(t, p)
	}
	return out
}

// cleaned takes back what a case wrote. The server must be alive.
func cleaned(t *testing.T, a *engine.Agent) {
	t.Helper()
	if err := a.Clean(); err != nil {
		t.Fatal(err)
	}
	if !a.Alive() {
		t.Fatalf("the server is gone:\n%s", a.Stderr())
	}
}
