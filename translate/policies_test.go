package translate

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// policies makes random sets of manifests of one mesh, for a target.
type policies struct {
	*rand.Rand
	to string
	// hard sets hold much that the target cannot say, others hold little of it.
	hard bool
}

// Of a hundred sets so many are hard, and of a hundred places for a word that the
// target lacks so many have it in them.
const hardSets, hardWords = 25, 60

func newPolicies(seed, number uint64, to string) policies {
	g := policies{Rand: rand.New(rand.NewPCG(seed, number)), to: to}
	g.hard = g.chance(hardSets)
	return g
}

// chance holds in so many of a hundred cases.
func (g policies) chance(percent int) bool { return g.IntN(100) < percent }

// says holds for words that the target has, and in hard sets often for those that
// it lacks.
func (g policies) says(word string) bool {
	return !strings.Contains(lacks[g.to], " "+word+" ") || g.hard && g.chance(hardWords)
}

// lacks are the words that targets lack. Of those that are no names of fields,
// "query" is a path without a query, "ports" are several or all ports of a server,
// "everyone" is who is let in without a test of requests, "except" is everyone or
// everywhere but for what is said by name, "unrouted" are requests
// that no route is about, "choice" is between the backends of routes, and "order" is
// any order of routes.
var lacks = map[string]string{
	"istio":                       " query ",
	"linkerd":                     " deny header version address query ports everyone except rewrite ",
	"linkerd@2.20-serviceprofile": " deny header version address query ports everyone except split rewrite unrouted choice ",
	"consul":                      lacksConsul,
	"consul@1.20-enterprise":      lacksConsul,
	"cilium":                      " deny ",
	"gatewayapi":                  " access rewrite order ",
}

const lacksConsul = " address port namespace version query ports everyone unrouted "

func (g policies) oneOf(all ...string) string { return all[g.IntN(len(all))] }

// some lists one to most of all, each once, as a list of YAML in flow style.
func (g policies) some(most int, all ...string) string {
	var out []string
	for _, i := range g.Perm(len(all))[:1+g.IntN(most)] {
		out = append(out, `"`+all[i]+`"`)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// list makes one to most values.
func (g policies) list(most int, one func() string) string {
	var out []string
	for range 1 + g.IntN(most) {
		out = append(out, one())
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func (g policies) path() string { return g.oneOf("/a", "/a/b", "/c", "/") }

// app is the workload that a policy is about.
func (g policies) app() string { return g.oneOf("cart", "cart", "cart", "pay") }

// document writes an object in namespace shop.
func document(version, kind, name, spec string) string {
	return fmt.Sprintf("---\napiVersion: %s\nkind: %s\nmetadata: {name: %s, namespace: shop}\nspec: %s\n", version, kind, name, spec)
}

// set is a set of the mesh, without the cluster.
func (g policies) set(mesh string) string {
	routes := g.to == "gatewayapi"
	switch mesh {
	case "istio":
		return g.istio(routes)
	case "linkerd":
		return g.linkerd(routes)
	case "consul":
		return g.consul(routes)
	case "cilium":
		return g.cilium(routes)
	}
	return g.gatewayapi("gateway.networking.k8s.io/v1", 3)
}

// count is how many policies there are: one beside routes to a target without
// authorization, which it withholds.
func (g policies) count(routes bool) int {
	if routes {
		return 1
	}
	return 1 + g.IntN(3)
}

// routesOf is how many routes a table has at most; there are more where they are
// alone.
func routesOf(alone bool) int {
	if alone {
		return 8
	}
	return 3
}

// policyCluster is what all sets are about: two Services, one of which has two
// versions with Services of their own, and clients in two namespaces.
var policyCluster = clusterText()

// consulCluster is the same as Consul has it: pods are registered as cart, and not as the
// Services of its versions.
var consulCluster = strings.NewReplacer(
	"{name: cart-v1, namespace: shop}", `{name: cart-v1, namespace: shop, labels: {consul.hashicorp.com/service-ignore: "true"}}`,
	"{name: cart-v2, namespace: shop}", `{name: cart-v2, namespace: shop, labels: {consul.hashicorp.com/service-ignore: "true"}}`,
).Replace(policyCluster)

func clusterText() string {
	var b strings.Builder
	for _, ns := range []string{"shop", "depot"} {
		fmt.Fprintf(&b, "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {team: %s}}\n", ns, ns)
	}
	for _, s := range [][2]string{{"cart", "app: cart"}, {"cart-v1", "app: cart, version: v1"}, {"cart-v2", "app: cart, version: v2"}, {"pay", "app: pay"}, {"web", "app: web"}, {"admin", "app: admin"}} {
		fmt.Fprintf(&b, "---\napiVersion: v1\nkind: Service\nmetadata: {name: %s, namespace: shop}\nspec: {selector: {%s}, ports: [{name: http, port: 80, targetPort: 8080, appProtocol: http}]}\n", s[0], s[1])
	}
	b.WriteString("---\napiVersion: v1\nkind: Service\nmetadata: {name: job, namespace: depot}\nspec: {selector: {app: job}, ports: [{name: http, port: 80, targetPort: 8080, appProtocol: http}]}\n")
	for _, w := range policyWorkloads {
		fmt.Fprintf(&b, "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: %s, namespace: %s}\n", w.app, w.namespace)
		fmt.Fprintf(&b, `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: %s%s, namespace: %s}
spec:
  selector: {matchLabels: {app: %s}}
  template:
    metadata: {labels: {app: %s%s}, annotations: {consul.hashicorp.com/service-meta-version: "%s"}}
    spec: {serviceAccountName: %s, containers: [{name: c, image: i, ports: [{containerPort: 8080}, {containerPort: 9090}]}]}
`, w.app, w.version, w.namespace, w.app, w.app, versionLabel(w.version), w.version, w.app)
	}
	text := b.String()
	seen := map[string]bool{}
	var out []string
	for _, d := range strings.Split(text, "---\n")[1:] {
		if !seen[d] {
			seen[d] = true
			out = append(out, d)
		}
	}
	return strings.Join(out, "---\n")
}

func versionLabel(v string) string {
	if v == "" {
		return ""
	}
	return ", version: " + v
}

var policyWorkloads = []struct{ namespace, app, version string }{
	{"shop", "cart", "v1"}, {"shop", "cart", "v2"}, {"shop", "pay", ""}, {"shop", "web", ""}, {"shop", "admin", ""}, {"depot", "job", ""},
}
