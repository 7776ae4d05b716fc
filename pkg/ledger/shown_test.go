package ledger

import (
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// shows writes something because of the object of TestClose, and asks where its values
// show.
func shows(t *testing.T) map[string][]string {
	t.Helper()
	o := parse(t)
	spec := o.Root.Get("spec")
	c := NewClaims()
	c.Add(Claim{Ref: o.Ref(), Fate: Carried})
	c.Add(Claim{Ref: spec.Get("timeout").Ref(), Fate: Dropped})
	out := manifest.New("v1", "Route", "b", "a")
	retry := manifest.Map().Because(spec.Get("retries").Ref()).Set("attempts", manifest.Int(3)).Set("budget", manifest.Int(3)).Set("codes", manifest.Strs("500-599"))
	out.Root.Set("spec", manifest.Map().Set("parent", manifest.Str("cart")).Set("rules", manifest.List(manifest.Map().Set("retry", retry))))
	out.From = []place.Ref{o.Ref()}
	places := map[string][]string{}
	for e := range Close([]*source.Object{o}, c).Shown([]*manifest.Object{out}, nil).All() {
		for _, ref := range e.Output {
			places[e.Ref.Path] = append(places[e.Ref.Path], ref.Object+" "+ref.Path)
		}
	}
	return places
}

// A value shows where the part that was written because of it, or of what is around it,
// says the same, or else in that part; one that is lost shows nowhere.
func TestShown(t *testing.T) {
	want := map[string][]string{
		"spec.retries.attempts": {"Route b/a spec.rules[0].retry.attempts"},
		"spec.retries.on":       {"Route b/a spec.rules[0].retry"},
		"spec.host":             {"Route b/a "},
	}
	got := shows(t)
	for path, places := range want {
		if !slices.Equal(got[path], places) {
			t.Errorf("%s shows at %q, want %q", path, got[path], places)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d values show, want %d: %v", len(got), len(want), got)
	}
}

// Two places are alike as far as they end in the same keys and indices.
func TestAlike(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"spec.host", "spec.http[0].host", 1},
		{"spec.http[0].host", "spec.http[0].host", 4},
		{"spec.http[1].host", "spec.http[0].host", 1},
		{"Sources[0].Name", "spec.sources[0].name", 3},
		{"spec.a", "spec.b", 0},
		{"", "", 0},
	} {
		if got := alike(c.a, c.b); got != c.want {
			t.Errorf("%q and %q end alike in %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
