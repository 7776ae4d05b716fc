package conformance

import (
	"encoding/json"
	"fmt"

	"github.com/transmesh/transmesh/pkg/intent"
)

// allPorts are four Services that all have the ports 80 and 81; of those of fewPorts
// some lack one.
const (
	allPorts = `
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80, targetPort: 8080}, {name: http-admin, port: 81, targetPort: 9000}]}
---
apiVersion: v1
kind: Service
metadata: {name: pay, namespace: shop}
spec: {selector: {app: pay}, ports: [{name: http, port: 80, targetPort: 8080}, {name: http-b, port: 81, targetPort: 8081}]}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: team}
spec: {selector: {app: cart}, ports: [{name: http, port: 80, targetPort: 8080}, {name: http-b, port: 81, targetPort: 8081}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: team}
spec: {selector: {app: api}, ports: [{name: http, port: 81, targetPort: 8080},{name: http2, port: 80, targetPort: 8081}]}
`
	fewPorts = `
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80, targetPort: 8080}, {name: http-admin, port: 81, targetPort: 9000}]}
---
apiVersion: v1
kind: Service
metadata: {name: pay, namespace: shop}
spec: {selector: {app: pay}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: team}
spec: {selector: {app: cart}, ports: [{name: http, port: 80, targetPort: 8080},{name: tcp-b, port: 81}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: team}
spec: {selector: {app: api}, ports: [{name: http, port: 81, targetPort: 8080}]}
`
)

// fields are what stands in a manifest.
type fields = map[string]any

func (g *generator) one(s ...string) string { return pick(g, s) }

func routingObject(kind, ns, name string, age int, spec fields) string {
	text, err := json.Marshal(spec)
	if err != nil {
		panic(err)
	}
	const form = "---\napiVersion: networking.istio.io/v1\nkind: %s\nmetadata: {name: %s, namespace: %s, creationTimestamp: \"2024-01-%02dT00:00:00Z\"}\nspec: %s\n"
	return fmt.Sprintf(form, kind, name, ns, age, text)
}

// routing is a set of VirtualServices and DestinationRules of four Services.
func (g *generator) routing() string {
	out := allPorts
	if g.few {
		out = fewPorts
	}
	if g.chance(25) {
		out = g.shownToSome(out)
	}
	for i := range 1 + g.IntN(3) {
		spec := fields{"hosts": g.hosts()}
		if g.chance(30) {
			spec["exportTo"] = pick(g, [][]string{{"."}, {"*"}, {"shop"}, {"team"}, {"shop", "team"}, {".", "team"}})
		}
		if g.chance(15) {
			spec["gateways"] = []string{"mesh"}
		}
		var http []fields
		for range 1 + g.IntN(3) {
			if g.chance(15) {
				http = append(http, g.delegating())
			} else {
				http = append(http, g.httpRoute())
			}
		}
		spec["http"] = http
		out += routingObject("VirtualService", g.one("shop", "shop", "team", "istio-system"), fmt.Sprint("v", i), 1+g.IntN(28), spec)
	}
	for i := range g.IntN(4) {
		out += g.destinationRule(i)
	}
	out += g.delegates()
	if g.chance(30) {
		out += g.sidecars()
	}
	return out
}

// destinationRule defines subsets of Services, mostly of its namespace.
func (g *generator) destinationRule(i int) string {
	ns, host := "shop", g.one("cart", "cart.shop.svc.cluster.local", "*.shop.svc.cluster.local", "pay.shop.svc.cluster.local")
	switch {
	case g.chance(30):
		ns, host = "team", g.one("cart", "cart.team.svc.cluster.local", "*.team.svc.cluster.local")
	case g.chance(40):
		ns, host = g.one("shop", "team", "istio-system"), g.one("cart.shop.svc.cluster.local", "cart.team.svc.cluster.local", "*.svc.cluster.local", "pay.shop.svc.cluster.local")
	}
	subsets := []fields{{"name": "v1", "labels": fields{"version": g.one("v1", "1")}}, {"name": "v2", "labels": fields{"version": "v2"}}}
	spec := fields{"host": host, "subsets": subsets[:1+g.IntN(2)]}
	if g.chance(20) {
		spec["exportTo"] = pick(g, [][]string{{"."}, {"*"}, {"shop"}, {"team"}, {".", "istio-system"}, {"shop", "team"}})
	} else if g.chance(15) {
		spec["workloadSelector"] = fields{"matchLabels": fields{"app": g.one("web", "cart")}}
	}
	return routingObject("DestinationRule", ns, fmt.Sprint("d", i), 1+g.IntN(28), spec)
}

func (g *generator) hosts() []string {
	all := []string{
		"cart", "cart.shop.svc.cluster.local", "cart.shop", "pay", "pay.shop.svc.cluster.local", "cart.team.svc.cluster.local", "api.team.svc.cluster.local",
		"*.shop.svc.cluster.local", "*.svc.cluster.local", "*.cluster.local",
	}
	var out []string
	for _, i := range g.Perm(len(all))[:1+g.IntN(2)] {
		out = append(out, all[i])
	}
	return out
}

// sent is a request of a client to one of the Services.
func (g *generator) sent(c *caller) sent {
	s := sent{from: c, port: 80 + g.IntN(2)}
	s.host = pick(g, []intent.Name{{Namespace: "shop", Name: "cart"}, {Namespace: "shop", Name: "pay"}, {Namespace: "team", Name: "cart"}, {Namespace: "team", Name: "api"}})
	switch {
	case g.few && s.host.Name == "api":
		s.port = 81
	case g.few && s.host.String() != "shop/cart":
		s.port = 80
	}
	path := g.one("/", "/a", "/a/b", "/a/7", "/A", "/ab", "/A/b", "/files/x", "/b", "/axb")
	if g.chance(40) {
		path += "?" + g.one("q=1", "q=", "q=12", "v=b", "q=1&v=2", "q")
	}
	s.headers = map[string]string{":path": path, ":method": g.one("GET", "PUT", "POST"), ":scheme": "http", ":authority": s.dns()}
	if g.chance(50) {
		s.headers["x-id"] = g.one("1", "blue", "", "2")
	}
	if g.chance(30) {
		s.headers["x-color"] = g.one("1", "blue")
	}
	return s
}
