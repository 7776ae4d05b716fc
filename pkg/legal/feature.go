package legal

// Feature is one thing that a model can ask for. Every mesh answers for each,
// and a new feature fails the tests until all have.
type Feature string

// The features of routing.
const (
	RouteHTTP           Feature = "route.http"
	RouteGRPC           Feature = "route.grpc"
	RouteTLS            Feature = "route.tls"
	RouteTCP            Feature = "route.tcp"
	RouteEntry          Feature = "route.entry"
	RouteClients        Feature = "route.clients"
	RoutePort           Feature = "route.port"
	RouteExternal       Feature = "route.external"
	RouteOrder          Feature = "route.order"
	RouteSplit          Feature = "route.split"
	RouteSubset         Feature = "route.subset"
	RouteImported       Feature = "route.imported"
	RouteFailover       Feature = "route.failover"
	RoutePassthrough    Feature = "route.passthrough"
	RouteRedirect       Feature = "route.redirect"
	RouteRespond        Feature = "route.respond"
	MatchPathExact      Feature = "match.path.exact"
	MatchPathPrefix     Feature = "match.path.prefix"
	MatchPathSegments   Feature = "match.path.segments"
	MatchPathRegex      Feature = "match.path.regex"
	MatchPathFold       Feature = "match.path.ignore-case"
	MatchMethod         Feature = "match.method"
	MatchHeader         Feature = "match.header"
	MatchHeaderPattern  Feature = "match.header.pattern"
	MatchNoHeader       Feature = "match.header.not"
	MatchQuery          Feature = "match.query"
	MatchHost           Feature = "match.host"
	MatchScheme         Feature = "match.scheme"
	MatchToken          Feature = "match.token"
	StepHeadersRequest  Feature = "step.headers.request"
	StepHeadersResponse Feature = "step.headers.response"
	StepHeadersBackend  Feature = "step.headers.backend"
	StepRewritePath     Feature = "step.rewrite.path"
	StepRewriteRegex    Feature = "step.rewrite.regex"
	StepRewriteHost     Feature = "step.rewrite.host"
	StepRewriteBackend  Feature = "step.rewrite.backend"
	StepMirror          Feature = "step.mirror"
	StepDelay           Feature = "step.fault.delay"
	StepAbort           Feature = "step.fault.abort"
	StepCORS            Feature = "step.cors"
	TimeoutRequest      Feature = "timeout.request"
	TimeoutBackend      Feature = "timeout.backend"
	TimeoutStream       Feature = "timeout.stream"
	RetryAttempts       Feature = "retry.attempts"
	RetryConditions     Feature = "retry.conditions"
	RetryPerTry         Feature = "retry.per-try"
	RetryBackoff        Feature = "retry.backoff"
	RetryHosts          Feature = "retry.hosts"
	RetryBudgets        Feature = "retry.budget"
	EntryListener       Feature = "entry.listener"
	EntryTLS            Feature = "entry.tls"
	EntryShared         Feature = "entry.shared"
)

// The features of transport, admission and tokens.
const (
	TransportStrict    Feature = "mtls.strict"
	TransportPlain     Feature = "mtls.plain"
	TransportPort      Feature = "mtls.port"
	TransportDial      Feature = "mtls.dial"
	TransportOriginate Feature = "mtls.originate"
	AccessAllow        Feature = "access.allow"
	AccessDeny         Feature = "access.deny"
	AccessAsk          Feature = "access.ask"
	AccessAudit        Feature = "access.audit"
	AccessDryRun       Feature = "access.dry-run"
	AccessDefaultDeny  Feature = "access.default-deny"
	AccessWorkload     Feature = "access.scope.workload"
	AccessPort         Feature = "access.scope.port"
	AccessNamespace    Feature = "access.client.namespace"
	AccessAccount      Feature = "access.client.account"
	AccessTrust        Feature = "access.client.trust-domain"
	AccessAddress      Feature = "access.client.address"
	AccessForwarded    Feature = "access.client.forwarded-address"
	AccessNotClient    Feature = "access.client.not"
	AccessPath         Feature = "access.path"
	AccessMethod       Feature = "access.method"
	AccessHost         Feature = "access.host"
	AccessHeader       Feature = "access.header"
	AccessNotRequest   Feature = "access.request.not"
	AccessToken        Feature = "access.token"
	AccessConnection   Feature = "access.connection"
	AccessFound        Feature = "access.found"
	AccessDialled      Feature = "access.dialled"
	TokenRules         Feature = "token.rules"
)

// The features of upstreams.
const (
	BalanceAlgorithm Feature = "balance.algorithm"
	BalanceHash      Feature = "balance.hash"
	BalanceWarmup    Feature = "balance.warmup"
	BalanceLocality  Feature = "balance.locality"
	LimitConnections Feature = "limit.connections"
	LimitRequests    Feature = "limit.requests"
	LimitTimeouts    Feature = "limit.timeouts"
	LimitKeepalive   Feature = "limit.keepalive"
	LimitProtocol    Feature = "limit.protocol"
	OutlierErrors    Feature = "outlier.consecutive"
	OutlierTiming    Feature = "outlier.timing"
	OutlierShare     Feature = "outlier.share"
	OutlierRate      Feature = "outlier.success-rate"
	UpstreamSubset   Feature = "upstream.subset"
	UpstreamHost     Feature = "upstream.host"
	UpstreamPort     Feature = "upstream.port"
	UpstreamClient   Feature = "upstream.client"
	OpaqueConfig     Feature = "opaque"
)

// The features of what leaves the cluster.
const (
	ExternalHosts     Feature = "external.hosts"
	ExternalEndpoints Feature = "external.endpoints"
	EgressDefault     Feature = "egress.default"
	Visibility        Feature = "visibility"
)

// The features of workloads outside Kubernetes.
const (
	Machine      Feature = "machine"
	MachineGroup Feature = "machine.group"
	MachineGuard Feature = "machine.guard"
	MachineBare  Feature = "machine.bare"
	MachinePlace Feature = "machine.place"
)

// Intake is what a workload's own proxy limits.
const Intake Feature = "intake"

// The features of access logs.
const (
	Logs         Feature = "logs"
	LogWorkloads Feature = "logs.workloads"
	LogSide      Feature = "logs.side"
	LogSeveral   Feature = "logs.several"
	LogTo        Feature = "logs.to"
	LogJSON      Feature = "logs.json"
	LogFormat    Feature = "logs.format"
	LogFilter    Feature = "logs.filter"
	LogCover     Feature = "logs.connections"
)

// The features of what other clusters are told of.
const (
	ExportAll  Feature = "export.all"
	ExportSome Feature = "export.some"
)

// The features of rates.
const (
	RateWorkload Feature = "rate.workload"
	RateSecurity Feature = "rate.security"
	RateClient   Feature = "rate.client"
	RateClients  Feature = "rate.some-clients"
	RateWindow   Feature = "rate.window"
	RateDenied   Feature = "rate.denied"
	RateAnswer   Feature = "rate.answer"
)

// FeatureInfo is a feature with its title for people.
type FeatureInfo struct {
	Feature Feature
	Title   string
}

// Features lists them all in the order of tables.
var Features = []FeatureInfo{
	{RouteHTTP, "HTTP routes"}, {RouteGRPC, "gRPC routes"}, {RouteTLS, "TLS routes by SNI"}, {RouteTCP, "TCP routes"},
	{RouteEntry, "routes from an ingress gateway"}, {RouteClients, "routes for some clients only"},
	{RoutePort, "routes for one port"}, {RouteExternal, "routes to hosts that are no Service"},
	{RouteOrder, "rules taken as listed"}, {RouteSplit, "traffic split by weight"},
	{RouteImported, "routes to Services that are made of those of other clusters"},
	{RouteSubset, "backends that are a subset of a Service"}, {RouteFailover, "backends that stand in for others"}, {RoutePassthrough, "unmatched requests go on to the Service"},
	{RouteRedirect, "redirects"}, {RouteRespond, "direct responses"},
	{MatchPathExact, "match an exact path"}, {MatchPathPrefix, "match a raw path prefix"},
	{MatchPathSegments, "match a prefix of path segments"}, {MatchPathRegex, "match a path by regular expression"},
	{MatchPathFold, "match a path ignoring case"}, {MatchMethod, "match a method"}, {MatchHeader, "match a header's value"},
	{MatchHeaderPattern, "match a header by prefix, pattern or presence"}, {MatchNoHeader, "match a header's absence"},
	{MatchQuery, "match a query parameter"}, {MatchHost, "match the authority"}, {MatchScheme, "match the scheme"},
	{MatchToken, "route by a token's claim"},
	{StepHeadersRequest, "change request headers"}, {StepHeadersResponse, "change response headers"},
	{StepHeadersBackend, "change headers for one backend"}, {StepRewritePath, "rewrite the path"},
	{StepRewriteRegex, "rewrite the path by regular expression"}, {StepRewriteHost, "rewrite the host"},
	{StepRewriteBackend, "rewrite for one of several backends"},
	{StepMirror, "mirror requests"}, {StepDelay, "inject delays"}, {StepAbort, "inject errors"}, {StepCORS, "CORS"},
	{TimeoutRequest, "request timeout"}, {TimeoutBackend, "timeout of one attempt"}, {TimeoutStream, "stream timeouts"},
	{RetryAttempts, "retries"}, {RetryConditions, "retry conditions"}, {RetryPerTry, "timeout of one try"},
	{RetryBackoff, "retry backoff"}, {RetryHosts, "retry on other hosts"}, {RetryBudgets, "retry budget"},
	{EntryListener, "ingress listeners"}, {EntryTLS, "TLS at ingress"},
	{EntryShared, "ingress listeners apart from their gateway"},
	{TransportStrict, "require mutual TLS"}, {TransportPlain, "disable mutual TLS"}, {TransportPort, "mutual TLS per port"},
	{TransportDial, "mutual TLS as dialled"}, {TransportOriginate, "TLS origination"},
	{AccessAllow, "allow rules"}, {AccessDeny, "deny rules"}, {AccessAsk, "external authorization"},
	{AccessAudit, "audit rules"}, {AccessDryRun, "dry-run rules"}, {AccessDefaultDeny, "deny by default"},
	{AccessWorkload, "access per workload"}, {AccessPort, "access per port"}, {AccessNamespace, "access by namespace"},
	{AccessAccount, "access by service account"}, {AccessTrust, "access by trust domain"},
	{AccessAddress, "access by peer address"}, {AccessForwarded, "access by forwarded address"},
	{AccessNotClient, "access for all clients but some"}, {AccessPath, "access by path"}, {AccessMethod, "access by method"},
	{AccessHost, "access by host"}, {AccessHeader, "access by header"}, {AccessNotRequest, "access for all requests but some"},
	{AccessToken, "access by token"}, {AccessConnection, "access by SNI or destination address"}, {AccessFound, "access by what a filter of the proxy found out"},
	{AccessDialled, "what clients may dial"}, {TokenRules, "JWT validation"},
	{BalanceAlgorithm, "load balancing algorithm"}, {BalanceHash, "consistent hashing"}, {BalanceWarmup, "slow start"},
	{BalanceLocality, "locality"}, {LimitConnections, "connection limits"}, {LimitRequests, "request limits"},
	{LimitTimeouts, "connect and idle timeouts"}, {LimitKeepalive, "TCP keep-alive"}, {LimitProtocol, "HTTP/2 upgrade"},
	{OutlierErrors, "ejection after consecutive errors"}, {OutlierTiming, "ejection times"}, {OutlierShare, "ejection share"},
	{OutlierRate, "ejection by success rate"}, {UpstreamSubset, "upstream policy per subset"},
	{UpstreamHost, "upstream policy for other hosts"}, {UpstreamPort, "upstream policy per port"}, {UpstreamClient, "upstream policy per client"},
	{RateWorkload, "rate limits of a workload"}, {RateSecurity, "rate limits apart with and without mutual TLS"},
	{RateClient, "rate limits of each client"}, {RateClients, "rate limits for some clients"},
	{RateWindow, "rates of other times than a second, and other bursts"}, {RateDenied, "rate limits that count what is denied"},
	{RateAnswer, "answers to requests over the rate"},
	{ExternalHosts, "hosts outside, made known"}, {ExternalEndpoints, "hosts with endpoints of their own"},
	{EgressDefault, "what may leave the cluster by default"}, {Visibility, "which Services clients are told of"},
	{Machine, "workloads outside Kubernetes"}, {MachineGroup, "workloads outside Kubernetes that join by themselves"},
	{MachineGuard, "policies at workloads outside Kubernetes"}, {MachineBare, "workloads outside Kubernetes without a proxy"},
	{MachinePlace, "where workloads outside Kubernetes are"},
	{Intake, "limits at a workload's own proxy, for all callers together"},
	{Logs, "access logs"}, {LogWorkloads, "access logs of some workloads"}, {LogSide, "access logs of what is taken or sent only"},
	{LogSeveral, "access logs to several places"}, {LogTo, "where access logs go"}, {LogJSON, "access logs in JSON or in text"},
	{LogFormat, "the format of access logs"}, {LogFilter, "access logs of some requests only"}, {LogCover, "access logs of connections, and of those without a route"},
	{ExportAll, "Services offered to all other clusters"}, {ExportSome, "Services offered to some other clusters"},
	{OpaqueConfig, "configuration of one mesh only"},
}
