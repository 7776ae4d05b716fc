package gatewayapi

import (
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

func l4Route(kind, version, spec string) string {
	return "apiVersion: gateway.networking.k8s.io/" + version + "\nkind: " + kind + "\nmetadata: {name: r, namespace: shop}\nspec:\n  parentRefs: [" + svc + "]\n" + spec
}

// What the API server rejects of routes for connections makes no table.
func TestRejectedConnections(t *testing.T) {
	const to = "\n  rules: [{backendRefs: [{name: cart, port: 80}]}]"
	tests := []struct{ name, kind, version, spec string }{
		{"no hostnames", "TLSRoute", "v1", to},
		{"a hostname with two wildcards", "TLSRoute", "v1", `  hostnames: ["*.*.example.com"]` + to},
		{"no rules", "TLSRoute", "v1", "  hostnames: [a.example.com]"},
		{"two rules", "TCPRoute", "v1", "  rules: [{backendRefs: [{name: a, port: 80}]}, {backendRefs: [{name: b, port: 80}]}]"},
		{"no backends", "TCPRoute", "v1", "  rules: [{name: a}]"},
		{"no port", "TCPRoute", "v1", "  rules: [{backendRefs: [{name: a}]}]"},
		{"a negative weight", "TCPRoute", "v1alpha2", "  rules: [{backendRefs: [{name: a, port: 80, weight: -1}]}]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, diags := read(input(t, "1.6", l4Route(tt.kind, tt.version, tt.spec)))
			if len(m.Routing) > 0 || !slices.Contains(codes(diags), diag.InvalidObject) {
				t.Errorf("%d tables, findings %v", len(m.Routing), diags)
			}
		})
	}
}

// The first rule takes every connection; older versions have others behind it.
func TestFirstRuleTakesConnections(t *testing.T) {
	m, diags := read(input(t, "1.6", l4Route("TCPRoute", "v1alpha2", "  rules: [{backendRefs: [{name: a, port: 80}]}, {backendRefs: [{name: b, port: 80}]}]")))
	if got := tablesText(m); got != "shop/cart: a" {
		t.Error(got)
	}
	if !slices.Equal(codes(diags), []diag.Code{diag.Shadowed}) {
		t.Error(diags)
	}
}

// The most specific name wins whatever the age; of equal names the older route.
func TestServersRank(t *testing.T) {
	tls := func(name, created, host, to string) string {
		return "---\napiVersion: gateway.networking.k8s.io/v1\nkind: TLSRoute\nmetadata: {name: " + name + ", namespace: shop" + created + "}\nspec:\n  parentRefs: [" + svc +
			"]\n  hostnames: [" + host + "]\n  rules: [{backendRefs: [{name: " + to + ", port: 80}]}]\n"
	}
	old, young := `, creationTimestamp: "2024-01-01T00:00:00Z"`, `, creationTimestamp: "2025-01-01T00:00:00Z"`
	tests := []struct{ name, text, want string }{
		{"exact before wildcard", tls("a", old, `"*.example.com"`, "wide") + tls("b", young, "x.example.com", "narrow"), "shop/cart: narrow wide"},
		{"longer wildcard", tls("a", old, `"*.com"`, "wide") + tls("b", young, `"*.example.com"`, "narrow"), "shop/cart: narrow wide"},
		{"the older", tls("a", young, "x.example.com", "second") + tls("b", old, "x.example.com", "first"), "shop/cart: first second"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, diags := read(input(t, "1.6", tt.text))
			if got := tablesText(m); got != tt.want || slices.Contains(codes(diags), diag.OrderUnknown) {
				t.Error(got, diags)
			}
		})
	}
	_, diags := read(input(t, "1.6", tls("a", "", "x.example.com", "first")+tls("b", "", "x.example.com", "second")))
	if !slices.Contains(codes(diags), diag.OrderUnknown) {
		t.Error("of two routes of unknown age, one was chosen", diags)
	}
}

// Istio gives each kind of route the ports of its protocol; the specification takes
// the first kind alone.
func TestKindsOnOnePort(t *testing.T) {
	text := route("web", "shop", "", svc, "", "web") + "---\n" + l4Route("TCPRoute", "v1", "  rules: [{backendRefs: [{name: db, port: 80}]}]")
	for version, want := range map[string]string{"1.6": "shop/cart: web", "linkerd": "shop/cart: web", "istio": "shop/cart: web\nshop/cart: db"} {
		m, _ := read(input(t, version, text))
		if got := tablesText(m); got != want {
			t.Errorf("%s: %s", version, got)
		}
	}
}

// A route of TCP for all ports of a Service, of which one of HTTP takes some, holds
// for the others where the input shows them, and is set aside where it does not.
func TestPortsBesideHTTP(t *testing.T) {
	text := route("web", "shop", "", svc80, "", "web") + "---\n" + l4Route("TCPRoute", "v1", "  rules: [{backendRefs: [{name: db, port: 80}]}]")
	const web = "shop/cart port 80: web"
	for _, tt := range []struct {
		name, version string
		ports         []intent.ServicePort
		want          string
		code          diag.Code
	}{
		{"the rest", "1.6", []intent.ServicePort{{Port: 80}, {Port: 81}, {Port: 82}}, web + "\nshop/cart port 81: db\nshop/cart port 82: db", diag.Inert},
		{"nothing is left", "1.6", []intent.ServicePort{{Port: 80}}, web, diag.Inert},
		{"unknown", "linkerd", nil, web, diag.OrderUnknown},
		{"each its own", "istio", nil, web + "\nshop/cart: db", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := input(t, tt.version, text)
			if tt.ports != nil {
				in.Inventory.Services = []*intent.Service{{Name: intent.Name{Namespace: "shop", Name: "cart"}, Ports: tt.ports}}
			}
			m, diags := read(in)
			if got := tablesText(m); got != tt.want || tt.code != "" && !slices.Contains(codes(diags), tt.code) {
				t.Errorf("got\n%s\nwant\n%s\n%v", got, tt.want, diags)
			}
		})
	}
}

// Where a listener ends TLS, Istio sends all of its names where the first TLSRoute for
// one of them does; the specification goes by names.
func TestEndedAlike(t *testing.T) {
	const ended = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  gatewayClassName: some
  listeners:
  - {name: tls, port: 6443, protocol: TLS, hostname: "*.example.com", tls: {mode: Terminate, certificateRefs: [{name: cert}]}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: TLSRoute
metadata: {name: db, namespace: shop}
spec:
  parentRefs: [{name: edge}]
  hostnames: [a.example.com]
  rules: [{backendRefs: [{name: db, port: 5432}]}]
`
	for version, host := range map[string]string{versionSpec: "a.example.com", versionIstio: "*.example.com"} {
		m, _ := read(input(t, version, ended))
		if got, want := tablesText(m), "shop/edge "+host+" port 6443: db"; got != want {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
		narrow := *m.Routing[0]
		narrow.Host.DNS = "a.example.com"
		if why := EndedAlike(m)(&narrow); why == "" {
			t.Error("Istio takes a route for one name of several")
		}
	}
}
