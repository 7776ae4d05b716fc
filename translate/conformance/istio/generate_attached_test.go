package conformance

import (
	"encoding/json"
	"fmt"
)

// attached is a set of TLSRoutes and TCPRoutes on Services, whose ages differ.
func (g *generator) attached() string {
	out, ages := connectedPorts, g.Perm(28)
	for i := range 1 + g.IntN(3) {
		out += g.attachedRoute(i, 1+ages[i])
	}
	return out
}

func (g *generator) attachedRoute(i, day int) string {
	kind, spec := g.one("TLSRoute", "TCPRoute"), fields{"parentRefs": g.parents()}
	rule := fields{"backendRefs": g.backends()}
	spec["rules"] = []fields{rule}
	if kind == "TLSRoute" {
		all := []string{"cart.shop.svc.cluster.local", "pay.shop.svc.cluster.local", "cart.team.svc.cluster.local", "a.example.com", "*.shop.svc.cluster.local", "*.example.com"}
		var names []string
		for _, j := range g.Perm(len(all))[:1+g.IntN(2)] {
			names = append(names, all[j])
		}
		spec["hostnames"] = names
	}
	body, err := json.Marshal(spec)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("---\napiVersion: gateway.networking.k8s.io/v1\nkind: %s\nmetadata: {name: r%d, namespace: %s, creationTimestamp: \"2024-01-%02dT00:00:00Z\"}\nspec: %s\n",
		kind, i, g.one("shop", "shop", "team"), day, body)
}

func (g *generator) parents() []fields {
	p := fields{"group": "", "kind": "Service"}
	p["namespace"], p["name"] = g.one("shop", "shop", "team"), "cart"
	if g.chance(20) {
		p["namespace"], p["name"] = "shop", "pay"
	}
	g.sometimes(p, 40, "port", 90, 443)
	return []fields{p}
}

func (g *generator) backends() []fields {
	var out []fields
	for range 1 + g.IntN(2) {
		b := fields{"name": "cart", "namespace": g.one("shop", "team"), "port": pick(g, []int{90, 443})}
		if g.chance(30) {
			b["name"], b["namespace"] = "pay", "shop"
		}
		g.sometimes(b, 30, "weight", 1, 3)
		out = append(out, b)
	}
	return out
}
