package cilium

import (
	"strconv"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/translate/conformance/cilium/engine"
	"go.yaml.in/yaml/v3"
)

// full is a rule that says nearly all fields that rules have.
const full = `
endpointSelector: {matchLabels: {app: cart}, matchExpressions: [{key: tier, operator: In, values: [back]}]}
description: what it is for
labels: [{key: a, value: b, source: k8s}]
log: {value: text}
enableDefaultDeny: {ingress: true, egress: false}
ingress:
- fromEndpoints: [{matchLabels: {app: web}, matchExpressions: [{key: tier, operator: Exists}]}]
  authentication: {mode: required}
  toPorts:
  - ports: [{port: "80", endPort: 90, protocol: TCP}]
  - ports: [{port: "8080", protocol: TCP}]
    rules:
      http:
      - path: /a
        method: GET
        host: cart
        headers: ["X-A: 1"]
        headerMatches: [{name: X-B, value: v, mismatch: LOG}, {name: X-C, secret: {name: s, namespace: shop}}]
  - ports: [{port: "443", protocol: TCP}]
    serverNames: [example.com]
    terminatingTLS: {secret: {name: s, namespace: shop}, trustedCA: ca, certificate: c, privateKey: k}
    originatingTLS: {secret: {name: s, namespace: shop}}
- fromEntities: [world]
- fromCIDR: [10.0.0.0/8]
- fromCIDRSet: [{cidr: 10.0.0.0/8, except: [10.1.0.0/16]}, {cidrGroupRef: g}, {cidrGroupSelector: {matchLabels: {a: b}}}]
- fromNodes: [{matchLabels: {a: b}}]
- fromGroups: [{aws: {labels: {a: b}, securityGroupsIds: [x], securityGroupsNames: [yy], region: zz}}]
- icmps: [{fields: [{type: 8, family: IPv4}, {type: EchoRequest}]}]
ingressDeny:
- fromEndpoints: [{matchLabels: {app: bad}}]
  toPorts: [{ports: [{port: "80", protocol: TCP}]}]
egress:
- toEndpoints: [{matchLabels: {app: db}}]
  toPorts:
  - ports: [{port: "80", protocol: TCP}]
    listener: {envoyConfig: {kind: CiliumEnvoyConfig, name: e}, name: l, priority: 3}
- toEndpoints: [{matchLabels: {k8s-app: kube-dns}}]
  toPorts: [{ports: [{port: "53", protocol: UDP}], rules: {dns: [{matchName: a.example.com}, {matchPattern: "*.example.com"}]}}]
- toServices: [{k8sService: {serviceName: s, namespace: shop}}, {k8sServiceSelector: {selector: {matchLabels: {a: b}}, namespace: shop}}]
- toFQDNs: [{matchName: a.example.com}, {matchPattern: "*.example.com"}]
- toEntities: [cluster]
- toCIDR: [10.0.0.0/8]
- toCIDRSet: [{cidr: 10.0.0.0/8, except: [10.1.0.0/16]}]
- toNodes: [{matchLabels: {a: b}}]
- toGroups: [{aws: {region: zz}}]
egressDeny:
- toEndpoints: [{matchLabels: {app: bad}}]
  icmps: [{fields: [{type: 8}]}]
`

// others stand in the place of values of another type.
var others = []string{"text", "7", "true", "[]", "{}", "[x]", "{x: z}", "[null]"}

// leastTried is how many policies with one value of another type are tried.
const leastTried = 1_500

// TestWrongTypes puts a value of another type in the place of each value and of each
// list and map of a rule: the reader sets a policy aside just where the API server or
// the agent refuses it.
func TestWrongTypes(t *testing.T) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(policyOf(full)), &doc); err != nil {
		t.Fatal(err)
	}
	tried, refused := 0, 0
	each(&doc, "", func(path string, n *yaml.Node) {
		if !strings.HasPrefix(path, ".spec") {
			return
		}
		was := *n
		for _, other := range others {
			var value yaml.Node
			if err := yaml.Unmarshal([]byte(other), &value); err != nil {
				t.Fatal(err)
			}
			*n = *value.Content[0]
			out, err := yaml.Marshal(&doc)
			*n = was
			if err != nil {
				t.Fatal(err)
			}
			tried++
			if refusal(t, path+": "+other, string(out)) {
				refused++
			}
		}
	})
	t.Logf("%d policies, %d of which are refused", tried, refused)
	if tried < leastTried || refused*2 < tried {
		t.Error("too few policies, or too few that are refused")
	}
}

// TestRefused tries single rules that the schema or the agent refuses for what stands
// beside what, and some that they take.
func TestRefused(t *testing.T) {
	const ingress, egress = "endpointSelector: {}\ningress: ", "endpointSelector: {}\negress: "
	for rule, want := range map[string]bool{
		ingress + "[{fromCIDR: [10.0.0.1]}]":                                                                                               true,
		ingress + "[{fromCIDR: [10.0.0.1/8]}]":                                                                                             false,
		ingress + "[{fromCIDRSet: [{cidr: 10.0.0.0/8, except: [11.0.0.0/16]}]}]":                                                           true,
		ingress + "[{fromEndpoints: [{}], fromEntities: [all]}]":                                                                           true,
		ingress + "[{fromEndpoints: [], fromEntities: [all]}]":                                                                             false,
		ingress + "[{fromEndpoints: [null]}]":                                                                                              true,
		ingress + "[{fromEndpoints: null}]":                                                                                                false,
		ingress + `[{toPorts: [{ports: [{port: "80"}], rules: {http: [{path: /}]}}]}]`:                                                     true,
		ingress + `[{toPorts: [{ports: [{port: "80", protocol: TCP}], rules: {http: [{path: "("}]}}]}]`:                                    true,
		ingress + `[{toPorts: [{ports: [{port: "80", protocol: TCP}], rules: {dns: [{matchName: a.b}]}}]}]`:                                true,
		ingress + `[{toPorts: [{ports: [{port: "80", protocol: TCP}], rules: {http: [{}]}, serverNames: [a.b]}]}]`:                         true,
		ingress + `[{toPorts: [{ports: [{port: "80"}], listener: {envoyConfig: {name: e}, name: l}}]}]`:                                    true,
		ingress + `[{toPorts: [{ports: [{port: http, endPort: 90}]}]}]`:                                                                    false,
		ingress + `[{toPorts: [{ports: [{port: "80", endPort: 7}]}]}]`:                                                                     false,
		ingress + `[{toPorts: [{ports: [{port: "080"}]}]}]`:                                                                                true,
		ingress + `[{toPorts: [{ports: [{port: "0x50"}]}]}]`:                                                                               false,
		ingress + `[{toPorts: [{ports: [{port: "1_0"}]}]}]`:                                                                                false,
		ingress + `[{toPorts: [{ports: [{port: a_b}]}]}]`:                                                                                  true,
		ingress + `[{toPorts: [{ports: [{port: this-name-is-too-long}]}]}]`:                                                                true,
		ingress + `[{toPorts: [{ports: [{protocol: TCP}]}]}]`:                                                                              true,
		ingress + `[{icmps: [{fields: [{type: 8}]}], toPorts: [{ports: [{port: "80"}]}]}]`:                                                 true,
		ingress + `[{icmps: [], toPorts: [{ports: [{port: "80"}]}]}]`:                                                                      false,
		egress + `[{toPorts: [{rules: {dns: [{matchName: a.b}]}}]}]`:                                                                       true,
		egress + `[{toPorts: [{ports: [{port: "53", endPort: 54, protocol: UDP}], rules: {dns: [{matchName: a.b}]}}]}]`:                    true,
		egress + `[{toPorts: [{ports: [{port: "80", protocol: TCP}], rules: {http: [{}]}, listener: {envoyConfig: {name: e}, name: l}}]}]`: true,
		"endpointSelector: {}\ningressDeny: [{toPorts: [{ports: [{port: \"80\", protocol: TCP}], rules: {http: [{}]}}]}]":                  true,
		"endpointSelector: {matchLabels: {a b: c}}\ningress: [{}]":                                                                         true,
		"endpointSelector: {matchExpressions: [{key: a, operator: In, values: [b c]}]}\ningress: [{}]":                                     true,
		"endpointSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}\ningress: [{}]":                                   true,
		"endpointSelector: {matchExpressions: [{key: a, operator: Has}]}\ningress: [{}]":                                                   true,
	} {
		if got := refusal(t, rule, policyOf(rule)); got != want {
			t.Errorf("%s: refused %v", rule, got)
		}
	}
}

// policyOf is a policy with one rule.
func policyOf(rule string) string {
	return "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec:\n  " +
		strings.ReplaceAll(strings.TrimSpace(rule), "\n", "\n  ") + "\n"
}

// refusal reports whether a policy is refused by the API server or the agent, and holds
// the reader to the same.
func refusal(t *testing.T, name, policy string) bool {
	t.Helper()
	err := engine.New().Apply([]byte(policy))
	withheld := false
	for _, d := range rewritten([]string{policy}).Source.Default {
		withheld = withheld || d.Effect == intent.Deny && d.Withheld
	}
	if withheld != (err != nil) {
		t.Errorf("%s: the engine says %v, and withheld is %v", name, err, withheld)
	}
	return err != nil
}

// each visits a value and all below it.
func each(n *yaml.Node, path string, visit func(path string, n *yaml.Node)) {
	switch n.Kind {
	case yaml.DocumentNode:
		each(n.Content[0], path, visit)
		return
	case yaml.SequenceNode:
		for i, k := range n.Content {
			each(k, path+"["+strconv.Itoa(i)+"]", visit)
		}
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			each(n.Content[i+1], path+"."+n.Content[i].Value, visit)
		}
	}
	visit(path, n)
}
