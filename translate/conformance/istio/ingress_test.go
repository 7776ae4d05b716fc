package conformance

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
)

// through is a question of a person about a gateway.
var through = regexp.MustCompile(`^to (\S+):(\d+) (?:(tcp)(?: sni (\S+))?|GET (\S+)) through \S+ -> (.*)$`)

// TestIngress asks Istio's gateways what a person asked of the golden cases: which
// hosts, ports and names of servers lead somewhere.
func TestIngress(t *testing.T) {
	asked := questions(t, askIngress, "Gateway")
	if t.Logf("%d questions", asked); asked < 40 {
		t.Error("that is too few")
	}
}

// askIngress asks one set of manifests, and returns how many questions there were.
func askIngress(t *testing.T, name, manifests, probes string) int {
	objs, err := engine.Parse([]byte(manifests))
	if err != nil {
		t.Fatal(err)
	}
	g := engine.NewIngress(t, objs, map[string]string{"istio": "ingressgateway"})
	asked := 0
	for _, line := range strings.Split(probes, "\n") {
		m := through.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		asked++
		port, err := strconv.ParseUint(m[2], 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		a := engine.Arrival{Port: uint32(port), SNI: m[4], Host: m[1], Path: m[5], TCP: m[3] != ""}
		if !a.TCP {
			a.SNI = a.Host // what clients of HTTPS ask for
		}
		got := g.Answer(t, a)
		want := answerOf(m[6])
		if want != "fails" && !strings.HasPrefix(want, "status ") {
			want = "routed"
		}
		if got != want {
			t.Errorf("%s: %s\n  Istio says %s", name, line, got)
		}
	}
	return asked
}
