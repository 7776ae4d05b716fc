package conformance

import (
	"fmt"
	"strings"
)

// shownToSome shows some of the Services to callers of some namespaces only, and tells of
// hosts outside of the cluster.
func (g *generator) shownToSome(services string) string {
	out := services
	for _, name := range []string{"name: cart, namespace: shop", "name: pay, namespace: shop", "name: cart, namespace: team", "name: api, namespace: team"} {
		if !g.chance(40) {
			continue
		}
		to := g.one(".", "shop", "team", "shop,team", "., other", "*", "~")
		out = strings.Replace(out, "{"+name+"}", "{"+name+", annotations: {networking.istio.io/exportTo: \""+to+"\"}}", 1)
	}
	for i := range g.IntN(3) {
		spec := fields{"hosts": []string{g.one("out.example.com", "*.example.com", "api.out.example.com")}, "resolution": g.one("NONE", "DNS_ROUND_ROBIN", "STATIC")}
		spec["ports"] = []fields{{"number": 80 + g.IntN(2), "name": "http", "protocol": "HTTP"}}
		if spec["resolution"] == "STATIC" {
			spec["endpoints"] = []fields{{"address": "192.0.2.1"}}
		}
		g.sometimes(spec, 60, "exportTo", []string{"."}, []string{"*"}, []string{"shop"}, []string{"team"}, []string{".", "other"})
		out += routingObject("ServiceEntry", g.one("shop", "team", "istio-system"), fmt.Sprint("e", i), 1+g.IntN(28), spec)
	}
	return out
}
