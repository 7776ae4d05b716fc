package conformance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// A policy set is made of small pools of values that overlap, so that requests
// of the same pools fall on either side of it.
var (
	namespacePool = []string{"web", "shop", "team-a", "team-*", "*-a", "*", "t*a", "*a"}
	accountPool   = []string{"front", "web/front", "web/back", "team-a/robot"}
	principalPool = []string{
		"cluster.local/ns/web/sa/front", "cluster.local/ns/shop/sa/front", "*/ns/web/sa/back", "cluster.local/ns/web/sa/*", "cluster.local/ns/team*", "*", "*/sa/robot",
		"other.example/ns/web/sa/front", "cluster.local/ns/*/sa/front", "*local/ns/web/sa/front",
	}
	trustPool    = []string{"cluster.local", "other.example", "*.example", "*"}
	subjectPool  = []string{"https://id.example.com/ann", "https://id.example.com/*", "*/ann", "*", "other/bob", "oth*"}
	blockPool    = []string{"10.1.0.0/16", "10.1.2.3", "10.2.0.0/15", "2001:db8::/32"}
	hostPool     = []string{"cart.shop", "*.shop", "cart.*", "Cart.Shop:8080", "*"}
	portPool     = []string{"8080", "9000"}
	methodPool   = []string{"GET", "POST", "P*", "*"}
	pathPool     = []string{"/a", "/a*", "*/b", "/a/{*}", "/files/{**}", "*", "/a*b", "/a/b", "*/c*"}
	headerPool   = []string{"1", "blu*", "*ue", "*"}
	foundPool    = []string{"1", "blu*", "*", "[1]", "[*ue]", "[*]"}
	claimPool    = []string{"dev", "op*", "*"}
	sniPool      = []string{"*.example.com", "cart.example.com", "*"}
	audiencePool = []string{"cart", "c*", "pay"}
)

// conditionPool are the keys of conditions with their values.
var conditionPool = []struct {
	key    string
	values []string
}{
	{"source.namespace", namespacePool}, {"source.principal", principalPool}, {"source.ip", blockPool}, {"remote.ip", blockPool}, {"destination.ip", blockPool},
	{"source.serviceAccount", accountPool}, {"source.trustDomain", trustPool}, {"destination.port", portPool}, {"connection.sni", sniPool},
	{"request.headers[x-id]", headerPool}, {"request.headers[X-Color]", headerPool}, {"request.auth.principal", subjectPool}, {"request.auth.audiences", audiencePool},
	{"request.auth.presenter", audiencePool}, {"request.auth.claims[groups]", claimPool}, {"request.auth.claims[deep][role]", claimPool},
	{"request.auth.claims[deep.role]", claimPool}, {"experimental.envoy.filters.x[y]", foundPool},
}

// generator makes policy sets and requests.
type generator struct {
	*rand.Rand
	// plain leaves out what few meshes can say: tokens, conditions, what is not
	// decided by one client, path and method.
	plain bool
	// few says that not all Services have all ports.
	few bool
	// subnets is how many of a hundred matches for connections name blocks of addresses.
	subnets int
	// atoms counts the values in the rules made.
	atoms int
}

func newGenerator(seed, n uint64) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, n))}
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *generator, from []T) T { return from[g.IntN(len(from))] }

// list picks one to three different values.
func (g *generator) list(from []string) []string {
	n := min(1+g.IntN(3), len(from))
	var out []string
	for _, i := range g.Perm(len(from))[:n] {
		out = append(out, from[i])
	}
	g.atoms += n
	return out
}

// policies makes a set of up to four policies that concern the workload app=cart
// of namespace shop, or seem to.
func (g *generator) policies() string {
	out := tokens
	if g.plain {
		out = ""
	}
	for i := range 1 + g.IntN(4) {
		namespace := "shop"
		if g.chance(20) {
			namespace = "istio-system"
		}
		head, body := fmt.Sprintf("%s/p%d", namespace, i), g.spec()
		if g.chance(5) && body["action"] != "AUDIT" {
			head += " true"
		}
		spec, err := json.Marshal(body)
		if err != nil {
			panic(err)
		}
		out += policy(head + ": " + string(spec))
	}
	return out
}

func (g *generator) spec() map[string]any {
	out := map[string]any{}
	switch n := g.IntN(100); {
	case n < 35:
		out["action"] = "DENY"
	case n < 40:
		out["action"] = "AUDIT"
	case n < 60:
		out["action"] = "ALLOW"
	}
	switch n := g.IntN(100); {
	case n < 40:
		out["selector"] = map[string]any{"matchLabels": map[string]string{"app": "cart"}}
	case n < 45:
		out["selector"] = map[string]any{"matchLabels": map[string]string{"app": "pay"}}
	case n < 48:
		out["targetRefs"] = []any{map[string]string{"group": "", "kind": "Service", "name": "cart"}}
	}
	var rules []any
	for range 1 + g.IntN(3) {
		rules = append(rules, g.rule())
	}
	if out["action"] == "ALLOW" && g.chance(5) {
		rules = nil
	}
	if rules != nil {
		out["rules"] = rules
	}
	return out
}

func (g *generator) rule() map[string]any {
	out := map[string]any{}
	if g.chance(60) {
		out["from"] = g.alternatives("source", g.source)
	}
	if g.chance(60) {
		out["to"] = g.alternatives("operation", g.operation)
	}
	if !g.plain && (g.chance(30) || len(out) == 0 && g.chance(90)) {
		var when []any
		for range 1 + g.IntN(2) {
			when = append(when, g.condition())
		}
		out["when"] = when
	}
	return out
}

func (g *generator) alternatives(key string, one func() map[string]any) []any {
	var out []any
	for range 1 + g.IntN(2) {
		out = append(out, map[string]any{key: one()})
	}
	return out
}

// field adds a list, a negated list, or both.
func (g *generator) field(out map[string]any, name, negated string, from []string) {
	if g.chance(70) {
		out[name] = g.list(from)
		if g.chance(85) {
			return
		}
	}
	out[negated] = g.list(from)
}

func (g *generator) source() map[string]any {
	if g.plain {
		return g.plainSource()
	}
	out := map[string]any{}
	for range 1 + g.IntN(2) {
		switch g.IntN(7) {
		case 0:
			g.field(out, "principals", "notPrincipals", principalPool)
		case 1, 2:
			g.field(out, "namespaces", "notNamespaces", namespacePool)
		case 3:
			return g.accounts()
		case 4:
			g.field(out, "requestPrincipals", "notRequestPrincipals", subjectPool)
		case 5:
			g.field(out, "ipBlocks", "notIpBlocks", blockPool)
		case 6:
			g.field(out, "remoteIpBlocks", "notRemoteIpBlocks", blockPool)
		}
	}
	return out
}

// plainSource is one or more clients by name, or by address.
func (g *generator) plainSource() map[string]any {
	switch g.IntN(4) {
	case 0:
		return map[string]any{"ipBlocks": g.list(blockPool)}
	case 1:
		return map[string]any{"serviceAccounts": g.list(accountPool)}
	case 2:
		return map[string]any{"principals": g.list(principalPool)}
	}
	return map[string]any{"namespaces": g.list(namespacePool)}
}

// accounts stand without other names of a client.
func (g *generator) accounts() map[string]any {
	out := map[string]any{}
	g.field(out, "serviceAccounts", "notServiceAccounts", accountPool)
	if g.chance(30) {
		g.field(out, "trustDomains", "notTrustDomains", trustPool)
	}
	return out
}

func (g *generator) operation() map[string]any {
	if g.plain {
		return g.plainOperation()
	}
	out := map[string]any{}
	for range 1 + g.IntN(2) {
		switch g.IntN(5) {
		case 0:
			g.field(out, "hosts", "notHosts", hostPool)
		case 1:
			g.field(out, "ports", "notPorts", portPool)
		case 2:
			g.field(out, "methods", "notMethods", methodPool)
		default:
			g.field(out, "paths", "notPaths", pathPool)
		}
	}
	return out
}

// plainOperation is of ports, methods or paths, mostly.
func (g *generator) plainOperation() map[string]any {
	switch g.IntN(4) {
	case 0:
		return map[string]any{"ports": g.list(portPool), "methods": g.list(methodPool)}
	case 1:
		return map[string]any{"ports": g.list(portPool)}
	case 2:
		return map[string]any{"methods": g.list(methodPool), "notPaths": g.list(pathPool)}
	}
	return map[string]any{"paths": g.list(pathPool)}
}

func (g *generator) condition() map[string]any {
	c := pick(g, conditionPool)
	out := map[string]any{"key": c.key}
	g.field(out, "values", "notValues", c.values)
	return out
}
