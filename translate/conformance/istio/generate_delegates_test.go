package conformance

import "fmt"

// delegating is a route that leaves what it takes to another VirtualService.
func (g *generator) delegating() fields {
	out := g.httpRoute()
	for _, key := range []string{"route", "redirect", "directResponse"} {
		delete(out, key)
	}
	to := fields{"name": g.one("sub0", "sub0", "sub1", "sub2")}
	g.sometimes(to, 50, "namespace", "shop", "team")
	out["delegate"] = to
	if g.chance(30) {
		out["name"] = "root"
	}
	return out
}

// delegates are VirtualServices that have no hosts.
func (g *generator) delegates() string {
	out := ""
	for _, ns := range []string{"shop", "team"} {
		for i := range 2 {
			if g.chance(40) {
				continue
			}
			spec := fields{}
			g.sometimes(spec, 30, "exportTo", []string{"."}, []string{"*"}, []string{"shop"}, []string{"team"})
			var http []fields
			for range 1 + g.IntN(2) {
				h := g.httpRoute()
				g.sometimes(h, 30, "name", "leaf")
				http = append(http, h)
			}
			spec["http"] = http
			out += routingObject("VirtualService", ns, fmt.Sprint("sub", i), 1+g.IntN(28), spec)
		}
	}
	return out
}
