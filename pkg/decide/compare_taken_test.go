package decide

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
)

// TestTaken compares whom listeners take by their certificates: whoever is let in
// besides makes the second wider.
func TestTaken(t *testing.T) {
	ends := func(c *intent.ClientCertificates) *intent.ListenerTLS {
		return &intent.ListenerTLS{Mode: intent.TLSEnds, Certificates: []intent.Name{{Name: "cert"}}, Clients: c}
	}
	by := func(names ...string) *intent.ClientCertificates {
		out := &intent.ClientCertificates{}
		for _, n := range names {
			out.Authorities = append(out.Authorities, intent.Authority{Kind: "ConfigMap", Name: intent.Name{Name: n}})
		}
		return out
	}
	named := func(names ...string) *intent.ClientCertificates {
		out := by("ca")
		out.Names = names
		return out
	}
	optional, unchecked := by("ca"), by("ca")
	optional.Optional, unchecked.Unchecked = true, true
	for _, c := range []struct {
		name string
		a, b *intent.ListenerTLS
		want Verdict
	}{
		{"the same", ends(by("ca")), ends(by("ca")), Same},
		{"nobody is asked any more", ends(by("ca")), ends(nil), Wider},
		{"asked now", ends(nil), ends(by("ca")), Different},
		{"none is fine too", ends(by("ca")), ends(optional), Wider},
		{"any is fine", ends(by("ca")), ends(unchecked), Wider},
		{"another authority", ends(by("ca")), ends(by("other")), Wider},
		{"one authority less", ends(by("ca", "other")), ends(by("ca")), Different},
		{"any name", ends(named("a")), ends(by("ca")), Wider},
		{"one name less", ends(named("a", "b")), ends(named("a")), Different},
		{"one name more", ends(named("a")), ends(named("a", "b")), Wider},
		{"passed on", ends(by("ca")), &intent.ListenerTLS{Mode: intent.TLSPasses}, Wider},
		{"outside of the mesh", &intent.ListenerTLS{Mode: intent.TLSMesh}, ends(by("ca")), Wider},
		{"plain", ends(by("ca")), nil, Wider},
		{"nobody was kept out", ends(optional), ends(nil), Different},
	} {
		model := func(tls *intent.ListenerTLS) *intent.Model {
			l := intent.Listener{Port: 443, Protocol: "HTTPS", Hosts: []string{"a.example.com", "b.example.com"}, TLS: tls}
			return &intent.Model{Entries: []*intent.Entry{{Name: intent.Name{Namespace: "shop", Name: "edge"}, Listeners: []intent.Listener{l}}}}
		}
		if got := Compare(model(c.a), model(c.b), Options{}).Verdict; got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
