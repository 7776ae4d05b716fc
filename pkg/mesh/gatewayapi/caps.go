package gatewayapi

import (
	"maps"

	"github.com/transmesh/transmesh/pkg/legal"
)

// The pages that the answers rest on.
const (
	docRoute      = "https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule"
	docGRPC       = "https://gateway-api.sigs.k8s.io/reference/spec/#grpcrouterule"
	docTLS        = "https://gateway-api.sigs.k8s.io/reference/spec/#tlsroute"
	docTCP        = "https://gateway-api.sigs.k8s.io/reference/spec/#tcproute"
	docMatch      = "https://gateway-api.sigs.k8s.io/reference/spec/#httproutematch"
	docFilter     = "https://gateway-api.sigs.k8s.io/reference/spec/#httproutefilter"
	docMesh       = "https://gateway-api.sigs.k8s.io/geps/gep-1294/"
	docTimeout    = "https://gateway-api.sigs.k8s.io/geps/gep-1742/"
	docRetry      = "https://gateway-api.sigs.k8s.io/geps/gep-1731/"
	docBackend    = "https://gateway-api.sigs.k8s.io/reference/spec/#httpbackendref"
	docGateway    = "https://gateway-api.sigs.k8s.io/reference/spec/#gateway"
	docAPI        = "https://gateway-api.sigs.k8s.io/concepts/api-overview/"
	docLinkerd    = "https://linkerd.io/2-edge/reference/httproute/"
	docBudget     = "https://gateway-api.sigs.k8s.io/geps/gep-3388/"
	docBackendTLS = "https://gateway-api.sigs.k8s.io/geps/gep-1897/"
	docIstioTLS   = "https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/"
	docCilium     = "https://docs.cilium.io/en/stable/network/servicemesh/gateway-api/gamma/"
	docImport     = "https://gateway-api.sigs.k8s.io/geps/gep-1748/"
	docSession    = "https://gateway-api.sigs.k8s.io/geps/gep-1619/"
	noSession     = "sessions stay with their endpoint while it is there, which is no hash, and no implementation keeps them"
	noPolicy      = "the Gateway API has no policy for it"
	noAdmission   = "the Gateway API has no authorization"
)

// capsOf are the answers of the specification, with those of one implementation
// over them.
func capsOf(version string) legal.Caps {
	caps := maps.Clone(specCaps)
	if version != versionSpec {
		caps[legal.OpaqueConfig] = legal.Conditional("objects of the Gateway API but routes are kept as they are", docAPI, ownRoutes(dialectOf(version)))
	}
	maps.Copy(caps, deviations[version])
	return caps
}

// specCaps are the answers of the specification, for what all implementations
// that are written for do.
var specCaps = legal.Caps{
	legal.RouteHTTP:          legal.Supported(),
	legal.RouteGRPC:          legal.Conditional("a GRPCRoute has no timeouts, retries, redirects, rewrites and CORS; those are written as HTTPRoutes", docGRPC, asGRPC),
	legal.RouteTLS:           legal.Conditional("by the names of servers; on Services, Cilium ignores such routes", docTLS, l4Backends),
	legal.RouteTCP:           legal.Conditional("for all connections to a port; on Services, Cilium ignores such routes", docTCP, l4Backends),
	legal.RouteEntry:         legal.Supported(),
	legal.RouteClients:       legal.Conditional("a consumer route is for the clients of one other namespace, and Cilium ignores it", docMesh, consumes),
	legal.RoutePort:          legal.Supported(),
	legal.RouteExternal:      legal.Conditional("the Services of one name of all clusters, as a backend, where what runs the routes takes a ServiceImport for them", docImport, ImportedOutside),
	legal.RouteOrder:         legal.Conditional("rules are ranked by what they match, and implementations differ", docRoute, nil),
	legal.RouteSplit:         legal.Supported(),
	legal.RouteFailover:      legal.Unsupported("no backend stands in for another", docBackend),
	legal.RouteImported:      legal.Unsupported("no kind makes Services of those of other clusters", docMesh),
	legal.RouteSubset:        legal.Unsupported("a backend is a Service", docBackend),
	legal.RoutePassthrough:   legal.Conditional("a last rule names the Service and its port", docMesh, namesPort),
	legal.RouteRedirect:      legal.Conditional("a redirect replaces the whole path or a prefix of segments", docFilter, redirects),
	legal.RouteRespond:       legal.Conditional("a rule without backends answers 500, and unmatched requests get 404", docRoute, responds),
	legal.MatchPathExact:     legal.Supported(),
	legal.MatchPathPrefix:    legal.Conditional("written as a regular expression", docMatch, nil),
	legal.MatchPathSegments:  legal.Supported(),
	legal.MatchPathRegex:     legal.Supported(),
	legal.MatchPathFold:      legal.Conditional("written as a regular expression", docMatch, nil),
	legal.MatchMethod:        legal.Supported(),
	legal.MatchHeader:        legal.Supported(),
	legal.MatchHeaderPattern: legal.Conditional("written as a regular expression", docMatch, nil),
	legal.MatchNoHeader:      legal.Unsupported("no match of a route is a negation", docMatch),
	legal.MatchQuery:         legal.Supported(),
	legal.MatchHost:          legal.Unsupported("hostnames of routes on Services have no effect", docMesh),
	legal.MatchScheme:        legal.Unsupported("no match of a route tests the scheme", docMatch),
	legal.MatchToken:         legal.Unsupported("no match of a route tests tokens", docMatch),

	legal.StepHeadersRequest: legal.Supported(), legal.StepHeadersResponse: legal.Supported(),
	legal.StepHeadersBackend: legal.Supported(),
	legal.StepRewritePath:    legal.Conditional("a rewrite replaces the whole path or a prefix of segments; Linkerd ignores such routes", docFilter, rewrites),
	legal.StepRewriteRegex:   legal.Unsupported("a rewrite replaces the whole path or a prefix of segments", docFilter),
	legal.StepRewriteHost:    legal.Conditional("Linkerd ignores routes that rewrite the host", docFilter, nil),
	legal.StepRewriteBackend: legal.Conditional("by filters of a backend; Istio and Linkerd ignore such routes, and Cilium such filters", docFilter, rewrites),
	legal.StepMirror:         legal.Conditional("Linkerd ignores routes that mirror", docFilter, nil),
	legal.StepDelay:          legal.Unsupported("no filter injects delays", docFilter),
	legal.StepAbort:          legal.Unsupported("no filter injects errors", docFilter),
	legal.StepCORS:           legal.Conditional("an origin is exact or has a wildcard; Linkerd ignores such routes", docFilter, crosses),

	legal.TimeoutRequest:  legal.Conditional("HTTPRoutes have timeouts, GRPCRoutes have none", docTimeout, nil),
	legal.TimeoutBackend:  legal.Conditional("HTTPRoutes have timeouts, GRPCRoutes have none; Linkerd ignores that of one attempt", docTimeout, nil),
	legal.TimeoutStream:   legal.Unsupported("a route bounds requests and attempts only", docTimeout),
	legal.RetryAttempts:   legal.Conditional("retries are in the experimental channel, of HTTPRoutes only; Linkerd ignores them", docRetry, nil),
	legal.RetryConditions: legal.Conditional("retries are on status codes, and on connection errors always", docRetry, retries(specDialect.Retry)),
	legal.RetryPerTry:     legal.Conditional("written as timeouts.backendRequest; Linkerd ignores it", docTimeout, nil),
	legal.RetryBackoff:    legal.Supported(),
	legal.RetryHosts:      legal.Unsupported("retries do not choose hosts", docRetry),
	legal.RetryBudgets:    legal.Conditional("for a Service, by an experimental policy that only Istio reads", docBudget, budgets(BudgetsPerSecond)),
	legal.EntryListener:   legal.Conditional("a redirect to https is a route of its own, and TCP has no host names", docGateway, listens),
	legal.EntryShared:     legal.Supported(),
	legal.EntryTLS:        legal.Conditional("with certificates in Secrets; Cilium takes clients with any certificate or none", docGateway, secured(versionSpec)),

	legal.TransportStrict: no, legal.TransportPlain: no, legal.TransportPort: no, legal.TransportDial: no,
	legal.TransportOriginate: legal.Conditional("to Services, for all callers, by a name that the server has; Cilium dials so at Gateways only", docBackendTLS, originates(BackendTLSNamed)),
	legal.AccessAllow:        noAccess, legal.AccessDeny: noAccess, legal.AccessAsk: noAccess, legal.AccessAudit: noAccess,
	legal.AccessDryRun: noAccess, legal.AccessDefaultDeny: noAccess, legal.AccessWorkload: noAccess, legal.AccessPort: noAccess,
	legal.AccessNamespace: noAccess, legal.AccessAccount: noAccess, legal.AccessTrust: noAccess, legal.AccessAddress: noAccess,
	legal.AccessForwarded: noAccess, legal.AccessNotClient: noAccess, legal.AccessPath: noAccess, legal.AccessMethod: noAccess,
	legal.AccessHost: noAccess, legal.AccessHeader: noAccess, legal.AccessNotRequest: noAccess, legal.AccessToken: noAccess,
	legal.AccessConnection: noAccess, legal.AccessFound: noAccess, legal.AccessDialled: noAccess, legal.TokenRules: noAccess,
	legal.BalanceAlgorithm: no, legal.BalanceHash: legal.Unsupported(noSession, docSession), legal.BalanceWarmup: no, legal.BalanceLocality: no,
	legal.LimitConnections: no, legal.LimitRequests: no, legal.LimitTimeouts: no, legal.LimitKeepalive: no, legal.LimitProtocol: no,
	legal.Intake:        legal.Unsupported("no kind is about a workload's own proxy", docAPI),
	legal.OutlierErrors: no, legal.OutlierTiming: no, legal.OutlierShare: no, legal.OutlierRate: no,
	legal.UpstreamHost: no, legal.UpstreamSubset: no, legal.UpstreamPort: no, legal.UpstreamClient: no,
	legal.RateWorkload: noRate, legal.RateSecurity: noRate, legal.RateClient: noRate, legal.RateClients: noRate,
	legal.RateWindow: noRate, legal.RateDenied: noRate, legal.RateAnswer: noRate,
	legal.OpaqueConfig: legal.Conditional("objects of the Gateway API are kept as they are", docAPI, ownOpaque),

	legal.ExternalHosts:     legal.Unsupported("no kind is about hosts outside of the cluster", docMesh),
	legal.ExternalEndpoints: legal.Unsupported("endpoints outside are those of a Service without a selector", docMesh),
	legal.Visibility:        legal.Unsupported("no kind is about which Services clients are told of", docMesh),
	legal.Machine:           legal.Unsupported("no kind is about workloads", docMesh),
	legal.MachineGroup:      legal.Unsupported("no kind is about workloads", docMesh),
	legal.MachineGuard:      legal.Unsupported("no kind is about workloads", docMesh),
	legal.ExportAll:         legal.Unsupported("no kind is about other clusters", docMesh),
	legal.ExportSome:        legal.Unsupported("no kind is about other clusters", docMesh),
	legal.MachineBare:       legal.Unsupported("no kind is about workloads", docMesh),
	legal.MachinePlace:      legal.Unsupported("no kind is about workloads", docMesh),
	legal.EgressDefault:     legal.Unsupported("no kind is about what leaves the cluster", docMesh),

	legal.Logs: noLog, legal.LogWorkloads: noLog, legal.LogSide: noLog, legal.LogSeveral: noLog, legal.LogTo: noLog,
	legal.LogJSON: noLog, legal.LogFormat: noLog, legal.LogFilter: noLog, legal.LogCover: noLog,
}

var (
	no       = legal.Unsupported(noPolicy, docAPI)
	noAccess = legal.Unsupported(noAdmission, docAPI)
	noLog    = legal.Unsupported("no kind is about what proxies record", docAPI)
	noRate   = legal.Unsupported("the Gateway API has no policy that limits the rate of requests", docAPI)
)

// deviations are the answers of one implementation that differ.
var deviations = map[string]legal.Caps{
	versionIstio: {
		legal.RouteExternal:      noneOutside(servicesOfIstio, docImport),
		legal.EgressDefault:      legal.Conditional("as MeshConfig says it of all clients", docMesh, meshConfigured),
		legal.RetryBudgets:       legal.Conditional("for a Service, with retries that are always allowed as those under way", docBudget, budgets(BudgetsActive)),
		legal.TransportOriginate: legal.Conditional("to Services, for all callers", docBackendTLS, originates(BackendTLSListed)),
		legal.EntryTLS:           legal.Conditional("with certificates in Secrets, and one bundle of authorities for clients", docIstioTLS, secured(versionIstio)),
		legal.RouteTLS:           legal.Conditional("by the names of servers", docTLS, l4Backends),
		legal.RouteTCP:           legal.Conditional("for all connections to a port", docTCP, l4Backends),
		legal.RouteClients:       legal.Conditional("a consumer route is for the clients of one other namespace, and one for connections is for all clients", docMesh, sharedByAll),
		legal.RouteOrder:         legal.Conditional("rules are ranked by what they match", docRoute, nil),
		legal.StepRewritePath:    legal.Conditional("a rewrite replaces the whole path or a prefix of segments", docFilter, rewrites),
		legal.StepRewriteHost:    legal.Supported(), legal.StepMirror: legal.Supported(),
		legal.StepRewriteBackend: legal.Conditional("a backend gets another host, by the header Host", docFilter, onlyHost),
		legal.StepHeadersRequest: legal.Conditional("but the header Host, which is the authority", docFilter, NotAuthority),
		legal.StepCORS:           legal.Conditional("an origin is exact or has a wildcard", docFilter, crosses),
		legal.RetryAttempts:      legal.Conditional("retries are in the experimental channel, of HTTPRoutes only; none cannot be said", docRetry, someRetries),
		legal.RetryConditions:    legal.Conditional("retries are on status codes, and on some failures always", docRetry, retries(istioDialect.Retry)),
		legal.TimeoutBackend:     legal.Conditional("HTTPRoutes have timeouts, GRPCRoutes have none", docTimeout, nil),
	},
	versionCilium: {
		legal.RouteExternal:      legal.Conditional("the Services of one name of all clusters, as a backend at Gateways", docImport, ImportedOutside),
		legal.RetryBudgets:       legal.Unsupported("Cilium reads no policies for retries", docCilium),
		legal.TransportOriginate: legal.Unsupported("only Gateways dial so, and look at no names", docCilium),
		legal.EntryTLS:           legal.Conditional("with certificates in Secrets, and none of clients", docCilium, secured(versionCilium)),
		legal.RouteTLS:           legal.Conditional("by the names of servers, at Gateways", docCilium, atGateways),
		legal.RouteTCP:           legal.Conditional("for all connections to a port, at Gateways", docCilium, atGateways),
		legal.RouteClients:       legal.Unsupported("Cilium ignores consumer routes", docCilium),
		legal.RouteOrder:         legal.Conditional("rules are ranked by what they match", docRoute, nil),
		legal.StepRewritePath:    legal.Conditional("a rewrite replaces the whole path or a prefix of segments", docFilter, rewrites),
		legal.StepRewriteHost:    legal.Supported(), legal.StepMirror: legal.Supported(),
		legal.StepHeadersRequest: legal.Conditional("but the header Host, which Envoy does not change", docCilium, NotAuthority),
		legal.StepRewriteBackend: legal.Unsupported("Cilium ignores filters of a backend but those that change headers", docCilium),
		legal.StepCORS:           legal.Conditional("an origin is exact or has a wildcard", docFilter, crosses),
		legal.RetryAttempts:      legal.Conditional("retries are in the experimental channel, of HTTPRoutes only", docRetry, nil),
		legal.TimeoutBackend:     legal.Conditional("HTTPRoutes have timeouts, GRPCRoutes have none", docTimeout, nil),
	},
	versionLinkerd: {
		legal.RouteExternal:       noneOutside(importsOfLinkerd, docLinkerd),
		legal.RetryBudgets:        legal.Unsupported("only ServiceProfiles have retry budgets", docLinkerd),
		legal.TransportOriginate:  legal.Unsupported("Linkerd does not read BackendTLSPolicies", docLinkerd),
		legal.RouteTLS:            legal.Conditional("by the names of servers, with version v1alpha2 of TLSRoute", docLinkerd, l4Backends),
		legal.RouteTCP:            legal.Conditional("for all connections to a port, with version v1alpha2 of TCPRoute", docLinkerd, l4Backends),
		legal.RouteClients:        legal.Unsupported("Linkerd adds consumer routes to the producer's", docLinkerd),
		legal.RouteOrder:          legal.Conditional("rules are ranked by what they match", docRoute, nil),
		legal.RouteEntry:          legal.Unsupported("Linkerd runs no Gateways", docLinkerd),
		legal.EntryListener:       legal.Unsupported("Linkerd runs no Gateways", docLinkerd),
		legal.EntryShared:         legal.Unsupported("Linkerd runs no Gateways", docLinkerd),
		legal.EntryTLS:            legal.Unsupported("Linkerd runs no Gateways", docLinkerd),
		legal.RoutePassthrough:    legal.Supported(),
		legal.RouteRespond:        legal.Unsupported("a rule without backends reaches the Service", docLinkerd),
		legal.RouteImported:       legal.Conditional("Services that a Link makes, with a suffix", docLinkerd, importedService),
		legal.MatchHost:           legal.Supported(),
		legal.StepHeadersResponse: legal.Conditional("of HTTPRoutes only", docLinkerd, nil),
		legal.StepRewritePath:     legal.Unsupported("Linkerd ignores routes that rewrite", docLinkerd),
		legal.StepRewriteHost:     legal.Unsupported("Linkerd ignores routes that rewrite", docLinkerd),
		legal.StepRewriteBackend:  legal.Unsupported("Linkerd ignores routes that rewrite", docLinkerd),
		legal.StepMirror:          legal.Unsupported("Linkerd ignores routes that mirror", docLinkerd),
		legal.StepCORS:            legal.Unsupported("Linkerd ignores routes with CORS", docLinkerd),
		legal.TimeoutBackend:      legal.Unsupported("Linkerd ignores timeouts.backendRequest", docLinkerd),
		legal.RetryAttempts:       legal.Unsupported("Linkerd retries by annotations only: translate to linkerd", docLinkerd),
		legal.RetryConditions:     legal.Unsupported("Linkerd retries by annotations only: translate to linkerd", docLinkerd),
		legal.RetryPerTry:         legal.Unsupported("Linkerd retries by annotations only: translate to linkerd", docLinkerd),
		legal.RetryBackoff:        legal.Unsupported("Linkerd retries by annotations only: translate to linkerd", docLinkerd),
	},
}
