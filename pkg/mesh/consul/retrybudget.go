package consul

import "github.com/transmesh/transmesh/pkg/intent"

// unlimited is the number of tries that only a budget bounds.
const unlimited = 1<<31 - 1

// withoutBudget bounds retries that only a budget bounds: routes have none, and
// would go on as often as they say.
func withoutBudget(r intent.Retry) (near intent.Retry, differs string) {
	if r.Attempts != unlimited {
		return r, ""
	}
	r.Attempts, r.Budget = 1, nil
	return r, "once at most, and not as often as a budget allows"
}
