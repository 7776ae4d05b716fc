package conformance

import (
	"fmt"
)

// sidecars tell callers of some Services, and let some of them send nowhere else.
func (g *generator) sidecars() string {
	out := ""
	for i, of := range g.Perm(8)[:g.IntN(4)] {
		var hosts []string
		for range 1 + g.IntN(3) {
			hosts = append(hosts, g.one("./*", "*/*", "shop/*", "team/*", "istio-system/*", "~/*", "*/cart.shop.svc.cluster.local", "shop/pay.shop.svc.cluster.local",
				"team/*.team.svc.cluster.local", "~team/*", "~shop/cart.shop.svc.cluster.local", "./cart.team.svc.cluster.local"))
		}
		spec := fields{"egress": []fields{{"hosts": hosts}}}
		if g.chance(30) {
			spec["outboundTrafficPolicy"] = fields{"mode": g.one("REGISTRY_ONLY", "ALLOW_ANY")}
		}
		if of >= 4 {
			spec["workloadSelector"] = fields{"labels": fields{"app": "web"}}
		}
		if ns := []string{"shop", "team", "other", "istio-system"}[of%4]; of != 7 { // which selects workloads of its own namespace only
			out += routingObject("Sidecar", ns, fmt.Sprint("s", i), 1+g.IntN(28), spec)
		}
	}
	return out
}
