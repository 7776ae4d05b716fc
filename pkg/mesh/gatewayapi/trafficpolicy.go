package gatewayapi

import (
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
)

// trafficPolicy is the kind that bounds retries to Services.
// https://gateway-api.sigs.k8s.io/geps/gep-3388/
const trafficPolicy = "XBackendTrafficPolicy"

// Budgets is what a retry budget of an XBackendTrafficPolicy counts.
type Budgets uint8

const (
	// BudgetsPerSecond: retries that are always allowed are counted by the second.
	BudgetsPerSecond Budgets = iota
	// BudgetsActive: they are counted as those under way at once (Istio).
	BudgetsActive
	// BudgetsNone: nobody reads the policy.
	BudgetsNone
)

// budgets holds for retry budgets of Services that an XBackendTrafficPolicy says, and
// for none of a route's own.
func budgets(counts Budgets) func(intent.Part) string {
	return func(p intent.Part) string {
		if r, of := p.(*intent.Retry); of && r != nil && r.Budget != nil {
			return "a budget is for all requests to a Service"
		}
		b, ok := p.(*intent.RetryBudget)
		switch {
		case !ok || b == nil:
			return ""
		case b.Percent != float64(int(b.Percent)) || b.Percent > 100:
			return "a budget is a whole percentage"
		case b.Interval < time.Second || b.Interval > time.Hour || b.Interval != roundDuration(b.Interval):
			return "a budget looks back a second to an hour"
		case counts == BudgetsActive && (b.MinPerSecond != 0 || b.MinActive < 1):
			return "Istio counts the retries that it always allows by those under way at once"
		case counts == BudgetsPerSecond && (b.MinActive != 0 || b.MinPerSecond < 1):
			return "retries that are always allowed are counted by the second"
		}
		return ""
	}
}
