package translate

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/source"
)

// tangles are inputs of one kind each that is hard on a translator: what they say
// overlaps with all else that they say.
var tangles = []struct {
	name string
	make func(r *rand.Rand, n int) string
	n    int
}{
	{"rules of six fields", manyFields, 100},
	{"routes", manyRoutes, 150},
	{"labels", manyLabels, 20},
	{"hosts outside", manyHosts, 40},
	{"blocks of addresses", manyBlocks, 20},
	{"exceptions", manyExceptions, 100},
}

// BenchmarkTangles converts inputs in which everything meets everything else: they take
// longer than ordinary ones, but neither forever nor more and more for each document.
func BenchmarkTangles(b *testing.B) {
	for _, t := range tangles {
		objs, problems := source.Parse("bench.yaml", []byte(oneService+t.make(rand.New(rand.NewPCG(1, 2)), t.n)), source.Options{})
		if len(problems) > 0 {
			b.Fatal(problems)
		}
		for _, to := range []mesh.Mesh{linkerd.Mesh, consul.Mesh, cilium.Mesh, gatewayapi.Mesh} {
			b.Run(t.name+"/"+to.Name, func(b *testing.B) {
				for b.Loop() {
					Run(Input{Objects: objs}, Options{From: istio.Mesh, To: to})
				}
			})
		}
	}
}

const oneService = `---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}, {name: tcp, port: 90}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {serviceAccountName: web, containers: [{name: main, image: example/web}]}
`

// word is one of some ten short ones.
func word(r *rand.Rand) string { return strings.Repeat(string(rune('a'+r.IntN(5))), 1+r.IntN(2)) }

// form is a path as policies write it.
func form(r *rand.Rand) string {
	p := "/" + word(r) + "/" + word(r)
	return []string{p, p + "/*", p + "*", "*/" + word(r)}[r.IntN(4)]
}

// manyFields are a policy that allows and one that denies, of n rules each half, about
// clients, addresses, methods, paths, hosts and headers.
func manyFields(r *rand.Rand, n int) string {
	var b strings.Builder
	for _, action := range []string{"ALLOW", "DENY"} {
		fmt.Fprintf(&b, "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: %s, namespace: shop}\nspec:\n  action: %s\n  rules:\n", strings.ToLower(action), action)
		for range n / 2 {
			fmt.Fprintf(&b, `  - from:
    - source: {principals: ["cluster.local/ns/%s/sa/%s"], ipBlocks: ["10.%d.0.0/%d"], notNamespaces: [%s]}
    to:
    - operation: {methods: [%s], paths: ["%s", "%s"], notPaths: ["%s"], hosts: ["*.%s.com"]}
    when:
    - {key: "request.headers[x-%s]", values: ["%s*"]}
`, word(r), word(r), r.IntN(256), 8+r.IntN(8), word(r), []string{"GET", "POST"}[r.IntN(2)], form(r), form(r), form(r), word(r), word(r), word(r))
		}
	}
	return b.String()
}

// manyRoutes are n rules of one VirtualService.
func manyRoutes(r *rand.Rand, n int) string {
	var b strings.Builder
	b.WriteString("---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web, namespace: shop}\nspec:\n  hosts: [web]\n  http:\n")
	for range n {
		path := []string{"prefix: /" + word(r), "exact: /" + word(r), `regex: "/` + word(r) + ".*" + word(r) + `[a-z]+"`}[r.IntN(3)]
		header := []string{"exact: a", "prefix: b", `regex: "(a|b)*c"`}[r.IntN(3)]
		fmt.Fprintf(&b, "  - match:\n    - {uri: {%s}, headers: {x-%s: {%s}}, queryParams: {%s: {exact: %s}}}\n    route: [{destination: {host: web}}]\n    timeout: %ds\n", path, word(r), header, word(r), word(r), 1+r.IntN(9))
	}
	return b.String()
}

// manyLabels are n workloads, and n policies that select some of them by two labels.
func manyLabels(r *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		var labels []string
		for j := range 6 {
			labels = append(labels, fmt.Sprintf(`l%d: "%d"`, j, r.IntN(3)))
		}
		fmt.Fprintf(&b, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d%d, namespace: shop}\nspec:\n  template:\n    metadata: {labels: {%s}}\n    spec: {serviceAccountName: s%d, containers: [{name: main, image: example/d}]}\n", i, strings.Join(labels, ", "), i)
		action := []string{"ALLOW", "DENY"}[r.IntN(2)]
		fmt.Fprintf(&b, "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p%d, namespace: shop}\nspec:\n  selector: {matchLabels: {l%d: \"%d\", l%d: \"%d\"}}\n  action: %s\n  rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/s%d]}}], to: [{operation: {paths: [\"%s\"]}}]}]\n", i, r.IntN(3), r.IntN(3), 3+r.IntN(3), r.IntN(3), action, r.IntN(n), form(r))
	}
	return b.String()
}

// manyHosts are n ServiceEntries, and Sidecars that tell some clients of some of them.
func manyHosts(r *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: e%d, namespace: n%d}\nspec: {hosts: [\"*.%s%d.com\"], ports: [{number: 443, name: tls, protocol: TLS}, {number: 80, name: http, protocol: HTTP}], resolution: NONE}\n", i, i%7, word(r), i)
		if i%3 == 0 {
			fmt.Fprintf(&b, "---\napiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: s%d, namespace: n%d}\nspec: {workloadSelector: {labels: {app: a%d}}, outboundTrafficPolicy: {mode: REGISTRY_ONLY}, egress: [{hosts: [\"./*\", \"*/*.%s%d.com\"]}]}\n", i, i%7, i, word(r), i/2)
		}
	}
	return b.String()
}

// manyBlocks are n rules that allow and n that deny by addresses.
func manyBlocks(r *rand.Rand, n int) string {
	block := func() string { return fmt.Sprintf("%d.%d.0.0/%d", r.IntN(256), r.IntN(256), 6+r.IntN(10)) }
	var b strings.Builder
	for _, action := range []string{"ALLOW", "DENY"} {
		fmt.Fprintf(&b, "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: %s, namespace: shop}\nspec:\n  action: %s\n  rules:\n", strings.ToLower(action), action)
		for range n {
			fmt.Fprintf(&b, "  - from: [{source: {ipBlocks: [%s, %s, %s], notIpBlocks: [%s, %s], remoteIpBlocks: [%s]}}]\n", block(), block(), block(), block(), block(), block())
		}
	}
	return b.String()
}

// manyExceptions are policies of one rule that excepts n of each attribute.
func manyExceptions(_ *rand.Rand, n int) string {
	list := func(form string) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(form, i))
		}
		return strings.Join(all, ", ")
	}
	var b strings.Builder
	for _, action := range []string{"ALLOW", "DENY"} {
		fmt.Fprintf(&b, "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: %s, namespace: shop}\nspec:\n  action: %s\n  rules:\n  - from: [{source: {notPrincipals: [%s], notNamespaces: [%s]}}]\n    to: [{operation: {notPaths: [%s], notHosts: [%s]}}]\n",
			strings.ToLower(action), action, list("cluster.local/ns/n%d/sa/a"), list("m%d"), list(`"/p%d*"`), list(`"*.h%d.com"`))
	}
	return b.String()
}
