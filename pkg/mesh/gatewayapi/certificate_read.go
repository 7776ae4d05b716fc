package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// certificates checks that Gateways may refer to Secrets in other namespaces. In
// an open world the grant may be elsewhere.
func (a *attacher) certificates() {
	for _, g := range a.gateways {
		for _, l := range g.listeners {
			if l.TLS == nil {
				continue
			}
			for _, c := range l.TLS.Certificates {
				a.grantedSecret(g, l.TLS, c)
			}
		}
	}
}

func (a *attacher) grantedSecret(g *gateway, tls *intent.ListenerTLS, secret intent.Name) {
	if secret.Namespace == g.object.Namespace {
		return
	}
	if refs := a.grant("Gateway", g.object.Namespace, "Secret", secret); refs != nil {
		tls.From = append(slices.Clone(tls.From), refs...)
		return
	}
	a.diags.Add(diag.UnknownReference, "no ReferenceGrant in the input lets Gateway "+g.object.Namespace+"/"+g.object.Name+
		" refer to Secret "+secret.String(), "add the ReferenceGrant to the input: without one the listener is not served", tls.From...)
}
