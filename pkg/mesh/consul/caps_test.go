package consul

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/legal"
)

// Every feature has an answer for every version, and each that is not a plain
// yes says why and where that is written.
func TestEveryFeatureIsAnswered(t *testing.T) {
	for _, version := range Mesh.Versions {
		got, ok := target(version)
		if !ok || version != got.Version && version != got.Version+"-"+got.Edition {
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
	if _, ok := target("1.0"); ok {
		t.Error("an unknown version has a target")
	}
}
