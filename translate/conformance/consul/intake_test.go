package consul

import (
	"fmt"
	"testing"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/translate/conformance/consul/engine"
)

// TestIntake pins what the sidecars of services keep to, as the reader has it: what they say
// themselves, and what is said of all.
func TestIntake(t *testing.T) {
	a := start(t)["allow"]
	for j, all := range []string{"", `{"max_inbound_connections": 11, "local_connect_timeout_ms": 900}`, `{"max_inbound_connections": 0, "local_connect_timeout_ms": -1}`, `{"local_connect_timeout_ms": 700}`} {
		var entries [][]byte
		if all != "" {
			entries = append(entries, []byte(`{"Kind": "proxy-defaults", "Name": "global", "Config": `+all+`}`))
		}
		for i, c := range []string{
			`"MaxInboundConnections": 5, "LocalConnectTimeoutMs": 300`, `"MaxInboundConnections": 7`, `"LocalConnectTimeoutMs": 1`,
			`"MaxInboundConnections": 0, "LocalConnectTimeoutMs": 0`, `"Protocol": "http", "MaxInboundConnections": 9, "LocalConnectTimeoutMs": 20`,
		} {
			name := fmt.Sprintf("intake-%d-%d", j, i)
			entry := []byte(fmt.Sprintf(`{"Kind": "service-defaults", "Name": %q, %s}`, name, c))
			takesIn(t, a, name, append(entries[:len(entries):len(entries)], entry))
		}
		cleaned(t, a)
	}
}

// takesIn holds the sidecar of a service to what the reader has of it.
func takesIn(t *testing.T, a *engine.Agent, name string, entries [][]byte) {
	t.Helper()
	for _, e := range entries {
		if err := a.Put(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Register(engine.Service{Name: name, Port: 8080}); err != nil {
		t.Fatal(err)
	}
	want := ""
	if m, _ := read(t, entries, intent.Environment{}); len(m.Intake) > 0 {
		want = m.Intake[0].Text()
	}
	got := ""
	for range 20 { // what was written may reach sidecars a moment later
		p, err := a.Dump(name)
		if err != nil {
			t.Fatal(err)
		}
		if got = p.Intake(); got == want {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Errorf("%s: read as %q, Consul's sidecar has %q", entries, want, got)
}
