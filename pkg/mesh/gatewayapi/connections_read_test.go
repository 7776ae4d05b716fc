package gatewayapi

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
)

// attachedToCart are routes for connections to a Service: of two namespaces for TLS, and one
// for TCP. Seen in what Istio's controller makes of them (TestAttached).
const attachedToCart = `
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}, {name: https, port: 443}, {name: tcp-db, port: 5432}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: TLSRoute
metadata: {name: cart, namespace: shop, creationTimestamp: "2025-01-02T00:00:00Z"}
spec:
  parentRefs: [{group: "", kind: Service, name: cart}]
  hostnames: [cart.shop.svc.cluster.local, www.example.com]
  rules: [{backendRefs: [{name: pay, port: 443}]}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: TLSRoute
metadata: {name: api, namespace: team, creationTimestamp: "2025-01-01T00:00:00Z"}
spec:
  parentRefs: [{group: "", kind: Service, name: cart, namespace: shop}]
  hostnames: [HOST]
  rules: [{backendRefs: [{name: db, namespace: shop, port: 5432}]}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: TCPRoute
metadata: {name: db, namespace: shop, creationTimestamp: "2025-01-03T00:00:00Z"}
spec:
  parentRefs: [{group: "", kind: Service, name: cart, port: 443}, {group: "", kind: Service, name: cart, port: 5432}]
  rules: [{backendRefs: [{name: db, port: 5432}]}]
`

// Istio takes routes for connections at ports that are declared for them, and those of all
// namespaces for all clients: those of the client's own first.
func TestConnectionsOfIstio(t *testing.T) {
	const tcp = `
tcp to shop/cart port 5432
  always:
    forward 1 to shop/db:5432
  else pass through
`
	tests := []struct{ name, host, want string }{
		{"of different names", "api.example.com", `
tls to shop/cart port 443
  sni api.example.com:
    forward 1 to shop/db:5432
  sni cart.shop.svc.cluster.local:
    forward 1 to shop/pay:443
  else pass through as what is not known
`},
		{"of one name", "cart.shop.svc.cluster.local", `
tls to shop/cart port 443 from client namespace shop
  sni cart.shop.svc.cluster.local:
    forward 1 to shop/pay:443
  sni cart.shop.svc.cluster.local:
    forward 1 to shop/db:5432
  else pass through as what is not known
tls to shop/cart port 443 from client namespace team
  sni cart.shop.svc.cluster.local:
    forward 1 to shop/db:5432
  sni cart.shop.svc.cluster.local:
    forward 1 to shop/pay:443
  else pass through as what is not known
tls to shop/cart port 443
  sni cart.shop.svc.cluster.local:
    forward 1 to shop/db:5432
  sni cart.shop.svc.cluster.local:
    forward 1 to shop/pay:443
  else pass through as what is not known
`},
		{"of several names that the Service has not", "api.example.com, www.example.com", `
tls to shop/cart port 443
  sni cart.shop.svc.cluster.local:
    forward 1 to shop/pay:443
  always:
    forward 1 to shop/db:5432
  else pass through as what is not known
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, _ := read(input(t, versionIstio, strings.Replace(attachedToCart, "HOST", tt.host, 1)))
			got := intent.Print(&intent.Model{Routing: m.Routing})
			if !strings.HasPrefix("\n"+got, tt.want+tcp[1:]) {
				t.Errorf("lifted as\n%s\nwant%s", got, tt.want+tcp[1:])
			}
		})
	}
}
