package cilium

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// gen makes random policies over a few pods, ports and requests.
type gen struct{ *rand.Rand }

func (g gen) oneOf(all ...string) string { return all[g.IntN(len(all))] }

// set is a set of policies as manifests.
func (g gen) set() []string {
	var out []string
	for i := range 1 + g.IntN(3) {
		out = append(out, g.policy(i))
	}
	return out
}

func (g gen) policy(i int) string {
	kind, meta := "CiliumNetworkPolicy", fmt.Sprintf("{name: p%d, namespace: %s}", i, g.oneOf("shop", "depot"))
	if g.IntN(5) == 0 {
		kind, meta = "CiliumClusterwideNetworkPolicy", fmt.Sprintf("{name: p%d}", i)
	}
	spec := []string{"endpointSelector: " + g.subject()}
	if g.IntN(4) == 0 {
		spec = append(spec, fmt.Sprintf("enableDefaultDeny: {ingress: %v}", g.IntN(2) == 0))
	}
	if g.IntN(5) > 0 {
		spec = append(spec, "ingress: "+g.list(1+g.IntN(2), func() string { return g.entry("from", true) }))
	}
	if g.IntN(4) == 0 || len(spec) == 1 {
		spec = append(spec, "ingressDeny: "+g.list(1, func() string { return g.entry("from", false) }))
	}
	if g.IntN(4) == 0 {
		spec = append(spec, "egress: "+g.list(1+g.IntN(2), func() string { return g.entry("to", true) }))
	}
	return "apiVersion: cilium.io/v2\nkind: " + kind + "\nmetadata: " + meta + "\nspec: {" + strings.Join(spec, ", ") + "}\n"
}

func (g gen) list(n int, one func() string) string {
	var out []string
	for range n {
		out = append(out, one())
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func (g gen) subject() string {
	return g.oneOf("{}", "{matchLabels: {app: cart}}", "{matchLabels: {app: web}}", `{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}`,
		`{matchExpressions: [{key: tier, operator: Exists}]}`, `{matchLabels: {"k8s:io.cilium.k8s.policy.serviceaccount": cart}}`)
}

func (g gen) peer() string {
	return g.oneOf("{}", "{matchLabels: {app: web}}", "{matchLabels: {app: job}}", `{matchLabels: {"k8s:io.kubernetes.pod.namespace": depot}}`,
		`{matchLabels: {"k8s:io.kubernetes.pod.namespace": shop, "k8s:io.cilium.k8s.policy.serviceaccount": web}}`,
		`{matchExpressions: [{key: app, operator: DoesNotExist}]}`, `{matchExpressions: [{key: app, operator: In, values: [web, cart]}]}`,
		`{matchLabels: {"io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name": shop}}`,
		`{matchExpressions: [{key: "k8s:io.kubernetes.pod.namespace", operator: Exists}]}`,
		`{matchExpressions: [{key: io.cilium.k8s.policy.cluster, operator: Exists}]}`)
}

func (g gen) entry(word string, requests bool) string {
	var parts []string
	switch g.IntN(8) {
	case 0:
	case 1:
		parts = append(parts, word+"Entities: ["+g.oneOf("all", "world", "cluster", "none", "host")+"]")
	case 2:
		parts = append(parts, word+`CIDR: ["`+g.oneOf("0.0.0.0/0", "203.0.113.0/24", "10.0.0.0/8")+`"]`)
	case 3:
		parts = append(parts, word+"Endpoints: []")
	default:
		parts = append(parts, word+"Endpoints: "+g.list(1+g.IntN(2), g.peer))
	}
	if g.IntN(2) == 0 {
		parts = append(parts, "toPorts: ["+g.port(requests)+"]")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (g gen) port(requests bool) string {
	port := g.oneOf(`{port: "80", protocol: TCP}`, `{port: "80", protocol: TCP}`, `{port: "8080", protocol: TCP}`, `{port: "80", endPort: 90, protocol: TCP}`, `{port: "80"}`, `{port: "53", protocol: UDP}`)
	if !requests || g.IntN(2) == 0 || !strings.Contains(port, "TCP") {
		return "{ports: [" + port + "]}"
	}
	return "{ports: [" + port + "], rules: {http: " + g.list(1+g.IntN(2), g.request) + "}}"
}

func (g gen) request() string {
	var parts []string
	if g.IntN(4) > 0 {
		parts = append(parts, "path: '"+g.oneOf("/a", "/a.*", `/a(\?.*)?`, "/a([/?].*)?", "/.*/b", "/[ab]", "/a/[0-9]+", "/a|/b")+"'")
	}
	if g.IntN(2) == 0 {
		parts = append(parts, "method: '"+g.oneOf("GET", "GET|POST", "P.*")+"'")
	}
	if g.IntN(4) == 0 {
		parts = append(parts, "host: '"+g.oneOf("cart", "(?i:cart)(:[0-9]+)?", "cart.*")+"'")
	}
	if g.IntN(4) == 0 {
		parts = append(parts, "headers: ['"+g.oneOf("X-A: 1", "X-A", "X-B 2")+"']")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
