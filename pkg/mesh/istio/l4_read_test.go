package istio_test

import (
	"fmt"
	"strings"
	"testing"
)

var l4Routes = []reading{
	{"TLS by SNI", `{hosts: ["*.example.com"], tls: [{match: [{sniHosts: [a.example.com, "*.b.example.com"], port: 443}], route: [{destination: {host: a}}]}]}`, `
tls to *.example.com port 443
  sni a.example.com or sni *.b.example.com:
    forward 1 to shop/a
  else pass through as what is not known
`},
	{"TLS by address and caller", `{hosts: [a.com], tls: [{match: [{sniHosts: [a.com], destinationSubnets: [10.0.0.0/8, 10.1.0.1], gateways: [mesh], sourceLabels: {app: web}, sourceNamespace: web}], route: [{destination: {host: a}}]}]}`, `
tls to a.com from client label app web and client namespace web
  sni a.com and (destination in 10.0.0.0/8 or destination in 10.1.0.1) and client label app web and client namespace web:
    forward 1 to shop/a
  else pass through as what is not known
`},
	{"TCP for the mesh and a gateway", `{hosts: [cart], gateways: [mesh, web], tcp: [{match: [{gateways: [web]}, {port: 2, gateways: [mesh]}], route: [{destination: {host: a}}]}]}`, `
tcp to shop/cart port 2
  always:
    forward 1 to shop/a
  else pass through
tcp to cart.shop.svc.cluster.local through shop/web
  always:
    forward 1 to shop/a
  else forward to 0 backends
`},
	{"TCP of one port", `{hosts: [cart], tcp: [{match: [{port: 5432}], route: [{destination: {host: a}, weight: 1}, {destination: {host: b}, weight: 3}]}]}`, `
tcp to shop/cart port 5432
  always:
    forward 1 to shop/a
    forward 3 to shop/b
  else pass through
`},
	{"TCP without conditions ends the list", `{hosts: [cart], tcp: [{route: [{destination: {host: a}}]}, {match: [{port: 1}], route: [{destination: {host: b}}]}]}`, `
tcp to shop/cart
  always:
    forward 1 to shop/a
  else pass through
`},
	{"Istio does nothing with sourceSubnet", `{hosts: [cart], tcp: [{match: [{sourceSubnet: 10.0.0.0/8}], route: [{destination: {host: a}}]}]}`, `
tcp to shop/cart
  always:
    forward 1 to shop/a
  else pass through
`},
}

// TestL4 reads routes of TLS and TCP.
func TestL4(t *testing.T) { each(t, "VirtualService", l4Routes) }

// TestRejectedConnections withholds what two matches for one server make proxies reject, and
// nothing of matches that no proxy has both of.
func TestRejectedConnections(t *testing.T) {
	const form = `{hosts: [a.com, b.com], tls: [{match: [{sniHosts: [a.com, b.com]}], route: [{destination: {host: a}}]}, {match: [{sniHosts: [%s]%s}], route: [{destination: {host: b}}]}]}`
	for _, c := range []struct {
		names, beside string
		rejected      bool
	}{
		{"a.com", "", true},
		{"a.com", ", port: 443", true},
		{"a.com, b.com", "", false}, // the same list: only the first is sent
		{"a.com, b.com", ", sourceNamespace: x", false},
	} {
		got := lifted(t, object("VirtualService", "x", fmt.Sprintf(form, c.names, c.beside)))
		if rejected := !strings.Contains(got, "tls to a.com"); rejected != c.rejected {
			t.Errorf("%s%s: rejected is %t:\n%s", c.names, c.beside, rejected, got)
		}
	}
}
