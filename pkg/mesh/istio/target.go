package istio

import (
	"net"
	"slices"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// target says what Istio with sidecars can express.
func target(version string) (legal.Target, bool) {
	if version != supported {
		return legal.Target{}, false
	}
	return legal.Target{
		Mesh: Name, ClusterSets: "set ENABLE_MCS_HOST and ENABLE_MCS_SERVICE_DISCOVERY of istiod, or name the Service itself, which in Istio has the endpoints of all clusters anyway",
		Joins: "run its sidecar there, with what istioctl x workload entry configure writes", Version: version, Caps: caps,
		Route: legal.RouteForm{
			Can: routeCan, Alternatives: routeAlternatives, Conjunction: routeConjunction, Clients: legal.ClientsMatched, Steps: stepsOrder,
			NearestRetry: nearestRetry, Table: wholeTable, Beside: besideAnswer,
			Connections: legal.ConnectionForm{Ignores: gatewayapi.IgnoredByIstio, GoesOn: true},
		},
		Access:    legal.AccessForm{Can: accessCan, Shape: accessShape, Scope: accessScope, Reserved: rootNamespace, Combine: legal.DenyOverrides},
		Baseline:  baseline,
		Default:   ownDefault,
		Transport: ownTransport,
		Egress:    gatewayapi.IstioEgress,
		EgressFor: notOfRoot,
		Intake:    intakes,
		FailsOpen: func(env intent.Environment, provider string) bool {
			return slices.Contains(env.Istio.FailOpen, provider)
		},
		Entry:   runner,
		Rate:    rateForm,
		Log:     logForm,
		Nearest: nearestTo,
		Takes:   takesIn,

		SecretsWithPods: true,
		Limits:          legal.Limits{Duration: func(d time.Duration) time.Duration { return d.Round(grain) }},
	}, true
}

// besideAnswer says why a rule that answers itself injects no fault.
// istio pkg/config/validation/virtualservice.go
func besideAnswer(then intent.Action, f legal.Feature) string {
	switch then.(type) {
	case intent.Redirect, intent.Respond:
		if f == legal.StepDelay || f == legal.StepAbort {
			return "a fault stands beside no redirect and no answer"
		}
	}
	return ""
}

// shortHost says why a table's host cannot be said: a name without a dot is that of
// a Service.
func shortHost(t *intent.Routing) string {
	if name := t.Host.DNS; name != "" && name != "*" && !strings.Contains(name, ".") && net.ParseIP(name) == nil {
		return "the host " + name + " would be taken as the name of a Service"
	}
	return ""
}

// ingressPods are the labels of the gateway that Istio's charts install.
var ingressPods = []intent.Pair{{Key: "istio", Value: "ingressgateway"}}

// runner chooses the pods of a gateway: those that the entry names already, or
// those that are installed by default.
func runner(e *intent.Entry) (class string, selector []intent.Pair) {
	if len(e.Selector) > 0 {
		return "", e.Selector
	}
	return "", ingressPods
}
