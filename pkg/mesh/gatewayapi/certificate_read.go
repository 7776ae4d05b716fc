package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// certificates checks that Gateways may refer to Secrets and ConfigMaps in other namespaces. In
// an open world the grant may be elsewhere.
func (a *attacher) certificates() {
	for _, g := range a.gateways {
		for _, l := range g.listeners {
			if l.TLS == nil {
				continue
			}
			for _, c := range l.TLS.Certificates {
				a.mayName(g, &l.TLS.From, intent.Authority{Kind: "Secret", Name: c})
			}
			if l.TLS.Clients == nil || g.object.Kind == setKind {
				continue
			}
			for _, authority := range l.TLS.Clients.Authorities {
				a.mayName(g, &l.TLS.Clients.From, authority)
			}
		}
	}
}

// mayName looks for the grant of a reference to an object with certificates, and
// adds it to where that stands.
func (a *attacher) mayName(g *gateway, from *intent.Origin, to intent.Authority) {
	if to.Name.Namespace == g.object.Namespace {
		return
	}
	if refs := a.grant(g.object.Kind, g.object.Namespace, to.Kind, to.Name); refs != nil {
		*from = append(slices.Clone(*from), refs...)
		return
	}
	a.diags.Add(diag.UnknownReference, "no ReferenceGrant in the input lets "+g.object.Kind+" "+g.object.Namespace+"/"+g.object.Name+
		" refer to "+to.Kind+" "+to.Name.String(), "add the ReferenceGrant to the input: without one the listener is not served", *from...)
}
