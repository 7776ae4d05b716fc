package engine

import "testing"

// What the engine says of a few policies that are easily misread. Each pins a
// statement about Cilium that the reader and the writer rest on.
func TestJudge(t *testing.T) {
	web := Endpoint{Namespace: "shop", Account: "web", Labels: map[string]string{"app": "web"}}
	other := Endpoint{Namespace: "other", Account: "web", Labels: map[string]string{"app": "web"}}
	cart := Endpoint{Namespace: "shop", Account: "cart", Labels: map[string]string{"app": "cart"}}
	world := Endpoint{Address: "198.51.100.1"}
	get := func(path string) *HTTP { return &HTTP{Method: "GET", Path: path, Host: "cart"} }
	for _, c := range []struct {
		name, spec string
		from       Endpoint
		http       *HTTP
		want       bool
	}{
		{"no policy", ``, web, nil, true},
		{"an empty rule allows nothing", `ingress: [{}]`, web, nil, false},
		{"an empty list of peers is nobody", `ingress: [{fromEndpoints: [], toPorts: [{ports: [{port: "80", protocol: TCP}]}]}]`, web, nil, false},
		{"an empty selector is the own namespace", `ingress: [{fromEndpoints: [{}]}]`, web, nil, true},
		{"an empty selector is not another namespace", `ingress: [{fromEndpoints: [{}]}]`, other, nil, false},
		{"no peers and ports is everyone", `ingress: [{toPorts: [{ports: [{port: "80", protocol: TCP}]}]}]`, world, nil, true},
		{"none is nobody", `ingress: [{fromEntities: [none]}]`, web, nil, false},
		{"a block of all addresses is no pod", `ingress: [{fromCIDR: ["0.0.0.0/0"]}]`, web, nil, false},
		{"denials alone close the workload", `ingressDeny: [{fromEndpoints: [{matchLabels: {app: x}}]}]`, web, nil, false},
		{"denials alone do not where that is off", `enableDefaultDeny: {ingress: false}
  ingressDeny: [{fromEndpoints: [{matchLabels: {app: x}}]}]`, web, nil, true},
		{"an account without namespace in a namespaced policy", `ingress: [{fromEndpoints: [{matchLabels: {"io.cilium.k8s.policy.serviceaccount": web}}]}]`, other, nil, false},
		{"a block of all addresses is the world", `ingress: [{fromCIDR: ["0.0.0.0/0"]}]`, world, nil, true},
		{"the world is its entity", `ingress: [{fromEntities: [world]}]`, world, nil, true},
		{"a path list", l7, web, get("/public"), true},
		{"a path list has the query", l7, web, get("/public?x=1"), false},
		{"a path list and TCP", l7, web, nil, false},
		{"a wider allow voids a path list", l7 + `
  - fromEndpoints: [{}]`, web, get("/private"), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			engine := New()
			for _, e := range []Endpoint{web, other, cart, world} {
				engine.Add(e)
			}
			if c.spec != "" {
				policy := "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec:\n  endpointSelector: {matchLabels: {app: cart}}\n  " + c.spec
				if err := engine.Apply([]byte(policy)); err != nil {
					t.Fatal(err)
				}
			}
			got, err := engine.Judge(Request{From: c.from, To: cart, Port: 80, HTTP: c.http})
			if err != nil {
				t.Fatal(err)
			}
			if got.Allowed() != c.want {
				t.Errorf("%+v, not %v", got, c.want)
			}
		})
	}
}

const l7 = `ingress:
  - fromEndpoints: [{matchLabels: {app: web}}]
    toPorts: [{ports: [{port: "80", protocol: TCP}], rules: {http: [{path: /public}]}}]`

// Where all that is inside may be dialled, lookups pass through the agent all the same
// where a rule for DNS is about them, and by that alone.
func TestSeen(t *testing.T) {
	const head = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec:\n  endpointSelector: {}\n  egress:\n  - toEntities: [cluster]\n"
	const lookup = `  - toEndpoints: [{matchLabels: {"k8s:io.kubernetes.pod.namespace": kube-system, k8s-app: kube-dns}}]
    toPorts: [{ports: [{port: "53", protocol: ANY}], rules: {dns: [{matchPattern: "*"}]}}]
`
	web := Endpoint{Namespace: "shop", Account: "web"}
	dns := Endpoint{Namespace: "kube-system", Account: "coredns", Labels: map[string]string{"k8s-app": "kube-dns"}}
	for text, want := range map[string]bool{head: false, head + lookup: true} {
		c := New()
		c.Add(web)
		c.Add(dns)
		if err := c.Apply([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := c.Seen(web, dns, 53); got != want || err != nil {
			t.Errorf("%v, %v of\n%s", got, err, text)
		}
	}
}
