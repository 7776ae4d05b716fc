package decide

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
)

// What lets requests in beside all facts is wider where it comes, or changes, and
// narrower where it goes. Fails with: leave out one of the cases of o.Opens in
// compare_opaque.go.
func TestOpens(t *testing.T) {
	opening := func(value string) *intent.Model {
		at := place.Ref{Object: "Settings shop/api", Path: "spec.expose"}
		return &intent.Model{Opaque: []*intent.Opaque{{Mesh: "any", At: at, Opens: true, Whole: written(value)}}}
	}
	for _, c := range []struct {
		name string
		a, b *intent.Model
		want Verdict
	}{
		{"comes", &intent.Model{}, opening("/"), Wider},
		{"goes", opening("/"), &intent.Model{}, Narrower},
		{"changes", opening("/health"), opening("/"), Wider},
		{"stays", opening("/"), opening("/"), Same},
	} {
		if got := Sum(Compare(c.a, c.b, Options{}).Differences); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

// written is the text of an object that is kept as it is.
type written string

func (w written) Text(string) string { return string(w) }
