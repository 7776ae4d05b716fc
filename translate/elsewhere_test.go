package translate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/smi"
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
// backend's subset left out in name of pkg/decide; without definedFor.
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
		{"a subset of other pods", cartRule, strings.Replace(cartRule, "version: v0", "version: v9", 1), nil, decide.Different},
		{"a subset less", cartRule, strings.Replace(cartRule, "{name: v0, labels: {version: v0}}", "", 1), nil, decide.Different},
		{"a subset of other pods, to which nothing is sent", cartRule, strings.Replace(cartRule, "version: v0", "version: v9", 1), &complete, decide.Same},
		{"the same subsets", cartRule, cartRule, nil, decide.Same},
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

// What a route does counts at a parent that is not known, and what a split does for
// requests that are not. Fails with: the hostnames and rules of a route left out of From
// in unknownParent of pkg/mesh/gatewayapi; the backends of a split left out of what is
// kept in matches of pkg/mesh/smi.
func TestRoutesOfUnknownParents(t *testing.T) {
	const (
		route = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: cart, namespace: shop}\nspec:\n  parentRefs: [{name: gw, namespace: infra, sectionName: https}]\n  hostnames: [cart.example.com]\n  rules: [{backendRefs: [{name: cart, port: 80}]}]\n"
		split = "apiVersion: split.smi-spec.io/v1alpha4\nkind: TrafficSplit\nmetadata: {name: cart, namespace: shop}\nspec: {service: cart, matches: [{kind: HTTPRouteGroup, name: testers}], backends: [{service: cart-v2, weight: 1}]}\n"
	)
	for _, c := range []struct {
		mesh     mesh.Mesh
		text     string
		was, now string
		want     decide.Verdict
	}{
		{gatewayapi.Mesh, route, "name: cart, port", "name: web, port", decide.Unsure},
		{gatewayapi.Mesh, route, "cart.example.com", "web.example.com", decide.Unsure},
		{gatewayapi.Mesh, route, "", "", decide.Same},
		{smi.Mesh, split, "cart-v2", "cart-v3", decide.Unsure},
		{smi.Mesh, split, "", "", decide.Same},
	} {
		var sides [2]translate.Side
		for i, text := range []string{c.text, strings.Replace(c.text, c.was, c.now, 1)} {
			objects, problems := source.Parse("in.yaml", []byte(text), source.Options{})
			sides[i] = translate.Side{Input: translate.Input{Objects: objects, Problems: problems}, Mesh: c.mesh}
		}
		if r := translate.Diff(sides[0], sides[1], decide.Options{}); r.Verdict != c.want {
			t.Errorf("%s with %q for %q: %v, want %v", c.mesh.Name, c.now, c.was, r.Verdict, c.want)
		}
	}
}

// What the default policy is assumed to say decides of an intention that says the same, and
// what becomes of unknown hosts of ServiceEntries: a comparison tells of both. Fails with: no
// warnOfDefaults, or no warnOfLeaving, in Diff or in warnOfAssumptions.
func TestAssumedDefaultIsTold(t *testing.T) {
	for _, c := range []struct {
		mesh      mesh.Mesh
		text, key string
	}{
		{consul.Mesh, "apiVersion: consul.hashicorp.com/v1alpha1\nkind: ServiceIntentions\nmetadata: {name: cart, namespace: shop}\nspec: {destination: {name: cart}, sources: [{name: web, action: allow}]}\n", "consul.defaultIntentionPolicy"},
		{istio.Mesh, "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: api, namespace: shop}\nspec: {hosts: [api.example.com], resolution: DNS, ports: [{number: 443, name: tls, protocol: TLS}]}\n", "istio.outboundPolicy"},
	} {
		side := translate.Side{Mesh: c.mesh}
		side.Objects, side.Problems = source.Parse("in.yaml", []byte(c.text), source.Options{})
		diff := translate.Diff(side, side, decide.Options{})
		check := translate.Inspect(side)
		for what, found := range map[string]diag.List{"first": diff.FindingsA, "second": diff.FindingsB, "check": check.Findings} {
			if !slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
				return d.Code == diag.Assumption && strings.Contains(d.Summary, c.key)
			}) {
				t.Errorf("%s: nothing tells the assumption: %v", what, found)
			}
		}
	}
}
