package istio_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// Rules whose order is not that in which proxies take them by the addresses that they are
// for make no table.
func TestOutOfLine(t *testing.T) {
	rules := map[string][2]string{
		"tcp, a smaller block behind":      {`tcp: [{match: [{destinationSubnets: [10.0.0.0/8]}], ROUTE}, {match: [{destinationSubnets: [10.96.0.1]}], ROUTE}]`, "the smallest"},
		"tcp, a smaller block before":      {`tcp: [{match: [{destinationSubnets: [10.96.0.1]}], ROUTE}, {match: [{destinationSubnets: [10.0.0.0/8]}], ROUTE}]`, ""},
		"tcp, one block in two rules":      {`tcp: [{match: [{destinationSubnets: [10.1.0.0/8]}], ROUTE}, {match: [{destinationSubnets: [10.0.0.0/8]}], ROUTE}]`, "proxies reject it"},
		"tcp, of other callers":            {`tcp: [{match: [{destinationSubnets: [10.0.0.0/8], sourceNamespace: a}], ROUTE}, {match: [{destinationSubnets: [10.96.0.1], sourceNamespace: b}], ROUTE}]`, ""},
		"tcp, the rest behind":             {`tcp: [{match: [{destinationSubnets: [10.0.0.0/8]}], ROUTE}, {ROUTE}]`, ""},
		"tls, one without blocks":          {`tls: [{match: [{sniHosts: [a.com], destinationSubnets: [10.0.0.0/8]}], ROUTE}, {match: [{sniHosts: [b.com]}], ROUTE}]`, "takes for theirs"},
		"tls, one without, at other ports": {`tls: [{match: [{sniHosts: [a.com], destinationSubnets: [10.0.0.0/8], port: 443}], ROUTE}, {match: [{sniHosts: [b.com], port: 444}], ROUTE}]`, ""},
		"tls, blocks in each other":        {`tls: [{match: [{sniHosts: [a.com], destinationSubnets: [10.96.0.0/16]}], ROUTE}, {match: [{sniHosts: [b.com], destinationSubnets: [10.0.0.0/8]}], ROUTE}]`, "the smallest"},
		"tls, the same blocks":             {`tls: [{match: [{sniHosts: [a.com], destinationSubnets: [10.0.0.0/8]}], ROUTE}, {match: [{sniHosts: [b.com], destinationSubnets: [10.0.0.0/8]}], ROUTE}]`, ""},
		"tls, one name for one block":      {`tls: [{match: [{sniHosts: [a.com], destinationSubnets: [10.0.0.0/8]}], ROUTE}, {match: [{sniHosts: [a.com, b.com], destinationSubnets: [10.0.0.0/8]}], ROUTE}]`, "they reject"},
	}
	for name, tt := range rules {
		t.Run(name, func(t *testing.T) {
			spec := strings.ReplaceAll(tt[0], "ROUTE", "route: [{destination: {host: x}}]")
			m, diags := read(t, "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v, namespace: shop}\nspec:\n  hosts: [a.com, b.com]\n  "+spec, intent.Defaults())
			told := slices.ContainsFunc(diags, func(d diag.Diagnostic) bool {
				return d.Code == diag.OrderUnknown && tt[1] != "" && strings.Contains(d.Detail, tt[1])
			})
			if told != (tt[1] != "") || told != (len(m.Routing) == 0) {
				t.Errorf("%d tables, findings %v", len(m.Routing), diags)
			}
		})
	}
}
