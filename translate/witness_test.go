package translate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

var (
	validPath   = regexp.MustCompile(`^/[!-~]*$`)
	validMethod = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
	printable   = regexp.MustCompile(`^[ -~]*$`)
)

// TestWitnesses compares the shop of each dialect with that of each other: every
// witness is a request that could be sent, by somebody of the input where somebody
// of the input could, and following it shows what the difference says.
func TestWitnesses(t *testing.T) {
	dialects := []string{"istio", "linkerd", "consul", "cilium", "gatewayapi"}
	seen, ofInput := 0, 0
	for _, from := range dialects {
		for _, to := range dialects {
			a, b := shopSide(t, from), shopSide(t, to)
			r := Diff(a, b, decide.Options{Reasons: 8, Arrivals: true})
			ja, jb := lift(shopSide(t, from)), lift(shopSide(t, to))
			for _, d := range r.Differences {
				if d.Request == nil {
					continue
				}
				seen++
				if len(d.Clients) > 0 {
					ofInput++
				}
				for _, wrong := range unsendable(d) {
					t.Errorf("%s beside %s: %s: %s", from, to, d.Witness, wrong)
				}
				if d.Aspect == intent.Routed {
					if x, y := decide.Run(ja.model, *d.Request), decide.Run(jb.model, *d.Request); x.Action == y.Action {
						t.Errorf("%s beside %s: at %s both do %s", from, to, d.Witness, x.Action)
					}
				}
			}
			for _, d := range r.Report(FirstAndSecond).Differences {
				if d.Summary == "" || strings.HasSuffix(d.Summary, ".") || d.First.Does == "" || d.Second.Does == "" {
					t.Errorf("%s beside %s: not told: %+v", from, to, d)
				}
			}
		}
	}
	if seen < 100 || ofInput < seen/2 {
		t.Errorf("%d witnesses, %d of them by clients of the input", seen, ofInput)
	}
}

func shopSide(t *testing.T, name string) Side {
	m, _ := findMesh(t, name)
	return Side{Input: readFiles(t, shopFiles(t, name)), Mesh: m}
}

// unsendable lists what keeps a witness from being a request that could exist.
func unsendable(d decide.Difference) (out []string) {
	r := d.Request
	add := func(wrong bool, why string, args ...any) {
		if wrong {
			out = append(out, fmt.Sprintf(why, args...))
		}
	}
	path, there := r.At.Lookup(match.Path, "")
	add(there && !validPath.MatchString(path), "path %q", path)
	method, there := r.At.Lookup(match.Method, "")
	add(there && !validMethod.MatchString(method), "method %q", method)
	for _, v := range slices.Concat(r.At.Values(match.Header), r.At.Values(match.Query)) {
		add(!printable.MatchString(v.Value), "%s %q", v.Key, v.Value)
	}
	add(r.Port == 0, "no port")
	add(r.Host == (intent.Host{}) && r.Server == "", "no host")
	add(strings.Contains(d.Witness, "HOST") || strings.Contains(d.Witness, "http://:"), "no host in the command")
	add(strings.Contains(r.Host.DNS, "*"), "host %s", r.Host)
	add(!strings.Contains(d.Witness, " as ") && !strings.Contains(d.Witness, "without identity") && !strings.Contains(d.Witness, "by any client") && !strings.Contains(d.Witness, " through "), "nobody sends it")
	return out
}
