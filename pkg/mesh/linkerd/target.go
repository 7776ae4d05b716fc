package linkerd

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
)

// target says what Linkerd can express, by routes or by profiles.
func target(version string) (legal.Target, bool) {
	t := legal.Target{
		Mesh: Name, Version: version, Access: accessForm, Baseline: baseline, Default: defaultAccess, Transport: defaultTransport, Rate: rateForm, Log: logForm,
		ExternalBeside: besideRoutes, ExternalDenied: true, Nearest: nearestTo, Takes: takesIn,
		Export: offerable, Exports: exportsOf, Offers: "install the multicluster extension, and make a Link to this cluster in those that are to know the Services",
		SPIFFE: true, Apart: true, Joins: "run its proxy there, with a certificate of SPIRE for the identity of the ExternalWorkload",
	}
	switch version {
	case versionRoutes, "":
		t.Version, t.Caps, t.Route, t.Limits = versionRoutes, routeCaps(), routeForm, routeLimits
	case versionProfiles:
		t.Caps, t.Route, t.Limits = profileCaps(), profileForm, profileLimits
	default:
		return legal.Target{}, false
	}
	return t, true
}

// routeForm is how routes on Services, and those on Servers, say predicates.
// Routes of other namespaces join those of the Service's own, so that none is
// for some clients only.
var routeForm = legal.RouteForm{
	Can: routeCan, Alternatives: gatewayapi.RouteAlternatives, Conjunction: gatewayapi.RouteConjunction,
	Prefers: gatewayapi.PrefersLinkerd, PrefersGRPC: gatewayapi.PrefersLinkerdGRPC, PrefersTLS: gatewayapi.PrefersSNI,
	Table: wholeTable, Connections: legal.ConnectionForm{Named: true},
	Steps: gatewayapi.RouteSteps(routeDialect), RetriesAlso: always, RetriesOn: canRetry, NearestRetry: withoutBudget,
	Clients: legal.ClientsAll, PerPort: true, PortsMerge: true, BackendPorts: true,
}

// routeLimits are those of a route, with durations as Linkerd reads them.
var routeLimits = func() legal.Limits {
	l := gatewayapi.RouteLimits
	l.Duration = roundTimeout
	return l
}()

// accessForm is how Servers, policies and inbound routes say whom they let in.
var accessForm = legal.AccessForm{
	Routes:  &routeForm,
	Combine: legal.Partition, Can: accessCan, Shape: accessShape, Scope: accessScope, Elsewhere: elsewhere, OwnAt: demandsIdentity,
	Own: func(env intent.Environment) match.Expr {
		return clientsOf(env.Linkerd.DefaultInbound, env, place.Ref{})
	},
	Complete: func(env intent.Environment, clients match.Expr) match.Expr {
		return identitiesOf(env).narrow(clients)
	},
}
