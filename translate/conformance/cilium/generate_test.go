package cilium

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/cilium/cilium/pkg/u8proto"

	"github.com/transmesh/transmesh/translate/conformance/cilium/engine"
)

// gen makes random policies over a few pods, ports and requests.
type gen struct{ *rand.Rand }

func (g gen) oneOf(all ...string) string { return all[g.IntN(len(all))] }

func (g gen) chance(percent int) bool { return g.IntN(100) < percent }

// question is a request between the pods, or from outside.
func (g gen) question() engine.Request {
	r := engine.Request{From: pods[g.IntN(len(pods))], To: pods[g.IntN(workloads)], Port: 80}
	if g.chance(30) {
		r.Port = 8080
	}
	r.HTTP = requests[g.IntN(len(requests))]
	if g.chance(15) {
		r.HTTP, r.Over = nil, u8proto.UDP
		switch g.IntN(4) {
		case 0:
			r.Over = u8proto.SCTP
		case 1:
			r.Over, r.Port = u8proto.ICMP, 8
		case 2:
			r.Port = 53
		}
		return r
	}
	if g.chance(30) {
		r.From, r.To = pods[g.IntN(workloads)], outside[g.IntN(len(outside))]
		switch g.IntN(3) {
		case 0:
			r.HTTP = nil
		case 1:
			r.HTTP, r.SNI = nil, r.To.Host
		default:
			r.HTTP = &engine.HTTP{Method: "GET", Path: "/a", Host: r.To.Host}
		}
	}
	return r
}

// set is a set of policies as manifests: of one namespace or of all, and of
// Kubernetes.
func (g gen) set() []string {
	var out []string
	for i := range 1 + g.IntN(4) {
		if g.chance(15) {
			out = append(out, g.networkPolicy(i))
			continue
		}
		out = append(out, g.policy(i))
	}
	return out
}

func (g gen) policy(i int) string {
	kind, meta := "CiliumNetworkPolicy", fmt.Sprintf("{name: p%d, namespace: %s}", i, g.oneOf("shop", "shop", "depot"))
	if g.chance(20) {
		kind, meta = "CiliumClusterwideNetworkPolicy", fmt.Sprintf("{name: p%d}", i)
	}
	head := "apiVersion: cilium.io/v2\nkind: " + kind + "\nmetadata: " + meta + "\n"
	if g.chance(10) {
		return head + "specs: [" + g.rule() + ", " + g.rule() + "]\n"
	}
	return head + "spec: " + g.rule() + "\n"
}

func (g gen) rule() string {
	spec := []string{"endpointSelector: " + g.subject()}
	if g.chance(25) {
		spec = append(spec, fmt.Sprintf("enableDefaultDeny: {%s: %v}", g.oneOf("ingress", "egress"), g.chance(40)))
	}
	rules := len(spec)
	if g.chance(75) {
		spec = append(spec, "ingress: "+g.list(1+g.IntN(3), func() string { return g.entry("from", true) }))
	}
	if g.chance(30) {
		spec = append(spec, "egress: "+g.list(1+g.IntN(2), func() string { return g.entry("to", true) }))
	}
	if g.chance(10) {
		spec = append(spec, "egressDeny: "+g.list(1, func() string { return g.entry("to", false) }))
	}
	if g.chance(25) || len(spec) == rules {
		spec = append(spec, "ingressDeny: "+g.list(1, func() string { return g.entry("from", false) }))
	}
	return "{" + strings.Join(spec, ", ") + "}"
}

func (g gen) list(n int, one func() string) string {
	var out []string
	for range n {
		out = append(out, one())
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func (g gen) subject() string {
	return g.oneOf("{}", "{}", "{matchLabels: {app: cart}}", "{matchLabels: {app: cart}}", "{matchLabels: {app: web}}",
		`{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}`,
		`{matchExpressions: [{key: tier, operator: Exists}]}`, `{matchLabels: {"k8s:io.cilium.k8s.policy.serviceaccount": cart}}`)
}

func (g gen) peer() string {
	return g.oneOf("{}", "{matchLabels: {app: web}}", "{matchLabels: {app: job}}", `{matchLabels: {"k8s:io.kubernetes.pod.namespace": depot}}`,
		`{matchLabels: {"k8s:io.kubernetes.pod.namespace": shop, "k8s:io.cilium.k8s.policy.serviceaccount": web}}`,
		`{matchLabels: {"io.cilium.k8s.policy.serviceaccount": web}}`,
		`{matchExpressions: [{key: app, operator: DoesNotExist}]}`, `{matchExpressions: [{key: app, operator: In, values: [web, cart]}]}`,
		`{matchLabels: {"io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name": shop}}`,
		`{matchExpressions: [{key: "k8s:io.kubernetes.pod.namespace", operator: NotIn, values: [depot]}]}`,
		`{matchExpressions: [{key: "k8s:io.kubernetes.pod.namespace", operator: Exists}]}`,
		`{matchExpressions: [{key: io.cilium.k8s.policy.cluster, operator: Exists}]}`)
}

func (g gen) entry(word string, allows bool) string {
	var parts []string
	switch g.IntN(11) {
	case 0:
	case 1:
		parts = append(parts, word+"Entities: ["+g.oneOf("all", "world", "cluster", "none", "host", "world, host")+"]")
	case 2:
		parts = append(parts, word+`CIDR: ["`+g.oneOf("0.0.0.0/0", "203.0.113.0/24", "10.0.0.0/8", "198.51.100.0/24")+`"]`)
	case 3:
		parts = append(parts, word+`CIDRSet: [{cidr: "198.51.100.0/24", except: ["`+g.oneOf("198.51.100.0/25", "198.51.100.128/25")+`"]}]`)
	case 4:
		parts = append(parts, word+"Endpoints: []")
	case 5, 6:
		if word == "from" || !allows {
			parts = append(parts, word+"Endpoints: "+g.list(1+g.IntN(2), g.peer))
			break
		}
		parts = append(parts, "toFQDNs: "+g.list(1+g.IntN(2), func() string {
			return g.oneOf("{matchName: api.example.com}", `{matchPattern: "*.example.com"}`, `{matchPattern: "**.example.com"}`, `{matchPattern: "a*.example.com"}`, `{matchPattern: "*"}`)
		}))
		if g.chance(25) {
			return "{" + strings.Join(append(parts, `toPorts: [{ports: [{port: "80", protocol: TCP}], serverNames: [`+g.oneOf("api.example.com", `"**.example.com"`, `"*.example.com"`)+`]}]`), ", ") + "}"
		}
	default:
		parts = append(parts, word+"Endpoints: "+g.list(1+g.IntN(2), g.peer))
	}
	if g.chance(50) {
		parts = append(parts, "toPorts: ["+g.port(allows)+"]")
	}
	if allows && g.chance(6) { // of test-always-fail the engine says now this, now that where entries overlap
		parts = append(parts, "authentication: {mode: "+g.oneOf("required", "disabled")+"}")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (g gen) port(requests bool) string {
	port := g.oneOf(`{port: "80", protocol: TCP}`, `{port: "80", protocol: TCP}`, `{port: "8080", protocol: TCP}`, `{port: "80", endPort: 90, protocol: TCP}`,
		`{port: "80"}`, `{port: "0"}`, `{port: "0", protocol: TCP}`, `{port: "53", protocol: UDP}`, `{port: "80", protocol: ANY}`,
		`{port: "1", endPort: 65535, protocol: TCP}`, `{port: "80", protocol: TCP}, {port: "80", protocol: SCTP}`)
	if !requests || g.chance(50) || !strings.Contains(port, "TCP") || strings.Contains(port, "SCTP") || strings.Contains(port, `"0"`) {
		return "{ports: [" + port + "]}"
	}
	return "{ports: [" + port + "], rules: {http: " + g.list(1+g.IntN(2), g.request) + "}}"
}

func (g gen) request() string {
	var parts []string
	if g.chance(75) {
		parts = append(parts, "path: '"+g.oneOf("", "/a", "/a.*", `/a(\?.*)?`, "/a([/?].*)?", "/.*/b", "/[ab]", "/a/[0-9]+", "/a|/b")+"'")
	}
	if g.chance(50) {
		parts = append(parts, "method: '"+g.oneOf("", "GET", "GET|POST", "P.*")+"'")
	}
	if g.chance(25) {
		parts = append(parts, "host: '"+g.oneOf("", "cart", "(?i:cart)(:[0-9]+)?", "cart.*")+"'")
	}
	if g.chance(25) {
		parts = append(parts, "headers: ['"+g.oneOf("X-A: 1", "X-A", "X-B 2", "X-A:: 1", "X-A:", "X-A:1", "X-A:  1", "X-A: ", "Host: cart", "host cart:80", "Host", ":authority: cart", ":method GET", ":path: /a", ":path", ":x", "x-b: 2 ")+"']")
	}
	if g.chance(10) {
		parts = append(parts, "headerMatches: [{name: "+g.oneOf("x-a, value: '1'", "x-a, value: ''", "X-B", "host, value: cart", "':method', value: GET")+g.oneOf("", ", mismatch: LOG", ", mismatch: DELETE")+"}]")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// networkPolicy is one of Kubernetes.
func (g gen) networkPolicy(i int) string {
	spec := []string{"podSelector: " + g.oneOf("{}", "{matchLabels: {app: cart}}", "{matchExpressions: [{key: tier, operator: Exists}]}")}
	if g.chance(60) {
		spec = append(spec, "policyTypes: ["+g.oneOf("Ingress", "Egress", "Ingress, Egress")+"]")
	}
	for _, d := range []struct {
		key, word string
		percent   int
	}{{"ingress", "from", 80}, {"egress", "to", 40}} {
		if g.chance(d.percent) {
			spec = append(spec, d.key+": "+g.list(g.IntN(3), func() string { return g.networkEntry(d.word) }))
		}
	}
	return fmt.Sprintf("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n%d, namespace: %s}\nspec: {%s}\n", i, g.oneOf("shop", "depot"), strings.Join(spec, ", "))
}

func (g gen) networkEntry(word string) string {
	var parts []string
	if g.chance(80) {
		parts = append(parts, word+": "+g.list(1+g.IntN(2), func() string {
			return g.oneOf("{podSelector: {}}", "{podSelector: {matchLabels: {app: web}}}", "{namespaceSelector: {}}",
				"{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: depot}}, podSelector: {matchLabels: {app: web}}}",
				`{ipBlock: {cidr: "0.0.0.0/0"}}`, `{ipBlock: {cidr: "198.51.100.0/24", except: ["198.51.100.0/25"]}}`)
		}))
	}
	if g.chance(50) {
		parts = append(parts, "ports: ["+g.oneOf("{port: 80}", "{protocol: UDP, port: 53}", "{port: 80, endPort: 90}", "{protocol: TCP}", "{}")+"]")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
