package consul

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
)

// groupAuth and groupMesh are those of the second version of Consul's API, which
// was given up.
const (
	groupAuth = "auth.consul.hashicorp.com"
	groupMesh = "mesh.consul.hashicorp.com"
)

// dialects are the kinds that are read, each with its two names: that of the
// custom resource and that of the configuration entry.
var dialects = []struct {
	resource, entry string
	security        bool
}{
	{kindIntentions, entryIntentions, true},
	{kindDefaults, entryDefaults, false},
	{kindResolver, "service-resolver", false},
	{kindSplitter, "service-splitter", false},
	{kindRouter, "service-router", false},
	{kindProxyDefaults, entryProxies, false},
	{kindMesh, entryMesh, false},
	{kindProvider, "jwt-provider", false},
	{kindExported, "exported-services", false},
}

// The names of the kinds that are read.
const (
	kindIntentions    = "ServiceIntentions"
	kindDefaults      = "ServiceDefaults"
	kindResolver      = "ServiceResolver"
	kindSplitter      = "ServiceSplitter"
	kindRouter        = "ServiceRouter"
	kindProxyDefaults = "ProxyDefaults"
	kindMesh          = "Mesh"
	kindProvider      = "JWTProvider"
	kindExported      = "ExportedServices"

	kindIngress     = "IngressGateway"
	entryMesh       = "mesh"
	entryProxies    = "proxy-defaults"
	entryDefaults   = "service-defaults"
	entryIntentions = "service-intentions"
)

// entryKinds let requests into the mesh or out of it, or route those that come in; the
// resource is "" for those that are none.
var entryKinds = []struct{ resource, entry string }{
	{kindIngress, entryIngress}, {kindTerminating, entryTerminating}, {"", entryGateway}, {"", entryHTTPRoute}, {"", entryTCPRoute},
}

// opaqueKinds are kept as they are. entry is the name as a configuration entry,
// "" for those that are none; security says that the kind may keep requests out,
// purpose what other meshes may have too.
var opaqueKinds = []struct {
	group, resource, entry string
	security               bool
	why                    string
	purpose                intent.Purpose
}{
	{group, "", entryInlineCert, false, "it holds a certificate of an API gateway, which is a Secret elsewhere", ""},
	{group, "", entryFileCert, false, "it names a certificate of an API gateway", ""},
	{group, "", "bound-api-gateway", false, "it is the server's own view of an API gateway", ""},
	{group, "SamenessGroup", "sameness-group", false, "services of its members stand in for those of the same name", intent.Clusters},
	{group, kindAcceptor, "", false, "another cluster may peer with this one by the token that it makes", intent.Clusters},
	{group, kindDialer, "", false, "it peers with the cluster that made the token which it names", intent.Clusters},
	{group, "MeshService", "", false, "it names a service for routes of the Gateway API", ""},
	{group, kindRegistration, "", false, "it makes a service outside Kubernetes known", intent.Machines},
	{group, "ControlPlaneRequestLimit", "control-plane-request-limit", false, "it limits requests to Consul's servers", ""},
	{group, "RateLimit", "rate-limit", false, "it limits requests to Consul's servers", ""},
	{group, "GatewayClassConfig", "", false, "it configures how gateways are run", intent.Proxies},
	{group, "GatewayClass", "", false, "it configures how gateways are run", ""},
	{group, "GatewayPolicy", "", true, "it demands tokens at a gateway", ""},
	{group, "RouteAuthFilter", "", true, "it demands tokens on a route of a gateway", ""},
	{group, "RouteRetryFilter", "", false, "routes of a gateway that name it try again as it says", ""},
	{group, "RouteTimeoutFilter", "", false, "routes of a gateway that name it take no longer than it says", ""},
	{group, "RouteExtProc", "", false, "it runs code on a route of a gateway", intent.Code},
	{group, "RouteExtAuthz", "", true, "it asks who may use a route of a gateway", intent.Asking},
	{group, "RouteTLSSDSFilter", "", false, "it says where a gateway gets certificates from", ""},
	{groupAuth, "TrafficPermissions", "", true, givenUp, ""},
	{groupAuth, "WorkloadIdentity", "", false, givenUp, ""},
	{groupMesh, "HTTPRoute", "", false, givenUp, ""},
	{groupMesh, "GRPCRoute", "", false, givenUp, ""},
	{groupMesh, "TCPRoute", "", false, givenUp, ""},
	{groupMesh, "ProxyConfiguration", "", false, givenUp, ""},
	{groupMesh, "MeshConfiguration", "", false, givenUp, ""},
	{groupMesh, "MeshGateway", "", false, givenUp, ""},
	{groupMesh, "APIGateway", "", false, givenUp, ""},
}

// instead is what to do about kinds where another mesh takes over, as far as that is not
// to look for the like there.
var instead = map[string]string{
	"ControlPlaneRequestLimit": ofServers, "control-plane-request-limit": ofServers, "RateLimit": ofServers, "rate-limit": ofServers,
	"MeshService":   "nothing: routes name the Kubernetes Service",
	"GatewayClass":  "name the class of the target's own controller in each Gateway",
	entryInlineCert: ofCertificates, entryFileCert: ofCertificates, "RouteTLSSDSFilter": ofCertificates,
	"bound-api-gateway": "nothing: Consul's servers write it by themselves",
	"GatewayPolicy":     ofTokens, "RouteAuthFilter": ofTokens,
	"RouteRetryFilter": ofRoutes, "RouteTimeoutFilter": ofRoutes,
	"TrafficPermissions": "write what it lets in as ServiceIntentions and translate these, or by hand in the target",
	"WorkloadIdentity":   ofNothing, "ProxyConfiguration": ofNothing, "MeshConfiguration": ofNothing, "MeshGateway": ofNothing,
}

// What to do about several kinds.
const (
	ofServers      = "nothing: it bounds requests to Consul's servers, and none of services"
	ofCertificates = "put the certificate into a Secret of Kubernetes, and name it in the listener of the Gateway that takes its place"
	ofTokens       = "demand the tokens at the gateway that takes its place: by a RequestAuthentication and an AuthorizationPolicy on a Gateway of Istio; other targets validate none"
	ofRoutes       = "say it in the routes themselves, or in what the target has for routes of a gateway"
	ofNothing      = "remove it: no version of Consul that is maintained reads it"
)

// givenUp is why kinds of the second version of Consul's API are kept.
const givenUp = "it belongs to a version of Consul's API that was given up"

// kinds are the custom resources of consul-k8s and the configuration entries of
// Consul's servers, which have neither group nor version.
var kinds = allKinds()

func allKinds() []mesh.Kind {
	var out []mesh.Kind
	for _, d := range dialects {
		out = append(out,
			mesh.Kind{Group: group, Kind: d.resource, Versions: []string{"v1alpha1"}, Security: d.security},
			mesh.Kind{Kind: d.entry, Versions: []string{""}, Security: d.security})
	}
	for _, e := range entryKinds {
		if e.resource != "" {
			out = append(out, mesh.Kind{Group: group, Kind: e.resource, Versions: []string{"v1alpha1"}})
		}
		out = append(out, mesh.Kind{Kind: e.entry, Versions: []string{""}})
	}
	for _, o := range opaqueKinds {
		version := "v1alpha1"
		if o.group != group {
			version = "v2beta1"
		}
		if o.resource != "" {
			out = append(out, mesh.Kind{Group: o.group, Kind: o.resource, Versions: []string{version}, Security: o.security})
		}
		if o.entry != "" {
			out = append(out, mesh.Kind{Kind: o.entry, Versions: []string{""}, Security: o.security})
		}
	}
	return out
}

// kindNamed is the kind that an object of either form is of, by the name of its
// custom resource; "" where it is not read.
func kindNamed(apiGroup, kind string) string {
	for _, d := range dialects {
		if apiGroup == group && kind == d.resource || apiGroup == "" && kind == d.entry {
			return d.resource
		}
	}
	return ""
}
