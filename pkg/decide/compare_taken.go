package decide

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// placing says in which namespaces Secrets of listeners are compared.
type placing struct {
	namespace string // of those that name none
	// pods says that one side looks beside the pods of a gateway, wherever these are:
	// Secrets are then compared by name.
	pods bool
}

// placingOf compares the Secrets of two entries, of which one may be missing.
func placingOf(a, b *intent.Entry) placing {
	var out placing
	for _, e := range []*intent.Entry{b, a} {
		if e == nil {
			continue
		}
		out.namespace = e.Name.Namespace
		for _, l := range e.Listeners {
			out.pods = out.pods || l.TLS != nil && slices.ContainsFunc(secretsOf(l.TLS), func(n intent.Name) bool { return n.Namespace == "" })
		}
	}
	return out
}

// secretsOf are the Secrets that a listener is secured with.
func secretsOf(t *intent.ListenerTLS) []intent.Name {
	out := slices.Clone(t.Certificates)
	if t.Clients == nil {
		return out
	}
	for _, a := range t.Clients.Authorities {
		if a.Kind == "Secret" {
			out = append(out, a.Name)
		}
	}
	return out
}

// of is where a Secret is, as far as it is compared.
func (p placing) of(n intent.Name) intent.Name {
	if p.pods {
		return intent.Name{Name: n.Name}
	}
	n.Namespace = cmp.Or(n.Namespace, p.namespace)
	return n
}

// tls is how a listener is secured, with the namespaces of what it names.
func (p placing) tls(t *intent.ListenerTLS) *intent.ListenerTLS {
	out := *t
	out.Certificates = slices.Clone(t.Certificates)
	for i, c := range out.Certificates {
		out.Certificates[i] = p.of(c)
	}
	if t.Clients == nil {
		return &out
	}
	clients := *t.Clients
	clients.Authorities = slices.Clone(clients.Authorities)
	for i := range clients.Authorities {
		switch a := &clients.Authorities[i]; a.Kind {
		case "":
		case "Secret":
			a.Name = p.of(a.Name)
		default:
			a.Name.Namespace = cmp.Or(a.Name.Namespace, p.namespace)
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
	at := placingOf(a, b)
	for _, x := range hostByHost(a.Listeners) {
		for _, y := range hostByHost(b.Listeners) {
			if x.Port == y.Port && slices.Equal(x.Hosts, y.Hosts) && takesMore(x.TLS, y.TLS, at) {
				return Wider
			}
		}
	}
	return Different
}

// takesMore reports whether the second takes clients that the first, which keeps some
// out, may not take.
func takesMore(a, b *intent.ListenerTLS, at placing) bool {
	switch {
	case a == nil || a.Mode != intent.TLSMesh && a.Clients == nil && len(a.Options) == 0:
		return false
	case len(a.Options) > 0 && (b == nil || !sameOptions(a.Options, b.Options)):
		return true
	case b == nil || a.Mode == intent.TLSMesh && b.Mode != intent.TLSMesh:
		return true
	case b.Mode != intent.TLSEnds && b.Mode != intent.TLSMesh && b.Mode != intent.TLSShown:
		return true // whoever it is, the connection goes on
	}
	return !at.tls(a).Clients.Takes(at.tls(b).Clients)
}

// sameOptions reports whether what one implementation understands is said alike.
func sameOptions(a, b []intent.Pair) bool {
	return slices.EqualFunc(a, b, func(x, y intent.Pair) bool { return x.Key == y.Key && x.Value == y.Value })
}
