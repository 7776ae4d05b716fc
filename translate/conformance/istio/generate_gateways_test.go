package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// Gateways and their VirtualServices name some of these.
var (
	serverHosts = []string{"*", "*", "a.example.com", "b.example.com", "*.example.com", "c.a.example.com", "*.a.example.com", "b.a.example.com"}
	routedHosts = []string{"a.example.com", "b.example.com", "*.example.com", "c.a.example.com", "*.a.example.com", "*", "b.a.example.com"}
	askedHosts  = []string{"a.example.com", "b.example.com", "c.a.example.com", "d.example.com", "x.c.a.example.com", "other.example"}
	serverPorts = []int{80, 443}
	// gatewayPods are the labels of the proxies that are asked.
	gatewayPods = map[string]string{"istio": "ingress", "tier": "edge"}
)

// gatewayService tells in which namespace the proxies run.
const gatewayService = `---
apiVersion: v1
kind: Service
metadata: {name: edge, namespace: ingress}
spec: {selector: {istio: ingress, tier: edge}, ports: [{name: http, port: 80}, {name: https, port: 443}]}
`

// gateways are Gateways of the same pods with several servers, and VirtualServices for them.
func (g *generator) gateways(most int) string {
	out := allPorts + gatewayService
	var names []string
	var before []fields
	for i := range 1 + g.IntN(most) {
		ns := g.one("ingress", "shop")
		name := fmt.Sprint("g", i)
		names = append(names, ns+"/"+name)
		spec := fields{"selector": fields{"istio": "ingress"}, "servers": g.servers()}
		if i > 0 && g.chance(20) {
			spec["selector"] = gatewayPods
		}
		if i > 0 { // a host of another Gateway, at its port or another one
			for _, s := range spec["servers"].([]fields) {
				if g.chance(40) {
					s["hosts"] = pick(g, before)["hosts"]
				}
			}
		}
		before = append(before, spec["servers"].([]fields)...)
		out += routingObject("Gateway", ns, name, 1+g.IntN(28), spec)
	}
	for i := range 2 + g.IntN(3) {
		out += g.throughGateways(i, names)
	}
	return out
}

// servers are some of one Gateway; most share one of two ports.
func (g *generator) servers() []fields {
	var out []fields
	for i := range 1 + g.IntN(4) {
		kind := g.one("HTTP", "HTTP", "HTTPS", "HTTPS", "HTTPS", "TLS", "TLS", "TCP", "GRPC")
		s := fields{"port": fields{"number": pick(g, serverPorts), "name": fmt.Sprint("p", i), "protocol": kind}, "hosts": g.serverHosts()}
		switch kind {
		case "HTTP":
			g.sometimes(s, 25, "tls", fields{"httpsRedirect": true})
		case "HTTPS", "TLS":
			s["tls"] = g.serverTLS(i)
		}
		out = append(out, s)
	}
	return out
}

func (g *generator) serverHosts() []string {
	var out []string
	for range 1 + g.IntN(2) {
		h := g.one(serverHosts...)
		if g.chance(30) {
			h = g.one(".", "*", "shop", "team", "ingress") + "/" + h
		}
		if h == "*/*" { // beside others pilot breaks down on it
			h = "*"
		}
		if !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out
}

func (g *generator) serverTLS(i int) fields {
	switch g.IntN(10) {
	case 0, 1, 2:
		return fields{"mode": "PASSTHROUGH"}
	case 3:
		return fields{"mode": "ISTIO_MUTUAL"}
	case 4:
		return fields{"mode": "AUTO_PASSTHROUGH"}
	case 5, 6:
		return fields{"mode": "MUTUAL", "credentialName": fmt.Sprint("secret", i)}
	}
	return fields{"mode": "SIMPLE", "credentialName": fmt.Sprint("secret", i)}
}

// throughGateways is a VirtualService for some of the gateways, and maybe the mesh.
func (g *generator) throughGateways(i int, names []string) string {
	var hosts []string
	for range 1 + g.IntN(2) {
		if h := g.one(routedHosts...); !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	gateways := slices.Clone(names[:1+g.IntN(len(names))])
	if g.chance(30) {
		gateways = []string{pick(g, names)}
	}
	if g.chance(15) {
		gateways = append(gateways, "mesh")
	}
	spec := fields{"hosts": hosts, "gateways": gateways}
	g.sometimes(spec, 10, "exportTo", []string{"."}, []string{"*"}, []string{"ingress"}, []string{"shop"})
	kinds := 1 + g.IntN(7)
	if kinds&1 > 0 {
		var http []fields
		for range 1 + g.IntN(2) {
			r := g.httpRoute()
			g.atGateways(r, gateways)
			http = append(http, r)
		}
		spec["http"] = http
	}
	if kinds&2 > 0 {
		var tls []fields
		for range 1 + g.IntN(2) {
			tls = append(tls, g.tlsRoute(hosts, gateways))
		}
		spec["tls"] = tls
	}
	if kinds&4 > 0 {
		var tcp []fields
		for range 1 + g.IntN(2) {
			r := fields{"route": g.plainDestinations()}
			if g.chance(50) {
				r["match"] = []fields{g.l4Match(gateways)}
			}
			tcp = append(tcp, r)
		}
		spec["tcp"] = tcp
	}
	return routingObject("VirtualService", g.one("shop", "shop", "team", "ingress"), fmt.Sprint("v", i), 1+g.IntN(28), spec)
}

// atGateways has some matches name gateways and ports.
func (g *generator) atGateways(r fields, gateways []string) {
	matches, _ := r["match"].([]fields)
	for _, m := range matches {
		g.sometimes(m, 20, "gateways", gateways[:1], []string{"mesh"})
		if m["port"] != nil {
			m["port"] = pick(g, serverPorts)
		}
	}
}

func (g *generator) tlsRoute(hosts, gateways []string) fields {
	var matches []fields
	for range 1 + g.IntN(2) {
		m := g.l4Match(gateways)
		var names []string
		for range 1 + g.IntN(2) {
			n := pick(g, hosts)
			if suffix, wild := strings.CutPrefix(n, "*"); wild && g.chance(60) {
				n = g.one("a", "b", "c.a", "x") + suffix
				if suffix == "" {
					n = g.one("a.example.com", "*.example.com", "b.example.com")
				}
			}
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
		m["sniHosts"] = names
		matches = append(matches, m)
	}
	return fields{"match": matches, "route": g.plainDestinations()}
}

func (g *generator) l4Match(gateways []string) fields {
	m := fields{}
	g.sometimes(m, 30, "port", serverPorts[0], serverPorts[1], 9000)
	g.sometimes(m, 15, "gateways", gateways[:1], []string{"mesh"})
	g.sometimes(m, 10, "destinationSubnets", []string{"10.0.0.0/8"})
	g.sometimes(m, 10, "sourceLabels", fields{"app": "web"}, gatewayPods)
	g.sometimes(m, 5, "sourceNamespace", "shop", "ingress")
	return m
}

// plainDestinations are destinations of connections.
func (g *generator) plainDestinations() []fields {
	out := g.destinations()
	for _, d := range out {
		delete(d, "headers")
	}
	return out
}

// arrival is a question about one connection.
type arrival struct {
	host string
	port int
	// kind is http, https, tls or tcp.
	kind    string
	headers map[string]string
}

func (a arrival) String() string {
	return fmt.Sprintf("%s to %s:%d %v", a.kind, a.host, a.port, a.headers)
}

func (g *generator) arrival() arrival {
	a := arrival{host: pick(g, askedHosts), port: pick(g, serverPorts), kind: g.one("http", "http", "https", "https", "tls", "tcp")}
	s := g.sent(&callers[0])
	a.headers = s.headers
	a.headers[":authority"] = a.host
	if a.kind == "https" {
		a.headers[":scheme"] = "https"
	}
	return a
}
