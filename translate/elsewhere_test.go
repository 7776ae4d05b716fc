package translate_test

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
)

const (
	halves   = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: cart, namespace: shop}\nspec: {hosts: [cart], http: [{route: [{destination: {host: cart, subset: v1}, weight: 50}, {destination: {host: cart, subset: v2}, weight: 50}]}]}\n"
	tenth    = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: cart, namespace: shop}\nspec: {hosts: [cart], http: [{route: [{destination: {host: cart, subset: v1}, weight: 90}, {destination: {host: cart, subset: v2}, weight: 10}]}]}\n"
	copied   = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: cart, namespace: shop}\nspec: {hosts: [cart], http: [{route: [{destination: {host: cart, subset: v1}, weight: 50}, {destination: {host: cart, subset: v2}, weight: 50}], mirror: {host: cart, subset: v3}}]}\n"
	cartRule = "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: cart, namespace: shop}\nspec: {host: cart, subsets: [{name: v0, labels: {version: v0}}]}\n"
	cartPods = "---\napiVersion: v1\nkind: Service\nmetadata: {name: cart, namespace: shop}\nspec: {selector: {app: cart}, ports: [{port: 80}]}\n"
)

// Subsets that a DestinationRule outside of the input may define are not all of them
// nowhere alike. Fails with: no definedElsewhere in Diff; without eachCopy; with a
// backend's subset left out in name of pkg/decide.
func TestSubsetsDefinedElsewhere(t *testing.T) {
	complete := intent.Defaults()
	complete.Complete.Services = true
	for _, c := range []struct {
		what string
		a, b string
		env  *intent.Environment
		want decide.Verdict
	}{
		{"other weights", halves, tenth, nil, decide.Different},
		{"other weights of a known Service", halves + cartPods, tenth + cartPods, nil, decide.Different},
		{"a copy more", halves, copied, nil, decide.Different},
		{"the same", halves + cartPods, halves + cartPods, nil, decide.Same},
		{"weights of what the DestinationRule lacks", halves + cartRule, tenth + cartRule, nil, decide.Same},
		{"weights where the input is complete", halves + cartPods, tenth + cartPods, &complete, decide.Same},
	} {
		var sides [2]translate.Side
		for i, text := range []string{c.a, c.b} {
			objects, problems := source.Parse("in.yaml", []byte(text), source.Options{})
			sides[i] = translate.Side{Input: translate.Input{Objects: objects, Problems: problems}, Mesh: istio.Mesh, Env: c.env}
		}
		if r := translate.Diff(sides[0], sides[1], decide.Options{}); r.Verdict != c.want {
			t.Errorf("%s: %v, want %v", c.what, r.Verdict, c.want)
		}
	}
}
