package istio

import (
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// The pages that the answers rest on.
const (
	docVirtualService = "https://istio.io/latest/docs/reference/config/networking/virtual-service/"
	docRule           = "https://istio.io/latest/docs/reference/config/networking/destination-rule/"
	docGateway        = "https://istio.io/latest/docs/reference/config/networking/gateway/"
	docPolicy         = "https://istio.io/latest/docs/reference/config/security/authorization-policy/"
	docConditions     = "https://istio.io/latest/docs/reference/config/security/conditions/"
	docPeer           = "https://istio.io/latest/docs/reference/config/security/peer_authentication/"
	docRate           = "https://istio.io/latest/docs/tasks/policy-enforcement/rate-limit/"
	docTokens         = "https://istio.io/latest/docs/reference/config/security/request_authentication/"
	docEntry          = "https://istio.io/latest/docs/reference/config/networking/service-entry/"
	docTelemetry      = "https://istio.io/latest/docs/reference/config/telemetry/"
	docClusters       = "https://istio.io/latest/docs/setup/install/multicluster/"
	docMachine        = "https://istio.io/latest/docs/reference/config/networking/workload-entry/"
	docSidecar        = "https://istio.io/latest/docs/reference/config/networking/sidecar/"
)

var yes = legal.Supported()

// caps are Istio's answers.
var caps = legal.Caps{
	legal.RouteHTTP:    yes,
	legal.RouteTLS:     legal.Conditional("a rule for connections names a destination", docVirtualService, goesSomewhere),
	legal.RouteTCP:     legal.Conditional("a rule for connections names a destination", docVirtualService, goesSomewhere),
	legal.RouteGRPC:    legal.Conditional("written as HTTP routes", docVirtualService, asHTTP),
	legal.RouteEntry:   yes,
	legal.RouteClients: legal.Conditional("by namespace, to which the VirtualService is exported, and by labels", docVirtualService, forCallers),
	legal.RoutePort:    yes, legal.RouteExternal: yes, legal.RouteOrder: yes, legal.RouteSplit: yes,
	legal.RouteFailover:    legal.Unsupported("a destination fails over by locality only", docRule),
	legal.RouteImported:    legal.Unsupported("a Service of all clusters that are joined has one name, which is its own", docClusters),
	legal.RouteSubset:      legal.Conditional("a subset has a name and is chosen by labels", docRule, labelled),
	legal.RoutePassthrough: yes, legal.RouteRedirect: yes,
	legal.RouteRespond:   legal.Conditional("with a status from 200 to 599", docVirtualService, answers),
	legal.MatchPathExact: yes, legal.MatchPathPrefix: yes,
	legal.MatchPathSegments: legal.Conditional("written as the path itself and what is below it", docVirtualService, nil),
	legal.MatchPathRegex:    yes, legal.MatchPathFold: yes, legal.MatchMethod: yes, legal.MatchHeader: yes, legal.MatchHeaderPattern: yes,
	legal.MatchNoHeader: yes, legal.MatchQuery: yes,
	legal.MatchHost:   legal.Conditional("written as a regular expression for the authority, which may have a port", docVirtualService, nil),
	legal.MatchScheme: yes,
	legal.MatchToken:  legal.Conditional("at gateways, by claims of tokens that are validated there", docVirtualService, nil),

	legal.StepHeadersRequest: legal.Conditional("but the header Host, which is the authority", docVirtualService, gatewayapi.NotAuthority), legal.StepHeadersResponse: yes, legal.StepHeadersBackend: yes, legal.StepRewritePath: yes,
	legal.StepRewriteRegex: yes, legal.StepRewriteHost: yes, legal.StepMirror: yes, legal.StepCORS: yes,
	legal.StepDelay: legal.Conditional("of requests that a rule sends on", docVirtualService, nil),
	legal.StepAbort: legal.Conditional("of requests that a rule sends on", docVirtualService, nil),

	legal.StepRewriteBackend: legal.Conditional("a destination gets another authority, by its headers, and no other path", docVirtualService, onlyHost),

	legal.TimeoutRequest:  yes,
	legal.TimeoutBackend:  legal.Conditional("written as retries.perTryTimeout, or as the timeout where nothing is retried", docVirtualService, ofRetries),
	legal.TimeoutStream:   legal.Unsupported("a route bounds requests and attempts only", docVirtualService),
	legal.RetryAttempts:   yes,
	legal.RetryConditions: legal.Conditional("where Envoy has a word for them", docVirtualService, retried),
	legal.RetryPerTry:     yes, legal.RetryBackoff: yes, legal.RetryHosts: yes,
	legal.RetryBudgets: legal.Conditional("for a host, as a share of active requests", docRule, budgeted),

	legal.EntryListener: legal.Conditional("routes come from all namespaces, from the gateway's own, or from one", docGateway, listened),
	legal.EntryShared:   legal.Conditional("written as a gateway of its own on the same pods", docGateway, ownEntry),
	legal.EntryTLS:      legal.Conditional("with certificates in Secrets beside the gateway's pods or in files there, and one bundle of authorities for clients", docGateway, certified),

	legal.TransportStrict:    legal.Conditional("for the mesh, a namespace, or its workloads by labels", docPeer, acceptedBy),
	legal.TransportPlain:     legal.Conditional("for the mesh, a namespace, or its workloads by labels", docPeer, acceptedBy),
	legal.TransportPort:      legal.Conditional("for workloads of a namespace by labels", docPeer, acceptedBy),
	legal.TransportDial:      legal.Conditional("for the callers of namespaces, or of one with labels", docRule, dialledBy),
	legal.TransportOriginate: legal.Conditional("for the callers of namespaces, or of one with labels", docRule, dialledBy),

	legal.AccessAllow: yes, legal.AccessDeny: yes,
	legal.AccessAsk:   legal.Conditional("by a provider of the mesh's configuration, without testing who calls", docPolicy, nil),
	legal.AccessAudit: yes, legal.AccessDryRun: yes, legal.AccessDefaultDeny: yes,
	legal.AccessWorkload: legal.Conditional("by labels that the workloads have", docPolicy, nil),
	legal.AccessPort:     yes, legal.AccessNamespace: yes,
	legal.AccessAccount:    legal.Conditional("with its namespace", docPolicy, nil),
	legal.AccessTrust:      yes,
	legal.AccessAddress:    yes,
	legal.AccessForwarded:  yes,
	legal.AccessNotClient:  yes,
	legal.AccessPath:       legal.Conditional("exactly, by prefix, by suffix or by template", docPolicy, nil),
	legal.AccessMethod:     yes,
	legal.AccessHost:       legal.Conditional("as clients send it, with its port", docPolicy, nil),
	legal.AccessHeader:     legal.Conditional("exactly, by prefix, by suffix or by presence", docConditions, nil),
	legal.AccessNotRequest: yes, legal.AccessToken: yes, legal.AccessConnection: yes, legal.AccessFound: yes,
	legal.AccessDialled: legal.Unsupported("policies are enforced where requests arrive; what clients may not dial is denied there", docPolicy),
	legal.TokenRules:    legal.Conditional("for the mesh, a namespace, or workloads by labels", docTokens, validatedBy),

	legal.BalanceAlgorithm: legal.Conditional("by the algorithms of Envoy", docRule, balanced),
	legal.BalanceHash:      yes, legal.BalanceWarmup: yes, legal.BalanceLocality: yes,
	legal.LimitConnections: yes, legal.LimitRequests: yes, legal.LimitTimeouts: yes, legal.LimitKeepalive: yes, legal.LimitProtocol: yes,
	legal.OutlierErrors: yes,
	legal.OutlierTiming: legal.Conditional("without a longest ejection and without jitter", docRule, ejected),
	legal.OutlierShare:  yes,
	legal.OutlierRate:   legal.Unsupported("endpoints are ejected after errors in a row", docRule),
	legal.UpstreamHost:  yes, legal.UpstreamSubset: yes, legal.UpstreamPort: yes,
	legal.UpstreamClient: legal.Conditional("for the callers of namespaces, or of one with labels", docRule, called),
	legal.Intake:         legal.Conditional("a DestinationRule limits the proxies of a Service itself like those of its callers; no Sidecar is written that would tell them apart", docRule, nil),
	legal.RateWorkload:   legal.Conditional("where what is let in comes by mutual TLS, or none of it does, on HTTP ports of Services", docRate, apartBySecurity),
	legal.RateSecurity:   yes,
	legal.RateClient:     legal.Unsupported("Envoy's local limits do not know identities", docRate),
	legal.RateClients:    legal.Unsupported("Envoy's local limits do not know identities", docRate),
	legal.RateWindow:     legal.Conditional("a bucket is refilled in 50 ms or more", docRate, refilled),
	legal.RateDenied:     yes,
	legal.RateAnswer:     legal.Conditional("a header's value is no format", docRate, answered),
	legal.OpaqueConfig:   legal.Conditional("Istio's own objects are kept as they are", docPolicy, ownOpaque),

	legal.ExternalHosts:     legal.Conditional("for all callers of namespaces", docEntry, knownByNamespace),
	legal.ExternalEndpoints: yes,
	legal.Visibility:        yes,
	legal.EgressDefault:     legal.Conditional("for the mesh, a namespace, or its workloads by labels", docSidecar, leftBy),
	legal.Machine:           legal.Conditional("with one address, and a certificate for a service account if any", docMachine, entered),
	legal.ExportAll:         legal.Unsupported("where clusters are joined, each knows all Services of the others, and none is offered by itself", docClusters),
	legal.ExportSome:        legal.Unsupported("where clusters are joined, each knows all Services of the others, and none is offered by itself", docClusters),
	legal.MachineBare:       legal.Unsupported("an entry is taken to have a sidecar, in front of which policies hold", docMachine),
	legal.MachineGroup:      yes, legal.MachineGuard: yes, legal.MachinePlace: yes,

	legal.Logs: yes, legal.LogSide: yes, legal.LogSeveral: yes, legal.LogFilter: yes,
	legal.LogWorkloads: legal.Conditional("for the mesh, a namespace, or its workloads by labels", docTelemetry, logged),
	legal.LogTo:        legal.Conditional("the proxy's output: other providers are those of MeshConfig, which is no manifest", docTelemetry, toOutput),
	legal.LogJSON:      legal.Unsupported("the form is that of a provider of MeshConfig, which is no manifest", docTelemetry),
	legal.LogFormat:    legal.Conditional("the proxy's own: a format is that of a provider of MeshConfig, which is no manifest", docTelemetry, ownLogFormat),
	legal.LogCover:     legal.Conditional("connections without a route are recorded where others are", docTelemetry, coversAll),
}
