package conformance

import (
	"fmt"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// connectedPorts are Services with ports whose connections are not looked into: 90 and 91 for
// TCP, and 443 for TLS.
const connectedPorts = `
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: tcp-db, port: 90}, {name: tcp-b, port: 91}, {name: https, port: 443}]}
---
apiVersion: v1
kind: Service
metadata: {name: pay, namespace: shop}
spec: {selector: {app: pay}, ports: [{name: tcp, port: 90}, {name: tls-x, port: 443}]}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: team}
spec: {selector: {app: cart}, ports: [{name: mongo, port: 90},{name: https, port: 443}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: team}
spec: {selector: {app: api}, ports: [{name: http, port: 80}, {name: tcp, port: 90}, {name: tls, port: 443}]}
`

// connecting is a set of VirtualServices for connections, and of DestinationRules.
func (g *generator) connecting() string {
	out := connectedPorts
	g.subnets = pick(g, []int{0, 0, 0, 30, 100})
	for i := range 1 + g.IntN(3) {
		out += g.connectionRoutes(i)
	}
	for i := range g.IntN(3) {
		out += g.destinationRule(i)
	}
	if g.chance(40) {
		out += g.sidecars()
	}
	return out
}

func (g *generator) connectionRoutes(i int) string {
	hosts := g.hosts()
	if g.chance(30) {
		hosts = append(hosts, g.one("*.example.com", "a.example.com"))
	}
	spec := fields{"hosts": hosts}
	g.sometimes(spec, 20, "exportTo", []string{"."}, []string{"*"}, []string{"shop"}, []string{"team"}, []string{".", "team"})
	g.sometimes(spec, 15, "gateways", []string{"mesh"}, []string{"mesh", "edge"}, []string{"edge"})
	kinds := 1 + g.IntN(3)
	if kinds&1 > 0 {
		var tls []fields
		for range 1 + g.IntN(3) {
			tls = append(tls, fields{"match": g.tlsMatches(hosts), "route": g.connectionTargets()})
		}
		spec["tls"] = tls
	}
	if kinds&2 > 0 {
		var tcp []fields
		for range 1 + g.IntN(3) {
			r := fields{"route": g.connectionTargets()}
			if g.chance(70) {
				var matches []fields
				for range 1 + g.IntN(2) {
					matches = append(matches, g.connectionMatch())
				}
				r["match"] = matches
			}
			tcp = append(tcp, r)
		}
		spec["tcp"] = tcp
	}
	return routingObject("VirtualService", g.one("shop", "shop", "team", "istio-system"), fmt.Sprint("v", i), 1+g.IntN(28), spec)
}

// connectionNames are asked for by clients of TLS.
var connectionNames = []string{"cart", "cart.shop.svc.cluster.local", "pay.shop.svc.cluster.local", "cart.team.svc.cluster.local", "a.example.com", "b.example.com"}

func (g *generator) tlsMatches(hosts []string) (out []fields) {
	for range 1 + g.IntN(2) {
		m := g.connectionMatch()
		names := []string{pick(g, hosts)}
		if n := g.one(append(connectionNames, hosts...)...); g.chance(50) && !slices.Contains(names, n) {
			names = append(names, n)
		}
		m["sniHosts"] = names
		out = append(out, m)
	}
	return out
}

func (g *generator) connectionMatch() fields {
	m := fields{}
	g.sometimes(m, 40, "port", 90, 91, 443)
	g.sometimes(m, 15, "gateways", []string{"mesh"}, []string{"edge"})
	g.sometimes(m, 15, "sourceLabels", fields{"app": "web"}, fields{"app": "cart"})
	g.sometimes(m, 15, "sourceNamespace", "shop", "team")
	if g.chance(g.subnets) {
		all := []string{"10.96.0.0/16", "10.96.0.0/30", "10.96.0.1", "10.0.0.0/8", "192.0.2.0/24"}
		var blocks []string
		for _, i := range g.Perm(len(all))[:1+g.IntN(2)] {
			blocks = append(blocks, all[i])
		}
		m["destinationSubnets"] = blocks
	}
	return m
}

// connectionTargets are destinations whose ports are for connections.
func (g *generator) connectionTargets() []fields {
	out := g.plainDestinations()
	for _, d := range out {
		to := d["destination"].(fields)
		if to["port"] != nil {
			to["port"] = pick(g, []fields{{"number": 90}, {"number": 443}, {"number": 91}})
		}
	}
	return out
}

// connected is a connection of a client to a Service, by TLS where it names a server.
type connected struct {
	from *caller
	host intent.Name
	port int
	sni  string
}

func (c connected) String() string {
	return fmt.Sprintf("%s/%s to %s:%d asking for %q", c.from.namespace, c.from.app, c.host, c.port, c.sni)
}

func (g *generator) connection(c *caller) connected {
	out := connected{from: c, port: pick(g, []int{90, 91, 443, 443})}
	out.host = pick(g, []intent.Name{{Namespace: "shop", Name: "cart"}, {Namespace: "shop", Name: "pay"}, {Namespace: "team", Name: "cart"}, {Namespace: "team", Name: "api"}})
	if out.port == 91 {
		out.host = intent.Name{Namespace: "shop", Name: "cart"}
	}
	if out.port == 443 && g.chance(85) || g.chance(10) {
		out.sni = pick(g, connectionNames)
	}
	return out
}
