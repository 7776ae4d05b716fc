package consul

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
)

// target says what Consul can express.
func target(version string) (legal.Target, bool) {
	if version != "" && version != versionCommunity && version != versionEnterprise {
		return legal.Target{}, false
	}
	number, edition, _ := strings.Cut(version, "-")
	if number == "" {
		number = versionCommunity
	}
	enterprise := edition != ""
	t := legal.Target{
		Mesh: Name, Version: number, Edition: edition, Caps: caps, Nearest: nearestTo, Takes: takesIn,
		Joins: "run Consul's agent and a proxy there (consul connect envoy), and let the agent register the service in place of the Registration",
		Route: legal.RouteForm{
			Can: routeCan, Alternatives: routeAlternatives, Conjunction: routeConjunction, Steps: stepsOrder,
			Clients: legal.ClientsAll, PerPort: true, OneService: true,
			NearestRetry: withoutBudget,
			Table:        func(m *intent.Model) func(*intent.Routing) string { return newPlanner(m, enterprise).refuses },
		},
		Access: legal.AccessForm{
			Combine: legal.ByName, Can: permissionCan,
			Parties:  func(m *intent.Model) []legal.Party { return parties(m, enterprise) },
			Together: together, Demands: demands,
		},
		Treats: func(m *intent.Model) func(intent.Host) string {
			n := newNames(&m.Inventory, m.Env, enterprise)
			return func(h intent.Host) string { return treats(n, h) }
		},
		Beside: besideOthers,
		OwnIntake: func(m *intent.Model) func(*intent.Intake) (*intent.Intake, string) {
			n := newNames(&m.Inventory, m.Env, enterprise)
			return func(i *intent.Intake) (*intent.Intake, string) { return takenIn(m, n, i) }
		},
		Consumers: func(m *intent.Model) []match.Expr { return consumers(m, enterprise) },
		Machine: func(m *intent.Model) func(*intent.Machine) (*intent.Machine, string) {
			return registered(m, enterprise)
		},
		Export:    func(m *intent.Model) func(*intent.Export) (why, fix string) { return exporting(m, enterprise) },
		Baseline:  baseline,
		Default:   defaultAccess,
		Transport: func(intent.Environment) []*intent.Transport { return defaultTransport() },
		Holding:   holding,
		Limits:    legal.Limits{WeightSum: allShares},
		Log:       logForm,
	}
	own := t
	t.Bounds = func(m *intent.Model) []intent.Host { return bounded(m, own) }
	return t, true
}

// isEnterprise reports whether a target is the enterprise edition.
func isEnterprise(t legal.Target) bool { return t.Edition != "" }
