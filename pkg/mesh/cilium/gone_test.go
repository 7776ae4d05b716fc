package cilium

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
)

// TestGone holds that kinds of earlier releases are told by what came after, keep nothing
// out, and are not written for a Cilium that has none.
func TestGone(t *testing.T) {
	for kind, version := range map[string]string{"CiliumBGPPeeringPolicy": "v2alpha1", "CiliumExternalWorkload": "v2", "CiliumEgressNATPolicy": "v2alpha1"} {
		m, diags := read(input(t, "apiVersion: cilium.io/"+version+"\nkind: "+kind+"\nmetadata: {name: old}\nspec: {}\n"))
		if len(diags) != 1 || diags[0].Code != diag.NotTranslated {
			t.Errorf("%s: findings %v", kind, diags)
		}
		if len(m.Opaque) != 1 || m.Opaque[0].Security || m.Opaque[0].Instead == "" || ownOpaque(m.Opaque[0]) == "" {
			t.Errorf("%s: %v", kind, m.Opaque)
		}
	}
}
