package translate

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/all"
)

// A translation does not depend on how many processors there are, though much of it is
// done at the same time where there are several.
func TestProcessors(t *testing.T) {
	data := generate(600)
	for _, to := range all.Meshes {
		if to.Target == nil {
			continue
		}
		var want string
		for _, processors := range []int{1, 2, 8} {
			got := on(processors, func() string {
				r := translateTo(data, to)
				var out bytes.Buffer
				if err := manifest.WriteYAML(&out, r.Manifests); err != nil {
					t.Fatal(err)
				}
				return fmt.Sprintf("%s\n%+v\n%+v\n%s %s\n%s", out.String(), r.Findings, slices.Collect(r.Ledger.All()), r.Verdict, r.VerdictWithDefaults, intent.Print(r.Legal))
			})
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("to %s: another translation on %d processors", to.Name, processors)
			}
		}
	}
}

// on does something on so many processors.
func on(processors int, do func() string) string {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
	return do()
}
