package conformance

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
)

// leaving is a question of a person about what a client sends to a host that is no
// Service.
var leaving = regexp.MustCompile(`^to ([^/\s]+):(\d+) (?:(tcp)(?: sni (\S+))?|GET (\S+)) as (\S+)/(\S+) -> (.*)$`)

// TestEgress asks Istio's clients what a person asked of the golden cases: which
// hosts outside of the cluster they reach.
func TestEgress(t *testing.T) {
	asked := questions(t, askEgress, "ServiceEntry", "Sidecar")
	if t.Logf("%d questions", asked); asked < 30 {
		t.Error("that is too few")
	}
}

// askEgress asks one set of manifests, and returns how many questions there were.
func askEgress(t *testing.T, name, manifests, probes string) int {
	objs, err := engine.Parse([]byte(manifests))
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, line := range strings.Split(probes, "\n") {
		m := leaving.FindStringSubmatch(line)
		if m == nil || engine.Addressed(objs, m[1]) {
			continue
		}
		asked++
		port, err := strconv.ParseUint(m[2], 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		want, rest, _ := strings.Cut(m[8], "; ")
		for _, other := range strings.Split(rest, "; ") {
			if own, ok := strings.CutPrefix(other, "istio: "); ok && strings.HasPrefix(name[strings.Index(name, " ")+1:], "out/") {
				want = own
			}
		}
		g := engine.NewEgress(t, objs, m[6], map[string]string{"app": m[7]})
		got := g.Leaves(t, engine.Arrival{Port: uint32(port), SNI: m[4], Host: m[1], Path: m[5], TCP: m[3] != ""})
		if (got == "") != (strings.HasSuffix(want, " deny") || want == "fails") {
			t.Errorf("%s: %s\n got %q", name, line, got)
		}
	}
	return asked
}
