package cilium

import (
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
)

// Of several configurations that take the traffic of one Service an agent has in force what
// it learned of last, for all ports, and so beside a route for it: none is lifted, and it
// is told. Fails with: the call of contested left out of envoyConfig; isRoute left out of
// contested; ports compared there.
func TestContested(t *testing.T) {
	one := cec("", v1, "")
	other := strings.Replace(one, "name: web, annotations", "name: other-web, annotations", 1)
	const route = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r, namespace: shop}\nspec:\n" +
		"  parentRefs: [{group: \"\", kind: Service, name: web, port: 80}]\n  rules: [{backendRefs: [{name: v1, port: 80}]}]\n"
	for name, c := range map[string]struct {
		texts        []string
		tables, kept int
		told         string
	}{
		"alone":             {[]string{one}, 1, 1, ""},
		"two":               {[]string{one, other}, 0, 2, "CiliumEnvoyConfig shop/other-web and CiliumEnvoyConfig shop/web both take the traffic of the Service shop/web"},
		"two of ports":      {[]string{one, strings.Replace(other, "ports: [80]", "ports: [81]", 1)}, 0, 2, "CiliumEnvoyConfig shop/other-web and CiliumEnvoyConfig shop/web both take the traffic of the Service shop/web"},
		"beside a route":    {[]string{one, route}, 1, 1, "CiliumEnvoyConfig shop/web and HTTPRoute shop/r both take the traffic of the Service shop/web"},
		"of other Services": {[]string{one, strings.ReplaceAll(other, "{name: web, namespace: shop", "{name: cart, namespace: shop")}, 2, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m, told := read(input(t, strings.Join(c.texts, "---\n")))
			if len(m.Routing) != c.tables || len(m.Opaque) != c.kept {
				t.Errorf("%d tables, %d kept", len(m.Routing), len(m.Opaque))
			}
			at := slices.IndexFunc(told, func(d diag.Diagnostic) bool { return d.Code == diag.OrderUnknown })
			switch {
			case at < 0 && c.told != "", at >= 0 && told[at].Summary != c.told:
				t.Error(told)
			}
		})
	}
}
