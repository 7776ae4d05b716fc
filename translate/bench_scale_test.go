package translate

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/source"
)

// BenchmarkTranslateTargets converts the input of BenchmarkTranslate to every
// mesh.
func BenchmarkTranslateTargets(b *testing.B) {
	const n = 1000
	data := generate(n)
	for _, to := range all.Meshes {
		if to.Target == nil {
			continue
		}
		b.Run(to.Name, func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			defer perDocument(b, n)()
			for b.Loop() {
				translateTo(data, to)
			}
		})
	}
}

func translateTo(data []byte, to mesh.Mesh) *Result {
	objs, problems := source.Parse("bench.yaml", data, source.Options{})
	return Run(Input{Objects: objs, Problems: problems}, Options{From: istio.Mesh, To: to})
}

// shapes are inputs that are large in one respect only: n of something in one
// object, or in one namespace.
var shapes = []struct {
	name string
	make func(n int) string
}{
	{"hosts", func(n int) string {
		return "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: all, namespace: shop}\nspec:\n  hosts:\n" +
			repeat(n, "  - h%[1]d.example.com\n") + "  http:\n  - match: [{uri: {prefix: /a/}}]\n    route: [{destination: {host: web}}]\n  - route: [{destination: {host: api}}]\n"
	}},
	{"rules", func(n int) string {
		return "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web, namespace: shop}\nspec:\n  hosts: [web]\n  http:\n" +
			repeat(n, "  - match: [{uri: {prefix: /p%[1]d/}}]\n    route: [{destination: {host: web-%[1]d}}]\n") + "  - route: [{destination: {host: web}}]\n"
	}},
	{"services", func(n int) string {
		return repeat(n, "---\napiVersion: v1\nkind: Service\nmetadata: {name: s%[1]d, namespace: shop}\nspec: {selector: {app: s%[1]d}, ports: [{name: http, port: 80, targetPort: 8080}]}\n"+
			"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: s%[1]d, namespace: shop}\nspec: {template: {metadata: {labels: {app: s%[1]d}}, spec: {containers: [{name: c, ports: [{containerPort: 8080}]}]}}}\n"+
			"---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: s%[1]d, namespace: shop}\nspec: {hosts: [s%[1]d], http: [{route: [{destination: {host: s%[1]d}}], timeout: 3s}]}\n")
	}},
	{"policies", func(n int) string {
		return repeat(n, "---\napiVersion: v1\nkind: Service\nmetadata: {name: s%[1]d, namespace: shop}\nspec: {selector: {app: s%[1]d}, ports: [{name: http, port: 80, targetPort: 8080}]}\n"+
			"---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: s%[1]d, namespace: shop}\nspec: {selector: {matchLabels: {app: s%[1]d}}, rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/web]}}]}]}\n")
	}},
}

func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// BenchmarkScale converts inputs that are large in one respect: the time of one
// thing should not grow with their number.
func BenchmarkScale(b *testing.B) {
	for _, shape := range shapes {
		for _, n := range []int{100, 400, 1600} {
			data := []byte(shape.make(n))
			for _, to := range all.Meshes {
				if to.Target == nil {
					continue
				}
				b.Run(fmt.Sprintf("%s/%s/%d", shape.name, to.Name, n), func(b *testing.B) {
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
					defer perDocument(b, n)()
					for b.Loop() {
						translateTo(data, to)
					}
				})
			}
		}
	}
}
