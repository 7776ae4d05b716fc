package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// Name is the mesh's name.
const Name = "gatewayapi"

// The versions: the specification, and the implementations by name.
const (
	versionSpec    = "1.6"
	versionIstio   = "istio"
	versionLinkerd = "linkerd"
	versionCilium  = "cilium"
)

var versions = []string{versionSpec, versionIstio, versionLinkerd, versionCilium}

// envoyOrder is how Envoy executes a header filter: it removes first, and adds last.
// source/common/router/header_parser.cc HeaderParser::evaluateHeaders
var envoyOrder = [3]intent.HeaderOp{intent.RemoveHeader, intent.SetHeader, intent.AddHeader}

// dialectOf is the dialect of a version; an unknown one is the specification.
func dialectOf(version string) Dialect {
	switch version {
	case versionIstio:
		return istioDialect
	case versionLinkerd:
		return linkerdDialect
	case versionCilium:
		return ciliumDialect
	}
	return specDialect
}

var specDialect = Dialect{
	Mesh: Name, Prefers: PrefersSpec, PrefersGRPC: PrefersSpecGRPC, Disagree: disagree,
	Shares: SharesOpen,
	Retry:  connectionErrors,
}

// connectionErrors are what implementations should retry on besides codes:
// disconnect, reset and TCP failure (GEP-1731).
var connectionErrors = RetryForm{Attempts: 1, On: []intent.RetryOn{intent.OnConnectFailure, intent.OnRefusedStream, intent.OnReset}}

// unread are the parts of the experimental channel that neither Istio nor Linkerd nor
// Cilium reads.
var unread = []string{"sessionPersistence", "useDefaultGateways", "defaultScope", "XBackend", "XListenerSet", "XMesh"}

// istioDialect is what Istio makes of routes.
// istio pilot/pkg/config/kube/gateway/conversion.go
var istioDialect = Dialect{
	Mesh: Name, Prefers: PrefersIstio, PrefersGRPC: PrefersIstioGRPC, HeaderOrder: envoyOrder, Shares: SharesEnvoyWeighted,
	Retry:  RetryForm{Attempts: 2, On: []intent.RetryOn{intent.OnConnectFailure, "grpc:cancelled", "grpc:unavailable", intent.OnRefusedStream}},
	Filter: istioFilter, Ignores: append([]string{"UDPRoute"}, unread...), KindsByPort: true, EndedAlike: true,
	Connections: Connections{Ignores: IgnoredByIstio, GoesOn: true, Shared: true, OwnNames: true},
	HostHeader:  true, AskedPort: true, Imports: ImportsServices, ListenerOptions: istioOptions, BackendTLS: BackendTLSListed, Budgets: BudgetsActive,
}

func istioFilter(_, filter string, at FilterPlace) FilterFate {
	onBackend := []string{"RequestHeaderModifier", "ResponseHeaderModifier"}
	switch {
	case filter == "ExternalAuth" || filter == "ExtensionRef":
		return FilterKillsRoute
	case at == OnBackend && !slices.Contains(onBackend, filter):
		return FilterKillsRoute
	}
	return FilterWorks
}

// ciliumDialect is what Cilium makes of routes.
// cilium operator/pkg/gateway-api and operator/pkg/model
var ciliumDialect = Dialect{
	Mesh: Name, Prefers: PrefersCilium, PrefersGRPC: PrefersCilium, HeaderOrder: envoyOrder, Shares: SharesEnvoy,
	Consumers: ConsumersIgnored, PassedOnly: true, ZeroWeights: ZeroBreaks,
	Retry:  connectionErrors,
	Filter: ciliumFilter, LastFilter: true,
	Ignores: unread, Imports: ImportsAtGateways,

	NoClientCertificates: "Cilium does not look at the certificates of clients", BackendTLS: BackendTLSGateways,
	Budgets: BudgetsNone,
}

// ciliumFilter is what Cilium makes of filters: it passes over those that it does not
// know, although the specification wants such requests to fail, and over all of a
// backend but those that change headers of HTTP.
// cilium operator/pkg/model/ingestion/gateway.go extractRoutes, extractGRPCRoutes
func ciliumFilter(kind, filter string, at FilterPlace) FilterFate {
	headers := filter == "RequestHeaderModifier" || filter == "ResponseHeaderModifier"
	if filter == "ExtensionRef" || at == OnBackend && (!headers || kind == "GRPCRoute") {
		return FilterIgnored
	}
	return FilterWorks
}

// linkerdDialect is what Linkerd makes of the fields of routes; its annotations
// are the business of the mesh "linkerd".
// linkerd2 policy-controller/k8s/index/src/outbound
var linkerdDialect = Dialect{
	Mesh: Name, Prefers: PrefersLinkerd, PrefersGRPC: PrefersLinkerdGRPC,
	Consumers: ConsumersMerge, MeshHostnames: true, NoBackends: NoBackendsParent, ZeroWeights: ZeroBreaks,
	HeaderOrder: LinkerdHeaderOrder, Filter: LinkerdFilter, Ignores: append([]string{"UDPRoute"}, LinkerdIgnores...),
	L4Version: LinkerdL4Version, BackendTLS: BackendTLSNone, Budgets: BudgetsNone, Imports: ImportsNone,
}

// LinkerdL4Version is the version of TLSRoutes and TCPRoutes that Linkerd watches.
// linkerd2 policy-controller/k8s/api/src/lib.rs
const LinkerdL4Version = "v1alpha2"

// LinkerdHeaderOrder is how Linkerd's proxy executes a header filter.
// linkerd2-proxy linkerd/http/route/src/http/filter/modify_header.rs
var LinkerdHeaderOrder = [3]intent.HeaderOp{intent.AddHeader, intent.SetHeader, intent.RemoveHeader}

// LinkerdIgnores are the fields of rules that Linkerd does not read.
var LinkerdIgnores = append([]string{"retry", "timeouts.backendRequest"}, unread...)

// LinkerdFilter is what Linkerd makes of filters of outbound routes: one that
// it does not know makes the route inert, or its backend fail.
// linkerd2 policy-controller/k8s/index/src/outbound/index/http.rs
func LinkerdFilter(kind, filter string, at FilterPlace) FilterFate {
	switch filter {
	case "RequestHeaderModifier", "RequestRedirect":
		return FilterWorks
	case "ResponseHeaderModifier":
		if kind == "GRPCRoute" {
			return FilterIgnored
		}
		return FilterWorks
	}
	if at == OnBackend {
		return FilterFailsBackend
	}
	return FilterKillsRoute
}
