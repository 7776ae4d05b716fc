package linkerd

import (
	"maps"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// The pages that the answers rest on.
const (
	docRoutes   = "https://linkerd.io/2-edge/reference/httproute/"
	docRetries  = "https://linkerd.io/2-edge/reference/retries/"
	docTimeouts = "https://linkerd.io/2-edge/reference/timeouts/"
	docBreaking = "https://linkerd.io/2-edge/reference/circuit-breaking/"
	docBalance  = "https://linkerd.io/2-edge/features/load-balancing/"
	docTLS      = "https://linkerd.io/2-edge/features/automatic-mtls/"
	docPolicy   = "https://linkerd.io/2-edge/reference/authorization-policy/"
	docProxy    = "https://linkerd.io/2-edge/reference/proxy-configuration/"
	docProfile  = "https://linkerd.io/2-edge/reference/service-profiles/"
	docRate     = "https://linkerd.io/2-edge/reference/rate-limiting/"
	docSplit    = "https://linkerd.io/2-edge/features/traffic-split/"
	docLog      = "https://linkerd.io/2-edge/features/access-logging/"
	docClusters = "https://linkerd.io/2-edge/tasks/multicluster/"
	docMachine  = "https://linkerd.io/2-edge/reference/external-workload/"
	docEgress   = "https://linkerd.io/2-edge/reference/egress-network/"
)

// routeCaps are the answers of "2.20". What routes can say is what the Gateway
// API says of Linkerd; annotations say more.
func routeCaps() legal.Caps {
	routes, _ := gatewayapi.Mesh.Target(Name)
	caps := maps.Clone(routes.Caps)
	maps.Copy(caps, annotatedCaps)
	maps.Copy(caps, meshCaps)
	return caps
}

// annotatedCaps are the answers that Linkerd's annotations of routes change.
var annotatedCaps = legal.Caps{
	legal.RouteGRPC:       legal.Conditional("a GRPCRoute has no redirects and changes no response headers; those are written as HTTPRoutes", docRoutes, asGRPC),
	legal.TimeoutRequest:  legal.Supported(),
	legal.TimeoutStream:   legal.Supported(),
	legal.RetryAttempts:   legal.Conditional("retries are at least one, since nothing turns them off", docRetries, someRetries),
	legal.RetryConditions: legal.Conditional("retries are on statuses, gRPC's on gRPC statuses, and on failures of the connection always", docRetries, nil),
	legal.RetryPerTry:     legal.Conditional("it ends with the response's headers, and the last try has none", docRetries, wholePerTry),
	legal.RetryBackoff:    legal.Unsupported("the backoff is 25 to 250 ms and cannot be chosen", docRetries),
	legal.RetryHosts:      legal.Unsupported("a retry goes to any endpoint", docRetries),
	legal.RetryBudgets:    legal.Unsupported("only ServiceProfiles have retry budgets: translate to linkerd@"+versionProfiles, docRetries),
}

// meshCaps are the answers for all but routing, of all versions.
var meshCaps = legal.Caps{
	legal.RouteImported:      legal.Conditional("Services that a Link makes, with a suffix", docClusters, importedService),
	legal.TransportStrict:    legal.Conditional("said by whom Servers let in: clients with an identity", docPolicy, nil),
	legal.TransportPlain:     legal.Unsupported("meshed pods accept mutual TLS always", docTLS),
	legal.TransportPort:      legal.Conditional("said by whom Servers let in", docPolicy, nil),
	legal.TransportDial:      legal.Unsupported("proxies use mutual TLS wherever the other side can", docTLS),
	legal.TransportOriginate: legal.Unsupported("proxies originate no other TLS", docTLS),

	legal.AccessAllow:       legal.Supported(),
	legal.AccessDeny:        legal.Conditional("what is left of what is allowed is written; identities cannot be left out", docPolicy, nil),
	legal.AccessAsk:         legal.Unsupported("no policy asks others", docPolicy),
	legal.AccessAudit:       legal.Unsupported("audit is a policy of whole ports, which lets everyone in", docPolicy),
	legal.AccessDryRun:      legal.Unsupported("audit is a policy of whole ports, which lets everyone in", docPolicy),
	legal.AccessDefaultDeny: legal.Supported(),
	legal.AccessWorkload:    legal.Conditional("a Server selects pods of one namespace by their labels", docPolicy, nil),
	legal.AccessPort:        legal.Supported(),
	legal.AccessNamespace:   legal.Conditional("with its trust domain, by name", docPolicy, nil),
	legal.AccessAccount:     legal.Conditional("with its namespace and trust domain, by name", docPolicy, nil),
	legal.AccessTrust:       legal.Conditional("by name", docPolicy, nil),
	legal.AccessAddress:     legal.Supported(),
	legal.AccessForwarded:   legal.Unsupported("a NetworkAuthentication knows the peer's address only", docPolicy),
	legal.AccessNotClient:   legal.Conditional("addresses can be left out, identities cannot", docPolicy, nil),
	legal.AccessPath:        legal.Conditional("paths are matched as they are sent, and never normalised", docRoutes, nil),
	legal.AccessMethod:      legal.Supported(),
	legal.AccessHost:        legal.Supported(),
	legal.AccessHeader:      legal.Conditional("a header's value is matched exactly or by regular expression", docRoutes, nil),
	legal.AccessNotRequest:  legal.Conditional("by a route of its own that lets fewer clients in; not by path where the source normalises paths", docPolicy, nil),
	legal.AccessToken:       legal.Unsupported("no policy looks at tokens", docPolicy),
	legal.AccessDialled:     legal.Unsupported("policies are enforced where requests arrive; what clients may not dial is denied there", docPolicy),
	legal.AccessConnection:  legal.Unsupported("no policy looks at the SNI or the address asked for", docPolicy),
	legal.AccessFound:       legal.Unsupported("no policy looks at findings of the proxy", docPolicy),
	legal.TokenRules:        legal.Unsupported("proxies validate no tokens", docPolicy),

	legal.BalanceAlgorithm: legal.Unsupported("endpoints are chosen by latency", docBalance),
	legal.BalanceHash:      legal.Unsupported("endpoints are chosen by latency", docBalance),
	legal.BalanceWarmup:    legal.Unsupported("new endpoints get their share at once", docBalance),
	legal.BalanceLocality:  legal.Unsupported("Kubernetes' topology aware routing chooses near endpoints", docBalance),
	legal.LimitConnections: legal.Unsupported("proxies limit no connections", docProxy),
	legal.LimitRequests:    legal.Unsupported("proxies limit no requests to a Service", docProxy),
	legal.LimitTimeouts:    legal.Unsupported("connect timeouts are of the calling pod, for all it calls", docProxy),
	legal.LimitKeepalive:   legal.Unsupported("keep-alive is of the calling pod, for all it calls", docProxy),
	legal.LimitProtocol:    legal.Unsupported("proxies use HTTP/2 between each other always", docProxy),
	legal.Intake:           legal.Unsupported("no kind limits what a proxy has under way to its application; how long connecting to it takes is an annotation of the pod", docProxy),
	legal.OutlierErrors:    legal.Conditional("failures in a row count, whatever their kind", docBreaking, inARow),
	legal.OutlierTiming:    legal.Conditional("the first and the longest penalty and their jitter can be said, no interval", docBreaking, penalties),
	legal.OutlierShare:     legal.Unsupported("all endpoints may be out at once", docBreaking),
	legal.OutlierRate:      legal.Conditional("by the annotations of mode unified, which are alpha", docBreaking, unified),
	legal.UpstreamSubset:   legal.Unsupported("circuit breaking is that of the Service which is addressed, and not of a backend", docBreaking),
	legal.UpstreamHost:     legal.Unsupported("the annotations stand on a Service, which there is none of", docBreaking),
	legal.UpstreamPort:     legal.Unsupported("annotations of a Service are for all its ports", docBreaking),
	legal.UpstreamClient:   legal.Unsupported("annotations of a Service are for all its clients", docBreaking),
	legal.RateWorkload:     legal.Supported(),
	legal.RateSecurity:     legal.Conditional("where what is let in comes by mutual TLS, or none of it does: a Server has one total", docRate, notApart),
	legal.RateClient:       legal.Supported(),
	legal.RateClients:      legal.Conditional("of service accounts, which share it, and of each other client", docRate, ofAccounts),
	legal.RateWindow:       legal.Conditional("a rate is of one second, and as many may come at once", docRate, perOneSecond),
	legal.RateDenied:       legal.Unsupported("rates are limited of what policies let in", docRate),
	legal.RateAnswer:       legal.Conditional("with 429, by gRPC RESOURCE_EXHAUSTED, and no headers", docRate, plainly),
	legal.OpaqueConfig:     legal.Conditional("objects of Linkerd are kept as they are", docPolicy, ownOpaque),

	legal.ExternalHosts:     legal.Conditional("as routes on an EgressNetwork, which let out beside what it denies", docEgress, byRoute),
	legal.ExternalEndpoints: legal.Unsupported("a Service has endpoints by its selector or its EndpointSlices, which are no matter of Linkerd's kinds", docEgress),
	legal.Visibility:        legal.Unsupported("a proxy asks for each Service that is called, and none is hidden", docEgress),
	legal.Machine:           legal.Conditional("with addresses, and a certificate of SPIRE", docMachine, external),
	legal.MachineGroup:      legal.Unsupported("an ExternalWorkload is one machine, with its addresses", docMachine),
	legal.MachineGuard:      legal.Supported(),
	legal.ExportAll:         legal.Conditional("Services one by one, in clusters with a Link to this one", docClusters, labelledExport),
	legal.ExportSome:        legal.Unsupported("whichever cluster has a Link to this one mirrors what is labelled", docClusters),
	legal.MachineBare:       legal.Unsupported("an ExternalWorkload is taken to have a proxy", docMachine),
	legal.MachinePlace:      legal.Unsupported("an ExternalWorkload says addresses and ports", docMachine),

	legal.Logs:         legal.Supported(),
	legal.LogWorkloads: legal.Conditional("by annotations of namespaces and workloads; those of all are a matter of the installation", docLog, annotatable),
	legal.LogSide:      legal.Conditional("the requests that a workload takes", docLog, takenOnly),
	legal.LogSeveral:   legal.Unsupported("a proxy records to its standard error", docLog),
	legal.LogTo:        legal.Conditional("to the proxy's standard error", docLog, toStderr),
	legal.LogJSON:      legal.Supported(),
	legal.LogFormat:    legal.Conditional("the forms apache and json", docLog, ownLogFormat),
	legal.LogFilter:    legal.Unsupported("a proxy records all requests, or none", docLog),
	legal.LogCover:     legal.Conditional("requests of HTTP only", docLog, requestsOnly),

	legal.EgressDefault: legal.Conditional("for all clients, or those of a namespace; one for all is written to the namespace linkerd-egress, which must be there", docEgress, byNetwork),
}

// ownOpaque holds for what Linkerd understands.
func ownOpaque(p intent.Part) string {
	if o, ok := p.(*intent.Opaque); ok && o.Mesh != Name {
		return "it is understood by " + o.Mesh + " only"
	}
	return ""
}
