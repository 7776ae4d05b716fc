package cilium

import (
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// The pages that the answers rest on.
const (
	docLanguage   = "https://docs.cilium.io/en/stable/security/policy/language/"
	docLayer3     = "https://docs.cilium.io/en/stable/security/policy/layer3/"
	docLayer4     = "https://docs.cilium.io/en/stable/security/policy/layer4/"
	docLayer7     = "https://docs.cilium.io/en/stable/security/policy/layer7/"
	docDeny       = "https://docs.cilium.io/en/stable/security/policy/deny/"
	docEncryption = "https://docs.cilium.io/en/stable/security/network/encryption/"
	docGAMMA      = "https://docs.cilium.io/en/stable/network/servicemesh/gateway-api/gamma/"
	docGateway    = "https://docs.cilium.io/en/stable/network/servicemesh/gateway-api/gateway-api/"
	docEnvoy      = "https://docs.cilium.io/en/stable/network/servicemesh/l7-traffic-management/"
	docRoute      = "https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto"
	docCluster    = "https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto"
	docClusters   = "https://docs.cilium.io/en/stable/network/clustermesh/mcsapi/"
	docFault      = "https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/fault_filter"
	docRate       = "https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/local_rate_limit_filter"
	docRouter     = "https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter"
	docDNS        = "https://docs.cilium.io/en/stable/security/policy/language/#dns-based"
)

// What is said in several answers.
const (
	noTLS     = "encryption is of the whole cluster, by cilium.encryption, and never mutual TLS between workloads"
	bypassed  = "the proxy of a Service is passed by whoever calls its pods by their addresses"
	noAlike   = "policies enforce what they say, and have no mode that only records"
	byRequest = "an entry of rules.http lists what requests have; what they must not have is taken off what is let in, where expressions can say the rest"
)

var yes = legal.Supported()

// caps are Cilium's answers. Routes are those of the Gateway API on a Service
// where they suffice, and an Envoy listener for the Service otherwise.
var caps = legal.Caps{
	legal.RouteHTTP:          yes,
	legal.RouteGRPC:          legal.Conditional("written as GRPCRoute where that says all, and otherwise as the HTTP that it is", docGAMMA, nil),
	legal.RouteTLS:           legal.Conditional("by the names of servers, at Gateways: a TLSRoute is not for Services", docGateway, gatewaySays(legal.RouteTLS)),
	legal.RouteTCP:           legal.Conditional("for all connections to a port, at Gateways: routes on Services are for HTTP and gRPC", docGateway, gatewaySays(legal.RouteTCP)),
	legal.RouteEntry:         legal.Conditional("by routes on Gateways, with what these can say", docGateway, onGateway),
	legal.RouteClients:       legal.Unsupported("routes on a Service are for all its clients, and consumer routes are ignored", docGAMMA),
	legal.RoutePort:          yes,
	legal.RouteExternal:      legal.Conditional("the Services of one name of all clusters, as a backend at Gateways", docClusters, gatewayapi.ImportedOutside),
	legal.RouteOrder:         yes,
	legal.RouteSplit:         yes,
	legal.RouteFailover:      legal.Unsupported("no cluster stands in for another", docEnvoy),
	legal.RouteImported:      legal.Unsupported("Services of all clusters have one name, which is their own, or that of a ServiceImport", docClusters),
	legal.RouteSubset:        legal.Unsupported("endpoints are those of a Service", docEnvoy),
	legal.RoutePassthrough:   yes,
	legal.RouteRedirect:      legal.Conditional("to another scheme with its port, or one that is named", docRoute, toPort),
	legal.RouteRespond:       legal.Conditional("with a status from 200 to 599", docRoute, answers),
	legal.MatchPathExact:     yes,
	legal.MatchPathPrefix:    yes,
	legal.MatchPathSegments:  yes,
	legal.MatchPathRegex:     yes,
	legal.MatchPathFold:      legal.Conditional("regular expressions say it themselves", docRoute, nil),
	legal.MatchMethod:        yes,
	legal.MatchHeader:        yes,
	legal.MatchHeaderPattern: yes,
	legal.MatchNoHeader:      legal.Conditional("not the negation of an expression that an empty value matches", docRoute, nil),
	legal.MatchQuery:         yes,
	legal.MatchHost:          legal.Conditional("written as a regular expression for the authority, which may have a port", docRoute, nil),
	legal.MatchScheme:        yes,
	legal.MatchToken:         legal.Unsupported("no token is validated before a request is routed", docEnvoy),

	legal.StepHeadersRequest: legal.Conditional("but the header Host, which Envoy does not change", docRoute, gatewayapi.NotAuthority), legal.StepHeadersResponse: yes, legal.StepHeadersBackend: yes,
	legal.StepRewritePath: yes, legal.StepRewriteRegex: yes, legal.StepRewriteHost: yes,
	legal.StepRewriteBackend: legal.Unsupported("a route rewrites for all its backends alike", docRoute),
	legal.StepMirror:         yes,
	legal.StepDelay:          legal.Conditional("by the fault filter of Envoy", docFault, nil),
	legal.StepAbort:          legal.Conditional("by the fault filter of Envoy", docFault, aborts),
	legal.StepCORS:           legal.Conditional("by the CORS filter of Envoy", docRoute, nil),

	legal.TimeoutRequest:  yes,
	legal.TimeoutBackend:  legal.Conditional("as perTryTimeout where requests are tried again, and otherwise as the timeout", docRoute, nil),
	legal.TimeoutStream:   legal.Conditional("the silence of a stream is bounded, the response by itself is not", docRoute, idles),
	legal.RetryAttempts:   yes,
	legal.RetryConditions: legal.Conditional("where Envoy has a word for them", docRouter, retried),
	legal.RetryPerTry:     yes,
	legal.RetryBackoff:    yes,
	legal.RetryHosts:      legal.Conditional("other endpoints are preferred; localities are not known", docRoute, otherHosts),
	legal.RetryBudgets:    legal.Conditional("for a Service, as a share of active requests", docCluster, budgeted),

	legal.EntryListener: legal.Conditional("a redirect to https is a route of its own, and TCP has no host names", docGateway, gatewaySays(legal.EntryListener)),
	legal.EntryShared:   yes,
	legal.EntryTLS:      legal.Conditional("with certificates in Secrets, and none of clients", docGateway, gatewaySays(legal.EntryTLS)),

	legal.TransportStrict:    legal.Unsupported(noTLS, docEncryption),
	legal.TransportPlain:     legal.Unsupported(noTLS, docEncryption),
	legal.TransportPort:      legal.Conditional("said by whom policies let in, and by nothing that encrypts", docEncryption, nil),
	legal.TransportDial:      legal.Unsupported(noTLS, docEncryption),
	legal.TransportOriginate: legal.Unsupported("the proxy of a Service dials its endpoints in the cluster", docEnvoy),

	legal.AccessAllow:       yes,
	legal.AccessDeny:        legal.Conditional("by peer and port; what else is kept out is taken off what is let in", docDeny, nil),
	legal.AccessAsk:         legal.Unsupported(bypassed, docEnvoy),
	legal.AccessAudit:       legal.Unsupported(noAlike, docLanguage),
	legal.AccessDryRun:      legal.Unsupported(noAlike, docLanguage),
	legal.AccessDefaultDeny: yes,
	legal.AccessWorkload:    legal.Conditional("by labels, namespace and service account", docLanguage, nil),
	legal.AccessPort:        yes,
	legal.AccessNamespace:   legal.Conditional("by name, as the network knows the endpoint", docLayer3, nil),
	legal.AccessAccount:     legal.Conditional("with its namespace, by name, as the network knows the endpoint", docLayer3, nil),
	legal.AccessTrust:       legal.Conditional("the own one, which is that of the own cluster's endpoints", docLayer3, nil),
	legal.AccessAddress:     legal.Conditional("of clients outside the cluster only", docLayer3, nil),
	legal.AccessForwarded:   legal.Unsupported("a policy knows the peer's address only", docLayer3),
	legal.AccessNotClient:   legal.Conditional("labels can be left out among endpoints, and blocks among addresses outside the cluster", docLayer3, nil),
	legal.AccessPath:        legal.Conditional("written as a regular expression for the path with its query", docLayer7, nil),
	legal.AccessMethod:      yes,
	legal.AccessHost:        legal.Conditional("written as a regular expression for the authority, which may have a port", docLayer7, nil),
	legal.AccessHeader:      legal.Conditional("a header is there, or has one value", docLayer7, nil),
	legal.AccessNotRequest:  legal.Conditional(byRequest, docLayer7, nil),
	legal.AccessToken:       legal.Unsupported("no policy looks at tokens", docLayer7),
	legal.AccessDialled:     legal.Conditional("by peer and port, and by what rules list of requests", docLanguage, dialledBy),
	legal.AccessConnection:  legal.Conditional("by the destination's address where clients dial, and not by SNI", docLayer4, nil),
	legal.AccessFound:       legal.Unsupported("a policy looks at no filter's findings", docLayer7),
	legal.TokenRules:        legal.Unsupported(bypassed, docEnvoy),

	legal.BalanceAlgorithm: legal.Conditional("by the algorithms of Envoy", docCluster, balanced),
	legal.BalanceHash:      yes,
	legal.BalanceWarmup:    legal.Conditional("with round robin and least request", docCluster, warmed),
	legal.BalanceLocality:  legal.Unsupported("the endpoints that Cilium tells Envoy of have no locality", docEnvoy),
	legal.LimitConnections: legal.Conditional("for each node's proxy", docCluster, nil),
	legal.LimitRequests:    legal.Conditional("for each node's proxy", docCluster, nil),
	legal.LimitTimeouts:    legal.Conditional("to connect takes some time", docCluster, connects),
	legal.LimitKeepalive:   yes,
	legal.LimitProtocol:    legal.Conditional("HTTP/2 always or as the client speaks, without pings", docCluster, speaks),
	legal.Intake:           legal.Unsupported("a CiliumEnvoyConfig limits what the proxy of each node sends to a Service, and no kind what reaches a workload", docCluster),
	legal.OutlierErrors:    yes,
	legal.OutlierTiming:    legal.Conditional("for some time each, without jitter", docCluster, ejectsForLong),
	legal.OutlierShare:     legal.Conditional("the share that may be out, and the health below which all are used", docCluster, nil),
	legal.OutlierRate:      legal.Unsupported("Envoy ejects by what other endpoints do, and not by a share of successes", docCluster),
	legal.UpstreamSubset:   legal.Conditional("by the Service that stands for the subset", docEnvoy, nil),
	legal.UpstreamHost:     legal.Unsupported("Envoy is given the endpoints of Services only", docCluster),
	legal.UpstreamPort:     yes,
	legal.UpstreamClient:   legal.Unsupported("the proxy of a Service serves all its clients alike", docEnvoy),
	legal.RateWorkload:     noRate, legal.RateSecurity: noRate, legal.RateClient: noRate, legal.RateClients: noRate,
	legal.RateWindow: noRate, legal.RateDenied: noRate, legal.RateAnswer: noRate,
	legal.OpaqueConfig: legal.Conditional("Cilium's own objects are kept as they are", docLanguage, ownOpaque),

	legal.ExternalHosts:     legal.Conditional("as what clients may dial, where they may dial nothing else outside", docDNS, hostsOut),
	legal.ExternalEndpoints: legal.Unsupported("endpoints outside are those of a Service without a selector", docDNS),
	legal.Visibility:        legal.Unsupported("the proxy of each node is told of all Services", docLanguage),
	legal.Machine:           legal.Unsupported("Cilium has no agent on machines any more: CiliumExternalWorkload was removed", "https://docs.cilium.io/en/stable/operations/upgrade/"),
	legal.MachineGroup:      legal.Unsupported("Cilium has no agent on machines any more: CiliumExternalWorkload was removed", "https://docs.cilium.io/en/stable/operations/upgrade/"),
	legal.MachineGuard:      legal.Unsupported("Cilium has no agent on machines any more: CiliumExternalWorkload was removed", "https://docs.cilium.io/en/stable/operations/upgrade/"),
	legal.ExportAll:         legal.Conditional("by a ServiceExport of the Multi-Cluster Services API for each; Services that are global are so by an annotation of their own", docClusters, exportable),
	legal.ExportSome:        legal.Unsupported("all clusters of a ClusterMesh are told of what is offered", docClusters),
	legal.MachineBare:       legal.Unsupported("Cilium has no agent on machines any more: CiliumExternalWorkload was removed", "https://docs.cilium.io/en/stable/operations/upgrade/"),
	legal.MachinePlace:      legal.Unsupported("Cilium has no agent on machines any more: CiliumExternalWorkload was removed", "https://docs.cilium.io/en/stable/operations/upgrade/"),
	legal.EgressDefault:     legal.Conditional("as what clients may dial, of those that labels select", docDNS, clientsOut),

	legal.Logs: noLog, legal.LogWorkloads: noLog, legal.LogSide: noLog, legal.LogSeveral: noLog, legal.LogTo: noLog,
	legal.LogJSON: noLog, legal.LogFormat: noLog, legal.LogFilter: noLog, legal.LogCover: noLog,
}

// noLog is why nothing is recorded.
var noLog = legal.Unsupported("Hubble tells of flows for the whole installation, and no manifest says of which workloads, or where that goes", "https://docs.cilium.io/en/stable/observability/hubble/")

// noRate is why no rate is limited: a policy says who may send, and not how much. A
// filter of a CiliumEnvoyConfig keeps a bucket of its own for each node, for what is
// sent to the Service's address from there, and not one for each workload.
var noRate = legal.Unsupported("a filter of Envoy counts what one node sends to a Service's address, and not what a workload takes", docRate)
