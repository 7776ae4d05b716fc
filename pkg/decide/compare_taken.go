package decide

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// qualified is how a listener is secured, with the namespaces of what it names.
func qualified(t *intent.ListenerTLS, namespace string) *intent.ListenerTLS {
	out := *t
	out.Certificates = slices.Clone(t.Certificates)
	for i := range out.Certificates {
		c := &out.Certificates[i]
		c.Namespace = cmp.Or(c.Namespace, namespace)
	}
	if t.Clients == nil {
		return &out
	}
	clients := *t.Clients
	clients.Authorities = slices.Clone(clients.Authorities)
	for i := range clients.Authorities {
		if a := &clients.Authorities[i]; a.Kind != "" {
			a.Name.Namespace = cmp.Or(a.Name.Namespace, namespace)
		}
	}
	out.Clients = &clients
	return &out
}

// takenVerdict judges two entries that differ: where b takes a client that a listener
// of a for the same port and host keeps out for its certificate, or by its mutual TLS,
// it is wider.
func takenVerdict(a, b *intent.Entry) Verdict {
	if a == nil || b == nil {
		return Different
	}
	for _, x := range hostByHost(a.Listeners) {
		for _, y := range hostByHost(b.Listeners) {
			if x.Port == y.Port && slices.Equal(x.Hosts, y.Hosts) && takesMore(x.TLS, y.TLS, a.Name.Namespace) {
				return Wider
			}
		}
	}
	return Different
}

// takesMore reports whether the second takes clients that the first, which keeps some
// out, may not take.
func takesMore(a, b *intent.ListenerTLS, namespace string) bool {
	switch {
	case a == nil || a.Mode != intent.TLSMesh && a.Clients == nil:
		return false
	case b == nil || a.Mode == intent.TLSMesh && b.Mode != intent.TLSMesh:
		return true
	case b.Mode != intent.TLSEnds && b.Mode != intent.TLSMesh:
		return true // whoever it is, the connection goes on
	}
	x, y := qualified(a, namespace).Clients, qualified(b, namespace).Clients
	return !x.Takes(y)
}
