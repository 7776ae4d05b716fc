package gatewayapi

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/source"
)

// kindImport is the kind that stands for the Services of one name of all clusters.
const kindImport = "ServiceImport"

// Imports is what a ServiceImport is as a backend.
type Imports uint8

const (
	// ImportsNamed: the Services of its name of all clusters that offer one (GEP-1748).
	ImportsNamed Imports = iota
	// ImportsServices: the Service of its name, which has the endpoints of all clusters
	// anyway, unless ENABLE_MCS_HOST of istiod says otherwise.
	// istio pilot/pkg/config/kube/gateway/conversion.go buildDestination
	ImportsServices
	// ImportsAtGateways: ImportsNamed for routes at Gateways, and nothing for routes on
	// Services, which are given no ServiceImports.
	// cilium operator/pkg/model/ingestion/gateway.go getBackendServiceName, gamma.go
	ImportsAtGateways
	// ImportsNone: nothing, so that its share fails.
	// linkerd2 policy-controller/k8s/index/src/outbound/index/http.rs convert_backend
	ImportsNone
)

// imported reads a ServiceImport as a backend, of which the name and port are read.
func (r *routeReader) imported(b intent.Backend, n *source.Node) intent.Backend {
	name, how := b.Host.Service, r.d.Imports
	b.Host = intent.ClusterSetHost(name)
	fails, why := "", ""
	switch {
	case how == ImportsNone:
		fails = "the mesh takes no ServiceImport for a backend, and the share of this one fails"
	case how == ImportsAtGateways && slices.ContainsFunc(r.route.Parents, Parent.IsService):
		fails = "for a route on a Service no ServiceImport is a backend, and the share of this one fails"
	case name.Namespace != r.route.Object.Namespace:
		why = "a ServiceImport of another namespace is not translated"
	case b.Port == 0:
		why = "a ServiceImport without a port is not translated"
	}
	switch {
	case fails != "":
		r.keepWhole(n, fails).Purpose = intent.Clusters
		b.Missing = true
	case why != "":
		r.keepFailing(n, why).Purpose = intent.Clusters
		b.Missing = true
	case how == ImportsServices:
		b.Host = intent.Host{Service: name}
		r.diags = append(r.diags, r.check(&b, n)...)
	}
	return b
}

// ImportedOutside holds for backends outside of the cluster that a ServiceImport stands for.
func ImportedOutside(p intent.Part) string {
	b, _ := p.(*intent.Backend)
	if b == nil {
		return "the parent of a route is a Service or a Gateway"
	}
	switch _, is := b.Host.ClusterSet(); {
	case !is:
		return "a backend is a Service, and not a name outside the cluster"
	case b.Port == 0:
		return "a backend names a port"
	}
	return ""
}

// noneOutside is the answer of implementations for which a ServiceImport stands for nothing
// of its own; instead says what to name for it.
func noneOutside(instead func(intent.Name) string, link string) legal.Support {
	none := legal.Unsupported("routes are on Services and Gateways, and lead to Services of the cluster", link)
	none.Only = func(p intent.Part) string {
		if b, is := p.(*intent.Backend); is {
			if name, joint := b.Host.ClusterSet(); joint {
				return instead(name)
			}
		}
		return ""
	}
	return none
}

func servicesOfIstio(n intent.Name) string {
	return "Istio takes a ServiceImport for the Service " + n.String() + " itself, which has the endpoints of all clusters: name that"
}

func importsOfLinkerd(n intent.Name) string {
	return "Linkerd takes no ServiceImport for a backend: name the Service " + n.String() + "-federated, which it makes of those of all clusters that are labelled so"
}

// foreignImport says why a table is not written for a ServiceImport in it: its route would
// be in another namespace, which takes a grant.
func foreignImport(t *intent.Routing) (why string) {
	eachImport(t, func(n intent.Name, h *intent.Home) {
		if at := keyOf(t, cmp.Or(h, t.Home)).namespace; at != n.Namespace {
			why = "the ServiceImport " + n.String() + " is in another namespace than the route, " + at
		}
	})
	return why
}

// importOnService says why Cilium takes no table for a ServiceImport in it.
func importOnService(t *intent.Routing) (why string) {
	eachImport(t, func(n intent.Name, _ *intent.Home) {
		if t.Entry.IsZero() {
			why = "Cilium takes the ServiceImport " + n.String() + " for a backend at Gateways only: name the Service " + derived(n) + " that it makes of it"
		}
	})
	return why
}

// derived is the name of the Service that Cilium makes of a ServiceImport.
// cilium pkg/clustermesh/mcsapi/service_controller.go derivedName
func derived(n intent.Name) string {
	sum := sha256.Sum256([]byte(n.String()))
	return "derived-" + strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:]))[:10]
}

// eachImport visits what a table has of all clusters, and the object that says so.
func eachImport(t *intent.Routing, do func(n intent.Name, home *intent.Home)) {
	visit := func(part *intent.Routing, home *intent.Home) {
		legal.EachBackend(part, func(b *intent.Backend) {
			if n, is := b.Host.ClusterSet(); is && !b.Missing {
				do(n, home)
			}
		})
	}
	for i := range t.Rules {
		visit(&intent.Routing{Rules: t.Rules[i : i+1]}, t.Rules[i].Home)
	}
	visit(&intent.Routing{Else: t.Else}, nil)
}

// ObeysClusters tells of objects of Multi-Cluster Services, which whoever joins the clusters
// makes or obeys.
func ObeysClusters(o *source.Object) string {
	switch {
	case o.Group() != GroupClusters:
		return ""
	case o.Kind == kindImport:
		return "have what joins the target's clusters know the Service of the others: a ServiceImport is made of what they export"
	}
	return "offer the Service to other clusters in the target's own way; of Cilium's input, --from cilium reads it"
}
