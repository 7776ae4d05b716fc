package consul

import "github.com/transmesh/transmesh/pkg/intent"

// next is what to do about a field that only Consul understands where another mesh takes over.
// The purpose has it say what comes next there, and instead what to do where that mesh has
// nothing, or whatever it is.
type next struct {
	purpose intent.Purpose
	instead string
}

// Reasons of fields that are kept.
const (
	whyLocality   = "which localities are preferred"
	whyPassing    = "instances with warnings are left out"
	whyCompared   = "how many instances are compared"
	whyNoHash     = "the table of a hash that has no source"
	whyHashes     = "a second source of the hash"
	whyLargest    = "the largest table of the hash"
	whyByChance   = "failing instances are left out by chance"
	whyPeers      = "how peers are reached"
	whyOthers     = "how other clusters are reached"
	whyFarService = "how a service of another cluster is treated"
	whyOutside    = "the service is outside the mesh"
	whyHeaders    = "a limit that the service's own proxy sets"
	whyThreads    = "how connections are shared among the proxy's threads"
	whyRates      = "rate limits of each instance, of which it is not published whether they count what intentions deny"
	whyCertHeader = "whether the header x-forwarded-client-cert is passed on"
	whyOrder      = "the order of failover"
	whyProxies    = "a setting of proxies"
	whyCiphers    = "which versions and ciphers of TLS proxies accept"
	whyTags       = "subsets may choose it by its tags"
	whyCheck      = "the state of its check says whether anything is sent there"
	whyFetched    = "how keys are fetched"
	whyKeyFile    = "a file of the proxy's machine holds the keys"
	whyKeyServer  = "the server that has the keys is not found by its name"
	whyPadded     = "how the payload is padded"
	whyClient     = "what the client knows of the service's traffic"
	whySpoken     = "what a service speaks to which something leads that is understood by Consul only"
	whyUnused     = "what stands in for a subset to which nothing in the input leads"
)

// nextTo is what to do about fields by why they are kept.
var nextTo = map[string]next{
	whyLocality:   {instead: "say it where the target does: in trafficDistribution of the Kubernetes Service, or in localityLbSetting of a DestinationRule of Istio"},
	whyPassing:    {instead: "have readiness probes of the pods fail where the check warns: other meshes send to what is ready"},
	whyCompared:   {instead: "nothing: other meshes have Envoy compare two, or have no such choice"},
	whyNoHash:     {instead: "remove it: there is no hash"},
	whyHashes:     {instead: "hash by one source, which is what the target takes"},
	whyLargest:    {instead: "nothing: the target's own largest table is larger"},
	whyByChance:   {instead: "have all that fail be left out, by a chance of 100, or none, by 0"},
	whyPeers:      {purpose: intent.Clusters},
	whyOthers:     {purpose: intent.Clusters},
	whyFarService: {purpose: intent.Clusters},
	whyOutside:    {purpose: intent.FarHosts},
	whyHeaders:    {instead: "limit it in the application, or in the target's proxies, whose own limit is 60 KiB where they are Envoy"},
	whyThreads:    {instead: "nothing: no answer depends on it"},
	whyRates:      {purpose: intent.Rates, instead: "limit rates in the application, or where requests come in"},
	whyCertHeader: {instead: "have routes remove the header, where the target has it at all: of Istio say forwardClientCertDetails in the proxy's configuration"},
	whyOrder:      {instead: "say what stands in for a service where it stands, or have the target prefer localities"},
	whyProxies:    {purpose: intent.Proxies},
	whyCiphers:    {instead: "say it where the target is installed: meshMTLS and tlsDefaults of Istio's MeshConfig; other meshes take TLS 1.3, or have no word for it"},
	whyTags:       {instead: "say in meta what tells it from others: labels stand for that"},
	whyCheck:      {instead: "remove the Registration while it is down, or have callers leave out what fails"},
	whyFetched:    {instead: "nothing, as long as the target can reach the server that has the keys: it fetches them in its own way"},
	whyKeyFile:    {instead: "put the keys into the provider itself, in jwks"},
	whyKeyServer:  {instead: "have the server that has the keys found by its name"},
	whyPadded:     {instead: "have the application take the payload without padding"},
	whyClient:     {purpose: intent.Code},
	whySpoken:     {instead: "nothing, unless what leads to the service is written by hand: then name its ports, or set their appProtocol"},
	whyUnused:     {instead: "nothing, unless something leads to the subset"},
}
