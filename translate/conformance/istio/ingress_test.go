package conformance

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
	networking "istio.io/api/networking/v1alpha3"
)

// through is a question of a person about a gateway.
var through = regexp.MustCompile(`^to (\S+):(\d+) (?:(tcp)(?: sni (\S+))?|GET (\S+)) through (\S+) -> (.*)$`)

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
	proxies := map[string]*engine.Ingress{}
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
		if proxies[m[6]] == nil {
			proxies[m[6]] = engine.NewIngress(t, objs, selected(objs, m[6]))
		}
		got := proxies[m[6]].Answer(t, a)
		want := answerOf(m[7])
		if want != "fails" && !strings.HasPrefix(want, "status ") {
			want = "routed"
		}
		if want == "fails" && got == "status 500" { // of its own, where what it sends to is missing
			got = want
		}
		if got != want {
			t.Errorf("%s: %s\n  Istio says %s", name, line, got)
		}
	}
	return asked
}

// selected are the labels by which a Gateway selects its proxies.
func selected(objs []engine.Object, name string) map[string]string {
	for _, o := range objs {
		if g, ok := o.Config.Spec.(*networking.Gateway); ok && o.Config.Namespace+"/"+o.Config.Name == name {
			return g.Selector
		}
	}
	return nil
}
