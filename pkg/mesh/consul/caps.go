package consul

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// The pages that the answers rest on.
const (
	docDefaults     = "https://developer.hashicorp.com/consul/docs/reference/config-entry/service-defaults"
	docResolver     = "https://developer.hashicorp.com/consul/docs/reference/config-entry/service-resolver"
	docSplitter     = "https://developer.hashicorp.com/consul/docs/reference/config-entry/service-splitter"
	docRouter       = "https://developer.hashicorp.com/consul/docs/reference/config-entry/service-router"
	docIntentions   = "https://developer.hashicorp.com/consul/docs/reference/config-entry/service-intentions"
	docProxies      = "https://developer.hashicorp.com/consul/docs/reference/config-entry/proxy-defaults"
	docMesh         = "https://developer.hashicorp.com/consul/docs/reference/config-entry/mesh"
	docProvider     = "https://developer.hashicorp.com/consul/docs/reference/config-entry/jwt-provider"
	docGateway      = "https://developer.hashicorp.com/consul/docs/reference/config-entry/api-gateway"
	docChain        = "https://developer.hashicorp.com/consul/docs/manage-traffic/discovery-chain"
	docExtension    = "https://developer.hashicorp.com/consul/docs/envoy-extension"
	docKubernetes   = "https://developer.hashicorp.com/consul/docs/k8s/annotations-and-labels"
	docExported     = "https://developer.hashicorp.com/consul/docs/reference/config-entry/exported-services"
	docRegistration = "https://developer.hashicorp.com/consul/docs/reference/config-entry/registration"
	docOutside      = "https://developer.hashicorp.com/consul/docs/reference/config-entry/terminating-gateway"
)

// What is said in several answers.
const (
	byName     = "a client is the service that it belongs to, so that it is named by the Services of the input"
	onePort    = "a service has one port"
	notHere    = "a permission tests the path, headers and methods"
	eachCaller = "said of each caller that the input shows by name"
	oneSet     = "a resolver treats all subsets alike"
	closedOnly = "and where the default intention policy is to deny"
	noSteps    = "a route rewrites the path by prefix, and changes headers"
)

var yes = legal.Supported()

// caps are Consul's answers, for both editions.
var caps = legal.Caps{
	legal.RouteHTTP:        yes,
	legal.RouteGRPC:        legal.Conditional("as HTTP, which gRPC is, with protocol grpc of the service", docRouter, grpcAsHTTP),
	legal.RouteTLS:         legal.Unsupported("routes are for services with an HTTP protocol", docChain),
	legal.RouteTCP:         legal.Conditional("where all connections go to one place", docResolver, oneWay),
	legal.RouteEntry:       legal.Unsupported("routes of the mesh are for services; gateways have routes of the Gateway API", docGateway),
	legal.RouteClients:     legal.Unsupported("a service is routed for all its clients alike", docRouter),
	legal.RoutePort:        legal.Unsupported(onePort, docDefaults),
	legal.RouteExternal:    legal.Conditional("to services of other datacenters and peers, by a service that stands for one", docResolver, consulKnows),
	legal.RouteOrder:       yes,
	legal.RouteSplit:       legal.Conditional("in shares of a hundredth of a percent", docSplitter, nil),
	legal.RouteFailover:    legal.Conditional("for all that goes to a service or a subset of it", docResolver, consulKnows),
	legal.RouteImported:    legal.Conditional("services of other datacenters and peers, each with a name of its own", docExported, importedName),
	legal.RouteSubset:      legal.Conditional("by metadata of instances, which pods say by annotations", docResolver, subsetSaid),
	legal.RoutePassthrough: yes,
	legal.RouteRedirect:    legal.Unsupported("a route sends to a service, and answers nothing itself", docRouter),
	legal.RouteRespond:     legal.Unsupported("a route sends to a service, and answers nothing itself", docRouter),

	legal.MatchPathExact:     yes,
	legal.MatchPathPrefix:    yes,
	legal.MatchPathSegments:  legal.Conditional("written as two routes: the path itself, and what is below it", docRouter, nil),
	legal.MatchPathRegex:     yes,
	legal.MatchPathFold:      legal.Conditional("exactly and by prefix; regular expressions say it themselves", docRouter, nil),
	legal.MatchMethod:        legal.Conditional("the nine that Consul knows", docRouter, nil),
	legal.MatchHeader:        yes,
	legal.MatchHeaderPattern: yes,
	legal.MatchNoHeader:      yes,
	legal.MatchQuery:         legal.Conditional("exactly, by regular expression or by presence", docRouter, nil),
	legal.MatchHost:          legal.Conditional("as the header :authority, which may have a port", docRouter, nil),
	legal.MatchScheme:        legal.Conditional("as the header :scheme", docRouter, nil),
	legal.MatchToken:         legal.Unsupported("tokens are looked at by the server's proxy, after routing", docIntentions),

	legal.StepHeadersRequest:  legal.Conditional("but the header Host, which Envoy does not change", docRouter, gatewayapi.NotAuthority),
	legal.StepHeadersResponse: yes,
	legal.StepHeadersBackend:  yes,
	legal.StepRewritePath:     legal.Conditional("what the route matched, by another prefix", docRouter, nil),
	legal.StepRewriteRegex:    legal.Unsupported(noSteps, docRouter),
	legal.StepRewriteHost:     legal.Unsupported(noSteps, docRouter),
	legal.StepRewriteBackend:  legal.Unsupported("a split changes headers only", docSplitter),
	legal.StepMirror:          legal.Unsupported("no request is copied", docRouter),
	legal.StepDelay:           legal.Unsupported("no fault is injected", docExtension),
	legal.StepAbort:           legal.Unsupported("no fault is injected", docExtension),
	legal.StepCORS:            legal.Unsupported("preflight requests are the service's own concern", docRouter),

	legal.TimeoutRequest:  yes,
	legal.TimeoutBackend:  legal.Unsupported("a route bounds the request with all its tries", docRouter),
	legal.TimeoutStream:   legal.Conditional("the silence of a stream is bounded, the response by itself is not", docRouter, idles),
	legal.RetryAttempts:   legal.Conditional("with conditions, without which nothing is tried again", docRouter, tried),
	legal.RetryConditions: legal.Conditional("the conditions that Consul accepts, and statuses", docRouter, retried),
	legal.RetryPerTry:     legal.Unsupported("a route bounds the request with all its tries", docRouter),
	legal.RetryBackoff:    legal.Unsupported("tries follow each other as Envoy's defaults say", docRouter),
	legal.RetryHosts:      legal.Unsupported("tries go to endpoints as any request does", docRouter),
	legal.RetryBudgets:    legal.Unsupported("a route says how often, and nothing of other requests", docRouter),

	legal.EntryListener: legal.Unsupported("routes of the mesh are for services; gateways have routes of the Gateway API", docGateway),
	legal.EntryShared:   legal.Unsupported("routes of the mesh are for services; gateways have routes of the Gateway API", docGateway),
	legal.EntryTLS:      legal.Unsupported("routes of the mesh are for services; gateways have routes of the Gateway API", docGateway),

	legal.TransportStrict:    yes,
	legal.TransportPlain:     legal.Unsupported("what does not come by mutual TLS reaches no intention, so that it is refused, also where the mesh would let a service take it: no intention that is written later could close that again", docDefaults),
	legal.TransportPort:      legal.Unsupported(onePort, docDefaults),
	legal.TransportDial:      legal.Unsupported("proxies dial each other by mutual TLS, always", docMesh),
	legal.TransportOriginate: legal.Unsupported("a terminating gateway dials servers outside the mesh", docGateway),

	legal.AccessAllow:       yes,
	legal.AccessDeny:        yes,
	legal.AccessAsk:         legal.Unsupported("an extension asks about all requests of a service, and proxies keep what they had where who is asked is no upstream of theirs, which pods say; the extensions that are there are kept as they are", docExtension),
	legal.AccessAudit:       legal.Unsupported("intentions enforce what they say, and have no mode that only records", docIntentions),
	legal.AccessDryRun:      legal.Unsupported("intentions enforce what they say, and have no mode that only records", docIntentions),
	legal.AccessDefaultDeny: yes,
	legal.AccessWorkload:    legal.Conditional("a service; of all that they are closed, and not that a client is let in, since proxies take no server off what is said of all", docIntentions, nil),
	legal.AccessPort:        legal.Unsupported(onePort, docIntentions),
	legal.AccessNamespace:   legal.Conditional(byName, docIntentions, nil),
	legal.AccessAccount:     legal.Conditional(byName, docIntentions, nil),
	legal.AccessTrust:       legal.Conditional("the own one; others are peers", docIntentions, nil),
	legal.AccessAddress:     legal.Unsupported(byName, docIntentions),
	legal.AccessForwarded:   legal.Unsupported(byName, docIntentions),
	legal.AccessNotClient:   legal.Conditional(byName, docIntentions, nil),
	legal.AccessPath:        yes,
	legal.AccessMethod:      legal.Conditional("the nine that Consul knows", docIntentions, nil),
	legal.AccessHost:        legal.Conditional("as the header :authority, which may have a port", docIntentions, nil),
	legal.AccessHeader:      legal.Conditional("headers, and no query parameters", docIntentions, nil),
	legal.AccessNotRequest:  legal.Conditional("by a permission before the others that says the opposite", docIntentions, nil),
	legal.AccessToken:       legal.Conditional("as what is let in demands: an issuer, who it is about, and claims that are one text, "+closedOnly, docProvider, nil),
	legal.AccessConnection:  legal.Unsupported(notHere, docIntentions),
	legal.AccessFound:       legal.Unsupported("a permission looks at no filter's findings", docIntentions),
	legal.AccessDialled:     legal.Unsupported("intentions are enforced by the server's proxy", docIntentions),
	legal.TokenRules:        legal.Conditional("where all that is let in demands a token, since one that is not valid is taken for none, "+closedOnly, docProvider, validated),

	legal.BalanceAlgorithm: legal.Conditional("round robin, random and least request", docResolver, balanced),
	legal.BalanceHash:      legal.Conditional("by header, query parameter, cookie or address", docResolver, hashed),
	legal.BalanceWarmup:    legal.Unsupported("new endpoints get their share at once", docResolver),
	legal.BalanceLocality:  legal.Unsupported("near endpoints are preferred by the enterprise edition only, and by where nodes are", docResolver),
	legal.LimitConnections: legal.Conditional(eachCaller, docDefaults, nil),
	legal.LimitRequests:    legal.Conditional("those that wait and those in all, "+eachCaller, docDefaults, requestsLimited),
	legal.LimitTimeouts:    legal.Conditional("the time to connect", docResolver, connects),
	legal.LimitKeepalive:   legal.Unsupported("connections are kept alive as Envoy's defaults say", docDefaults),
	legal.LimitProtocol:    legal.Unsupported("the protocol of a service is one for all", docDefaults),
	legal.OutlierErrors:    legal.Conditional("errors in a row, "+eachCaller, docDefaults, inARow),
	legal.OutlierTiming:    legal.Conditional("the interval and the first time out, "+eachCaller, docDefaults, timesOut),
	legal.OutlierShare:     legal.Conditional("the share that may be out, "+eachCaller, docDefaults, sharesOut),
	legal.OutlierRate:      legal.Unsupported("endpoints are left out by errors in a row", docDefaults),
	legal.UpstreamSubset:   legal.Unsupported(oneSet, docResolver),
	legal.UpstreamHost:     legal.Conditional("all that a caller calls, "+eachCaller, docDefaults, ofAll),
	legal.UpstreamPort:     legal.Unsupported(onePort, docResolver),
	legal.UpstreamClient:   legal.Conditional("how it limits what it sends, of callers that the input shows by name", docDefaults, nil),
	legal.Intake:           legal.Conditional(ownIntake, docDefaults, nil),
	legal.RateWorkload:     noRate, legal.RateSecurity: noRate, legal.RateClient: noRate, legal.RateClients: noRate,
	legal.RateWindow: noRate, legal.RateDenied: noRate, legal.RateAnswer: noRate,
	legal.OpaqueConfig: legal.Conditional("Consul's own objects are kept as they are", docChain, ownOpaque),

	legal.ExternalHosts:     legal.Conditional("those that were the destination of a service before: others would take their port from the services of the mesh", docOutside, ofDestination),
	legal.ExternalEndpoints: legal.Unsupported("a Registration and a terminating gateway tell of them, which somebody must run", docOutside),
	legal.Visibility:        legal.Unsupported("a transparent proxy is told of all services that its intentions let it dial", docMesh),
	legal.Machine:           legal.Conditional("as an instance of the one Service that selects it, at one address and the one port of the Service", docRegistration, instance),
	legal.MachineGroup:      legal.Unsupported("a Registration is one machine, with its address", docRegistration),
	legal.MachineGuard:      legal.Conditional("where a terminating gateway leads there, which asks the intentions for who comes by it; who comes past it is kept out by nothing", docOutside, reachedByGateway),
	legal.ExportAll:         legal.Unsupported("an ExportedServices names each peer that is to know a service", docExported),
	legal.ExportSome:        legal.Conditional("to peers; to partitions and sameness groups in the enterprise edition", docExported, exportable),
	legal.MachineBare:       yes,
	legal.MachinePlace:      legal.Conditional("its weight up to 128, and a region with a zone", docRegistration, located),
	legal.EgressDefault:     legal.Conditional("for the whole mesh, with all that is no service of it, where traffic is redirected through proxies", docMesh, wholeMesh),

	legal.Logs:         legal.Supported(),
	legal.LogWorkloads: legal.Conditional("of all proxies", docProxies, allWorkloads),
	legal.LogSide:      legal.Conditional("what proxies take and send together", docProxies, bothSides),
	legal.LogSeveral:   legal.Unsupported("accessLogs go to one place", docProxies),
	legal.LogTo:        legal.Conditional("the proxy's output, its standard error, or a file", docProxies, toPath),
	legal.LogJSON:      legal.Supported(),
	legal.LogFormat:    legal.Supported(),
	legal.LogFilter:    legal.Unsupported("accessLogs have no filter", docProxies),
	legal.LogCover:     legal.Conditional("connections beside requests", docProxies, withConnections),
}

// grpcAsHTTP has tables of gRPC written as those of HTTP.
func grpcAsHTTP(p intent.Part) string {
	if t, ok := p.(*intent.Routing); ok && t.Protocol == intent.GRPC {
		return "routes are for HTTP, which gRPC is"
	}
	return ""
}

// idles holds for timeouts without a bound on the response by itself.
func idles(p intent.Part) string {
	if t, ok := p.(*intent.Timeout); ok && t != nil && t.Response != nil {
		return "a route bounds requests and the silence of a stream"
	}
	return ""
}

// connects holds for limits that say no other time than that to connect.
func connects(p intent.Part) string {
	l, ok := p.(*intent.Limits)
	if ok && l != nil && (l.TCPIdle != nil || l.HTTPIdle != nil || l.MaxConnDuration != nil) {
		return "a resolver bounds the time to connect, and no other"
	}
	return ""
}

// ownOpaque holds for what Consul understands.
func ownOpaque(p intent.Part) string {
	if o, ok := p.(*intent.Opaque); ok && o.Mesh != Name {
		return "it is understood by " + o.Mesh + " only"
	}
	return ""
}

// noRate is why no rate is limited: the server of the community edition rejects a
// service-defaults with rateLimits, and has no extension for Envoy's limits; what is
// published of the enterprise edition does not tell in which place its proxies count.
var noRate = legal.Unsupported("only Consul Enterprise limits rates, by rateLimits of service-defaults, and whether it counts what intentions deny is not published", docDefaults)
