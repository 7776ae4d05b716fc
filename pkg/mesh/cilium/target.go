package cilium

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// byClusterMesh is what Multi-Cluster Services take.
const byClusterMesh = "join the clusters by ClusterMesh, and turn on clustermesh.mcsapi.enabled"

// target says what Cilium can express.
func target(v string) (legal.Target, bool) {
	if v != version && v != "" {
		return legal.Target{}, false
	}
	return legal.Target{
		Mesh: Name, Version: version, Caps: caps, Nearest: nearestTo, Takes: takesIn,
		Route: legal.RouteForm{
			Can: routeCan, Alternatives: routeAlternatives, Conjunction: routeConjunction, Steps: stepsOrder,
			Table:   gatewayapi.PassedOnly,
			Refuses: gatewayapi.Ungranted,
			Clients: legal.ClientsAll, PerPort: true, PortsMerge: true, BackendPorts: true, PassesByPort: true,
			Speaks: func(p intent.ServicePort) bool { return !notHTTP(p) },
			Leaves: []legal.Feature{legal.RetryAttempts}, // by Envoy's configuration, where routes of the Gateway API do
		},
		Access:   legal.AccessForm{Can: accessCan, Shape: accessShape, Scope: accessScope, Combine: legal.DenyOverrides, TakesOff: true, Near: nearest},
		Baseline: baseline, Default: ownDefault, Transport: ownTransport,
		Unenforced: unenforced, Unsecured: unsecured, Requests: ofConnections, OnePort: ofOnePort, Treats: treated,
		Export: sharable, Exports: exportsOf, Offers: byClusterMesh, ClusterSets: byClusterMesh,
		DialsOut: true, ExternalDenied: true, ExternalBeside: besideOthers,
		Entry: func(*intent.Entry) (string, []intent.Pair) { return gatewayClass, nil },
	}, true
}

// treated says for a model why nothing can be said of how a Service is treated, or "": Envoy
// is given its endpoints port by port, and none where the Service has no ports of TCP.
func treated(m *intent.Model) func(intent.Host) string {
	return func(h intent.Host) string {
		known := m.Service(h.Service)
		if known != nil && !slices.ContainsFunc(known.Ports, func(p intent.ServicePort) bool { return !datagrams(p) }) {
			return "the Service " + h.Service.String() + " has no ports of TCP, by which Envoy is told of its endpoints"
		}
		return ""
	}
}

// ofConnections says why a policy is about connections only: requests are looked into at
// ports that speak HTTP as far as the input tells, or that have routes. "" is that it is
// about requests too.
func ofConnections(m *intent.Model, u *intent.Upstream) string {
	service := u.Host.Service
	routed := func(port int) bool {
		return slices.ContainsFunc(m.Routing, func(t *intent.Routing) bool {
			return t.Host.Service == service && t.Protocol != intent.TCP && (t.Port == port || t.Port == 0 || port == 0)
		})
	}
	known := m.Service(service)
	switch {
	case routed(u.Port) || reached(m, service):
		return ""
	case known == nil:
		return "the input does not tell the ports of " + service.String() + ", so that its connections are passed on as TCP; add the Service, with an appProtocol or a name for HTTP for its ports"
	case !slices.ContainsFunc(known.Ports, func(p intent.ServicePort) bool { return (u.Port == 0 || u.Port == p.Port) && isHTTP(p) }):
		return "no port of " + service.String() + " says that it speaks HTTP, so that its connections are passed on as TCP; give its ports an appProtocol or a name for HTTP"
	}
	return ""
}

// ofOnePort says why the endpoints of one port cannot be treated apart from those of all,
// where the ports of a Service are not known: connections or routes for any of them lead to
// all endpoints. "" is that they can.
func ofOnePort(m *intent.Model, u *intent.Upstream) string {
	service := u.Host.Service
	if m.Service(service) != nil {
		return ""
	}
	all := func(o *intent.Upstream) bool {
		said := o.Balance != nil || o.Limits != nil || o.Outlier != nil || o.RetryBudget != nil
		return o.Host == u.Host && o.Port == 0 && said && !o.From.Defaulted()
	}
	if !slices.ContainsFunc(m.Upstream, all) && !slices.ContainsFunc(m.Routing, func(t *intent.Routing) bool { return t.Host.Service == service && t.Port == 0 }) {
		return ""
	}
	return "the Service " + service.String() + " is not in the input, and what is said of all its ports takes its connections"
}

// reached reports whether routes of others lead to a Service.
func reached(m *intent.Model, service intent.Name) bool {
	for _, t := range m.Routing {
		actions := []intent.Action{t.Else}
		for _, r := range t.Rules {
			actions = append(actions, r.Then)
		}
		for _, a := range actions {
			f, forwards := a.(intent.Forward)
			if forwards && slices.ContainsFunc(f.To, func(b intent.Backend) bool { return b.Host.Service == service }) {
				return true
			}
		}
	}
	return false
}

// gatewayClass is the class of the Gateways that Cilium runs.
const gatewayClass = "cilium"

// unenforced says why no policy is enforced.
func unenforced(env intent.Environment) string {
	if env.Cilium.Enforcement == "never" {
		return "cilium.policyEnforcementMode, which is never, has no policy enforced"
	}
	return ""
}

// unsecured says how far connections are encrypted, which no manifest decides.
// Between pods of one node they never are, but by ztunnel, where policies see no
// requests.
func unsecured(env intent.Environment) string {
	switch env.Cilium.Encryption {
	case "wireguard", "ipsec":
		return "cilium.encryption, which is " + env.Cilium.Encryption + ", encrypts between nodes only"
	case "ztunnel":
		return "with cilium.encryption as ztunnel, policies do not see what workloads send to each other"
	}
	return "cilium.encryption encrypts nothing"
}
