package mesh

import "testing"

func TestMisspelt(t *testing.T) {
	m := Mesh{Kinds: []Kind{
		{Group: "security.istio.io", Kind: "AuthorizationPolicy"},
		{Group: "", Kind: "Service"},
	}}
	for _, c := range []struct {
		group, kind string
		want        bool
	}{
		{"secruity.istio.io", "AuthorizationPolicy", true},
		{"security.istio.io", "AuthorizationPolicy", false},
		{"policy.linkerd.io", "AuthorizationPolicy", false},
		{"secruity.istio.io", "PeerAuthentication", false},
		{"", "AuthorizationPolicy", false},
		{"v1", "Service", false},
	} {
		if got := m.Misspelt(c.group, c.kind); got != c.want {
			t.Errorf("Misspelt(%q, %q) = %v", c.group, c.kind, got)
		}
	}
}
