package gatewayapi

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

const securedGateway = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  gatewayClassName: some
  listeners:
  - name: https
    port: 443
    protocol: HTTPS
    tls: {certificateRefs: [{name: cert}], options: {gateway.istio.io/tls-terminate-mode: OPTIONAL_MUTUAL, gateway.istio.io/tls-cipher-suites: "AES128-SHA, AES256-SHA"}}
  - name: mesh
    port: 444
    protocol: HTTPS
    tls: {options: {gateway.istio.io/tls-terminate-mode: ISTIO_MUTUAL}}
  - name: own
    port: 445
    protocol: HTTPS
    tls: {certificateRefs: [{name: cert}], options: {gateway.istio.io/tls-terminate-mode: MUTUAL}}
  tls: {frontend: {default: {}, perPort: [{port: 443, tls: {validation: {caCertificateRefs: [{group: "", kind: ConfigMap, name: clients}]}}}]}}
`

// TestIstioOptions reads how Istio's options secure listeners: an option says how
// strictly authorities are asked that the Gateway names, or that the certificate's
// own Secret holds them.
func TestIstioOptions(t *testing.T) {
	m, diags := read(input(t, versionIstio, securedGateway))
	if len(diags) > 0 || len(m.Opaque) > 0 {
		t.Errorf("%v, %d opaque", diags, len(m.Opaque))
	}
	const want = `entry shop/edge some
  HTTPS 443 routes Same Terminate [shop/cert] of clients optional by ConfigMap shop/clients ciphers AES128-SHA,AES256-SHA
  HTTPS 444 routes Same Mesh []
  HTTPS 445 routes Same Terminate [shop/cert] of clients by Secret shop/cert
served permissive
dialled auto to *
default allow
`
	if got := strings.TrimSpace(intent.Print(m)) + "\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestOtherOptions keeps options as they are that another implementation would read
// in its own way, on the listener that they are of.
func TestOtherOptions(t *testing.T) {
	m, _ := read(input(t, versionSpec, securedGateway))
	for i, l := range m.Entries[0].Listeners {
		if len(l.TLS.Options) == 0 {
			t.Errorf("listener %d has no options", i)
		}
		if unsaidTLS(l.TLS, versionSpec) != "" || unsaidTLS(l.TLS, versionIstio) == "" || unsaidTLS(l.TLS, versionCilium) == "" {
			t.Errorf("listener %d: only the specification takes them as they are", i)
		}
	}
}

// TestCiliumValidatesNobody takes what Cilium does not look at for what it is: all
// clients are let in.
func TestCiliumValidatesNobody(t *testing.T) {
	m, diags := read(input(t, versionCilium, securedGateway))
	if m.Entries[0].Listeners[0].TLS.Clients != nil {
		t.Error("Cilium demands certificates")
	}
	if c := codes(diags); c[len(c)-1] != diag.Inert {
		t.Errorf("no finding says so: %v", c)
	}
}
