package gatewayapi

import (
	"net/netip"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// readPlace reads what a Gateway says of where and how it runs, which is the business
// of its implementation, and keeps it.
func (g *gateway) readPlace(spec *source.Node, home *intent.Home, d Dialect) {
	addresses, infrastructure, certificate := spec.Get("addresses"), spec.Get("infrastructure"), spec.Get("tls").Get("backend")
	checkAddresses(addresses)
	checkInfrastructure(infrastructure)
	if ref := certificate.Get("clientCertificateRef"); ref != nil {
		formName.need(ref, "name")
		formLabel.read(ref.Get("namespace"))
	}
	g.keepWhole(addresses, home, d.Mesh, "the addresses of a Gateway are given by whoever runs it, and not translated", false)
	g.keepWhole(infrastructure, home, d.Mesh, "what runs a Gateway is set up by its implementation, and not translated", false)
	g.keepWhole(certificate, home, d.Mesh, "the certificate that a Gateway shows to Services is not translated", false)
	scope := spec.Get("defaultScope")
	switch {
	case enum(scope, "All", "None") != "All":
	case d.ignores("defaultScope"):
		scope.Inert("the implementation does not read it")
		g.diags.Add(diag.Inert, "defaultScope has no effect", "remove it", scope.Ref())
	default:
		g.keepWhole(scope, home, d.Mesh, "routes that attach to Gateways by default are not translated", false)
	}
}

// checkAddresses rejects addresses as the API server does.
func checkAddresses(n *source.Node) {
	for _, a := range atMost(n, 16) {
		kind, value := a.Get("type").Str(), a.Get("value")
		if _, err := netip.ParseAddr(value.Str()); value != nil && err != nil && (kind == "" || kind == "IPAddress") {
			value.Reject("is no IP address")
		}
		if kind == "Hostname" && value != nil {
			formHost.read(value)
		}
	}
}

// checkInfrastructure rejects settings of what runs a Gateway as the API server does.
func checkInfrastructure(n *source.Node) {
	for key, most := range map[string]int{"labels": 8, "annotations": 16} {
		all := n.Get(key).Entries()
		if len(all) > most {
			n.Get(key).Reject("has too many entries")
		}
		for _, e := range all {
			e.Value.Str()
		}
	}
	if ref := n.Get("parametersRef"); ref != nil {
		checkReference(ref)
	}
}
