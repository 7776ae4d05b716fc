package meshtest

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/mesh"
)

// EveryFeature holds the capability tables of a mesh to have an answer for every
// feature in every version, where each that is not a plain yes says why and where that
// is written.
func EveryFeature(t *testing.T, m mesh.Mesh) {
	t.Helper()
	for _, version := range m.Versions {
		got, ok := m.Target(version)
		if !ok || version != got.Version && version != got.Version+"-"+got.Edition && got.Edition != version {
			t.Fatalf("target of version %s: %v %s %s", version, ok, got.Version, got.Edition)
		}
		for _, f := range legal.Features {
			s, ok := got.Caps[f.Feature]
			switch {
			case !ok:
				t.Errorf("%s: no answer for %s", version, f.Feature)
			case s.Level != legal.Yes && (s.Why == "" || s.Link == ""):
				t.Errorf("%s: %s lacks why or link", version, f.Feature)
			}
		}
		if len(got.Caps) != len(legal.Features) {
			t.Errorf("%s answers %d features of %d", version, len(got.Caps), len(legal.Features))
		}
	}
	if _, ok := m.Target("0.0"); ok {
		t.Error("an unknown version has a target")
	}
}
