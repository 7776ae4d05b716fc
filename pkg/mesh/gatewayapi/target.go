package gatewayapi

import (
	"cmp"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
)

// target says what the Gateway API can express, for all implementations or for
// one.
func target(version string) (legal.Target, bool) {
	t := legal.Target{
		Mesh: Name, Version: version, Caps: capsOf(version),
		Route: legal.RouteForm{
			Can: RouteCan, Alternatives: RouteAlternatives, Conjunction: RouteConjunction,
			Clients: legal.ClientsNamespaced, PerPort: true, PortsMerge: true, BackendPorts: true,
			PrefersTLS: PrefersSNI, Connections: legal.ConnectionForm{Named: true}, Table: OneKind, Refuses: Ungranted,
			Steps: RouteSteps(dialectOf(version)), RetriesAlso: dialectOf(version).Retry.On,
		},
		Access:    legal.AccessForm{Combine: legal.NoAccess},
		Baseline:  func(e intent.Environment) intent.Baseline { return baseline(version, e) },
		Default:   func(e intent.Environment) []*intent.Default { return defaultAccess(version, e) },
		Transport: func(e intent.Environment) []*intent.Transport { return defaultTransport(version, e) },
		Limits:    RouteLimits, Nearest: nearestTo,
	}
	switch version {
	case versionSpec:
		t.Route.Prefers, t.Route.PrefersGRPC = PrefersAny, PrefersAnyGRPC
		t.Validates = "Cilium does not look at them"
		// Cilium reads no consumer routes.
		t.Route.Clients = legal.ClientsNamespaced
	case versionIstio:
		t.Route.Prefers, t.Route.PrefersGRPC = PrefersIstio, PrefersIstioGRPC
		t.Egress = IstioEgress
		t.Route.Table, t.Route.Connections = RedirectsKept, legal.ConnectionForm{Ignores: IgnoredByIstio, GoesOn: true}
		t.Keeps = map[string][]string{"istio": istioKept}
	case versionLinkerd:
		t.Route.Prefers, t.Route.PrefersGRPC = PrefersLinkerd, PrefersLinkerdGRPC
		t.Route.Can, t.Route.Table = LinkerdRouteCan, WithBackends
		t.Keeps = map[string][]string{"linkerd": linkerdKept}
	case versionCilium:
		t.Route.Prefers, t.Route.PrefersGRPC = PrefersCilium, PrefersCilium
		t.Route.Clients, t.Route.Table = legal.ClientsAll, ofCilium
		t.Keeps = map[string][]string{"cilium": ciliumKept}
	default:
		return legal.Target{}, false
	}
	return t, true
}

// nearestTo is what comes next to what meshes have for a purpose: what runs the routes has
// it, or nothing does.
var nearestTo = map[intent.Purpose]string{
	intent.Clusters: "join the clusters as what runs the routes does it, and offer it what others are to know in its own way: no kind of the Gateway API is about other clusters",
}

// ofCilium is PassedOnly where Services too have HTTPRoutes.
func ofCilium(m *intent.Model) func(*intent.Routing) string {
	passed := PassedOnly(m)
	return func(t *intent.Routing) string { return cmp.Or(passed(t), ciliumBackends(t)) }
}

// The kinds that stay in force beside routes on the same data plane.
var (
	istioKept = []string{
		"DestinationRule", "Service", "AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication", "ServiceEntry",
		"Sidecar", "MeshConfig", "Telemetry", "EnvoyFilter", "WasmPlugin", "TrafficExtension", "ProxyConfig", "WorkloadEntry", "WorkloadGroup",
	}
	linkerdKept = []string{
		"Server", "ServerAuthorization", "AuthorizationPolicy", "MeshTLSAuthentication", "NetworkAuthentication",
		"HTTPLocalRateLimitPolicy", "EgressNetwork", "ExternalWorkload", "Link",
		// By their annotations.
		"Namespace", "Service", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod",
	}
	ciliumKept = []string{
		"CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy", "CiliumEnvoyConfig", "CiliumClusterwideEnvoyConfig",
	}
)

// RouteLimits are those of one route object.
var RouteLimits = legal.Limits{
	BackendsPerRule: maxBackends, MaxWeight: maxWeight, Duration: roundDuration,
}
