package linkerd

import (
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/match"
)

// Policies of pods by annotations hold for those alone: the proxy of each pod gets its own,
// whatever labels others share with it.
func TestDefaultsOfPods(t *testing.T) {
	annotated := func(name, labels, policy string) string {
		meta := "{labels: {" + labels + "}}"
		if policy != "" {
			meta = "{labels: {" + labels + "}, annotations: {" + annotationInbound + ": " + policy + "}}"
		}
		return "Deployment " + name + " {template: {metadata: " + meta + ", spec: {containers: [{name: main, image: main}]}}}"
	}
	for _, test := range []struct {
		name, installed string
		docs            []string
		labels          string // of the pod that is asked, "app" alone or with "v"
		open, told      bool
	}{
		{"its own", policyDeny, []string{annotated("cart", "app: cart", policyAll)}, "cart", true, false},
		{"others with more labels", policyDeny, []string{annotated("cart", "app: cart", policyAll), annotated("two", "app: cart, v: two", "")}, "cart two", false, false},
		{"those beside others with more", policyDeny, []string{annotated("cart", "app: cart", policyAll), annotated("two", "app: cart, v: two", "")}, "cart", true, false},
		{"others with more labels and a policy", policyAll, []string{annotated("cart", "app: cart", policyAll), annotated("two", "app: cart, v: two", policyDeny)}, "cart two", false, false},
		{"the same labels", policyDeny, []string{annotated("blue", "app: cart", policyAll), annotated("cart", "app: cart", "")}, "cart", false, true},
		{"the same labels and policy", policyDeny, []string{annotated("blue", "app: cart", policyAll), annotated("cart", "app: cart", policyAudit)}, "cart", true, false},
		{"no labels, which open nothing", policyDeny, []string{annotated("job", "", policyAll), annotated("cart", "app: cart", "")}, "cart", false, true},
		{"no labels, which close what is not shown", policyAll, []string{annotated("job", "", policyDeny)}, "cart", false, true},
		{"no labels, beside those that are shown", policyAll, []string{annotated("job", "", policyDeny), annotated("cart", "app: cart", "")}, "cart", true, true},
		{"what demands an identity, and an address", policyAll, []string{annotated("blue", "app: cart", policyCluster), annotated("cart", "app: cart", policyAuthenticated)}, "cart", false, true},
	} {
		in := input(t, shop(test.docs...))
		in.Env.Linkerd.DefaultInbound = test.installed
		m, diags := read(in)
		app, v, versioned := strings.Cut(test.labels, " ")
		q := new(match.Request).Set(match.Namespace, "", "shop").Set(match.Label, "app", app).Set(match.Port, "", "8080").Set(match.Protocol, "", "tcp")
		if versioned {
			q.Set(match.Label, "v", v)
		}
		q.Set(match.ClientIP, "", "10.1.2.3")
		if got := decide.Admit(m, q, decide.NoToken).Allowed; got != test.open {
			t.Errorf("%s: open is %v, want %v", test.name, got, test.open)
		}
		told := slices.ContainsFunc(diags, func(d diag.Diagnostic) bool {
			return d.Code == diag.NotTranslated && strings.HasPrefix(d.Summary, "pods of ")
		})
		if told != test.told {
			t.Errorf("%s: told is %v, want %v", test.name, told, test.told)
		}
	}
}
