package consul

import (
	"fmt"
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/translate/conformance/consul/engine"
)

// certify writes the certificates that the listeners of an entry show: the input
// names them only.
func (w *world) certify(t *testing.T, e *intent.Entry) {
	t.Helper()
	var done []string
	for _, l := range e.Listeners {
		if l.TLS == nil {
			continue
		}
		for _, c := range l.TLS.Certificates {
			if slices.Contains(done, c.Name) {
				continue
			}
			if err := w.agent.PutCertificate(c.Name); err != nil {
				t.Fatal(err)
			}
			done = append(done, c.Name)
		}
	}
}

// envoyVersions are the names of versions of TLS in Envoy's configuration.
var envoyVersions = map[string]string{"": "TLS_AUTO", "1.0": "TLSv1_0", "1.1": "TLSv1_1", "1.2": "TLSv1_2", "1.3": "TLSv1_3"}

// secured compares how connections to a listener are secured.
func secured(l intent.Listener, proxy *engine.Proxy) []string {
	hosts := l.Hosts
	if len(hosts) == 0 {
		hosts = []string{"other.example.net"}
	}
	want, err := proxy.Secured(l.Port, hosts)
	if err != nil {
		return []string{err.Error()}
	}
	var got engine.Secured
	if l.TLS != nil {
		got = engine.Secured{TLS: true, Min: envoyVersions[l.TLS.MinVersion], Max: envoyVersions[l.TLS.MaxVersion], Ciphers: l.TLS.Ciphers, Clients: l.TLS.Clients.Demands()}
	}
	if fmt.Sprint(want) != fmt.Sprint(got) {
		return []string{fmt.Sprintf("port %d: the engine secures it by %+v, and transmesh by %+v", l.Port, want, got)}
	}
	return nil
}
