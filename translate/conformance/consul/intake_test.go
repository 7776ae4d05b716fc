package consul

import (
	"fmt"
	"testing"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/translate/conformance/consul/engine"
)

// TestIntake pins what the sidecars of services keep to, as the reader has it.
func TestIntake(t *testing.T) {
	a := start(t)["allow"]
	for i, c := range []string{
		`"MaxInboundConnections": 5, "LocalConnectTimeoutMs": 300`, `"MaxInboundConnections": 7`, `"LocalConnectTimeoutMs": 1`,
		`"MaxInboundConnections": 0, "LocalConnectTimeoutMs": 0`, `"Protocol": "http", "MaxInboundConnections": 9, "LocalConnectTimeoutMs": 20`,
	} {
		name := fmt.Sprintf("intake-%d", i)
		entry := []byte(fmt.Sprintf(`{"Kind": "service-defaults", "Name": %q, %s}`, name, c))
		if err := a.Put(entry); err != nil {
			t.Fatal(err)
		}
		if err := a.Register(engine.Service{Name: name, Port: 8080}); err != nil {
			t.Fatal(err)
		}
		m, _ := read(t, [][]byte{entry}, intent.Environment{})
		want := ""
		for _, i := range m.Intake {
			want = i.Text()
		}
		got := ""
		for range 20 { // what was written may reach sidecars a moment later
			p, err := a.Dump(name)
			if err != nil {
				t.Fatal(err)
			}
			if got = p.Intake(); got == want {
				break
			}
			time.Sleep(200 * time.Millisecond)
		}
		if got != want {
			t.Errorf("%s: read as %q, Consul's sidecar has %q", c, want, got)
		}
	}
	cleaned(t, a)
}
